"""pyproject.toml says what is needed, the locks pin it with hashes, environment.yml installs the lock."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = ("requirements.lock", "requirements-bench.lock")
OPTIONAL = PROJECT["project"]["optional-dependencies"]
WANTED = {
    "requirements.lock": [
        *PROJECT["project"]["dependencies"],
        *PROJECT["dependency-groups"]["build"],
        *(line for extra in ("postgresql", "test", "check") for line in OPTIONAL[extra]),
    ],
    "requirements-bench.lock": [*PROJECT["project"]["dependencies"], *OPTIONAL["bench"]],
}


def pins(text: str) -> dict[str, list[tuple[str, int]]]:
    """Version and number of hashes of each pin, by canonical name; one package may have a pin per marker."""
    found: dict[str, list[tuple[str, int]]] = {}
    for entry in re.split(r"\n(?=[a-z0-9])", re.sub(r"(?m)^\s*#.*\n?", "", text).strip()):
        requirement = Requirement(entry.partition("\\")[0].strip())
        (specifier,) = requirement.specifier
        assert specifier.operator == "=="
        hashes = len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", entry))
        found.setdefault(canonicalize_name(requirement.name), []).append((specifier.version, hashes))
    return found


@pytest.mark.parametrize(
    ("lock", "line"), [(lock, line) for lock in LOCKS for line in dict.fromkeys(WANTED[lock])]
)
def test_the_lock_pins_what_the_project_asks_for(lock: str, line: str) -> None:
    wanted = Requirement(line)
    have = pins((ROOT / lock).read_text()).get(canonicalize_name(wanted.name), [])
    assert have, f"{lock}: {wanted.name} is missing, run `make lock`"
    assert all(wanted.specifier.contains(version) for version, _ in have), f"{line}, {lock} has {have}"


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_a_hash(lock: str) -> None:
    bare = [
        name for name, versions in pins((ROOT / lock).read_text()).items() if not all(n for _, n in versions)
    ]
    assert bare == []


def test_the_locks_agree_where_they_share_a_package() -> None:
    main, bench = (pins((ROOT / lock).read_text()) for lock in LOCKS)
    assert {name: bench[name] for name in main.keys() & bench} == {
        name: main[name] for name in main.keys() & bench
    }


@pytest.mark.parametrize("name", [*LOCKS, "environment.yml"])
def test_no_address_is_named(name: str) -> None:
    text = (ROOT / name).read_text()
    assert re.findall(r"(?i)\w+://\S+|--(?:extra-)?index-url|--find-links|--trusted-host| @ ", text) == []


def test_the_environment_installs_the_lock_and_nothing_beside_it() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    *conda, through_pip = environment["dependencies"]
    assert conda == [f"python{PROJECT['project']['requires-python']}", "pip"]
    assert through_pip == {"pip": ["-r requirements.lock"]}


def test_python_is_at_least_3_11_everywhere() -> None:
    assert SpecifierSet(PROJECT["project"]["requires-python"]) == SpecifierSet(">=3.11")
    assert "--python-version 3.11 " in (ROOT / "Makefile").read_text()
    assert "sys.version_info < (3, 11)" in (ROOT / "Makefile").read_text()
