"""Whether secrets stay out of what servers, commands and tests write to their logs, and out of the audit.

pytest captures what is printed or logged while a test runs, by servers and commands that it has started as well. When
all tests are over that is searched, and so is the audit of each workspace that is still there, for the secrets that
tests have used, and for whatever looks like one that a server made. Where a person has asked for a secret (a new token,
a reset link, the first password) the program tells it on standard output, which the test reads: it is not captured.
"""

import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from urllib.parse import quote

import pytest

HIDDEN = "***"
SHORTEST = 8
"""Characters of a secret that is searched for: a shorter one is in many words."""
PATTERNS = {
    "a token of 256 bits": re.compile(
        r"(?<![\w-])(?:tb_)?(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*\d)[\w-]{43}(?![\w-])"
    ),
    "a signed cookie": re.compile(r"2\|1:0\|10:\d+\|[^\s\"';]+"),
    "a hash of a password": re.compile(r"\$argon2id\$\S+"),
    "the secret of a second factor": re.compile(r"otpauth://\S+|(?<![A-Z0-9])[A-Z2-7]{32}(?![A-Z0-9])"),
    "a generated password": re.compile(
        r"(?<![\w-])[0-9a-hjkmnp-tv-z]{5}(?:-[0-9a-hjkmnp-tv-z]{5}){3}(?![\w-])"
    ),
}
CONSTANTS = re.compile(r"PASSWORD|SECRET|TOKEN")
_AUDIT = "audit_event"


@dataclass(frozen=True)
class Told:
    """A secret that was found: what it is, and where; the line has stars in its place."""

    what: str
    where: str
    line: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}: {self.line}"


@dataclass
class Secrets:
    """What tests have used, by what it is."""

    known: dict[str, str] = field(default_factory=dict)

    def add(self, what: str, secret: str) -> str:
        """Note a secret, and give it back."""
        if len(secret) >= SHORTEST:
            self.known[secret] = what
        return secret

    def add_constants_of(self, modules: list[ModuleType]) -> None:
        """Note what stands in tests under a name such as `PASSWORD`."""
        for module in modules:
            for name, value in vars(module).items():
                if CONSTANTS.search(name) and isinstance(value, str):
                    self.add(f"{name} of {module.__name__}", value)

    def found(self, text: str, where: str) -> Iterator[Told]:
        """Each secret in a text, with the number of its line."""
        for number, line in enumerate(text.splitlines(), 1):
            for what, secret in self._in(line):
                yield Told(what, f"{where}:{number}", line.replace(secret, HIDDEN))

    def found_in_audit(self, database: Path) -> Iterator[Told]:
        """Each secret in a workspace's audit; none where it has none."""
        with (
            suppress(sqlite3.Error),
            closing(sqlite3.connect(f"file:{quote(str(database))}?mode=ro", uri=True)) as opened,
        ):
            opened.text_factory = lambda content: content.decode(errors="replace")
            for row in opened.execute(f"SELECT * FROM {_AUDIT}"):
                yield from self.found(" ".join(map(str, row)), f"{database}: {_AUDIT} {row[0]}")

    def _in(self, line: str) -> Iterator[tuple[str, str]]:
        for secret, what in self.known.items():
            if secret in line:
                yield what, secret
        for what, pattern in PATTERNS.items():
            for match in pattern.finditer(line):
                yield what, match.group()


SECRETS = Secrets()
_heard: list[tuple[str, str]] = []


def hear(text: str, where: str) -> None:
    """Note something that was said where pytest does not capture it."""
    if text:
        _heard.append((text, where))


class Listener:
    """Hears what pytest has captured."""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Of each step of a test; a later one's report has what was captured before, too."""
        for header, text in report.sections:
            if header.endswith(report.when or ""):
                hear(text, f"{report.nodeid}, {header}")


@pytest.fixture(scope="session", autouse=True)
def _no_secret_is_told(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """It is there before all others and goes after them; with several processes each looks at its own tests."""
    request.config.pluginmanager.register(Listener())
    yield
    hear(_captured(request.config), "while the last test ended")
    SECRETS.add_constants_of(of_tests(Path(__file__).parent))
    told = [one for text, where in _heard for one in SECRETS.found(text, where)]
    for database in tmp_path_factory.getbasetemp().rglob("*.db"):
        told += SECRETS.found_in_audit(database)
    if told:
        pytest.fail("secrets were told:\n" + "\n".join(map(str, told)), pytrace=False)


def _captured(config: pytest.Config) -> str:
    """What has been captured since the last test, which goes on to be."""
    manager = config.pluginmanager.getplugin("capturemanager")
    if manager is None or not manager.is_globally_capturing():
        return ""
    manager.suspend_global_capture()
    out, err = manager.read_global_capture()
    manager.resume_global_capture()
    sys.stdout.write(out)
    sys.stderr.write(err)
    return f"{out}\n{err}"


def of_tests(root: Path) -> list[ModuleType]:
    """The modules of tests that are loaded."""
    loaded = [(module, getattr(module, "__file__", None)) for module in list(sys.modules.values())]
    return [module for module, file in loaded if file and root in Path(file).parents]
