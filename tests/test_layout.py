"""The top level, a test file for every module, files of a readable length, nothing of one machine."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "lib" / "tollbook"
MODULES = sorted(
    path.relative_to(PACKAGE)
    for path in PACKAGE.rglob("*.py")
    if path.name not in {"__init__.py", "__main__.py"} and "migrations" not in path.parts
)
GIVEN = {"notebooks", "lib", "reports", "params", "tests", "environment.yml", "README.md"}
TOOLS = {
    *(".ci", ".gitignore", "Makefile", "pyproject.toml", "requirements.lock", "requirements-bench.lock"),
    *("CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "bench", "docs"),
}
MOST_LINES = 400
OF_ONE_MACHINE = re.compile(r"(?<![\w.])/(?:work|root|tmp|home/\w+|opt/pypi)/")
REGISTRY = re.compile(r"(?:pypi\.org|pythonhosted\.org|npmjs\.(?:com|org)|unpkg\.com|jsdelivr\.net)")


def tracked() -> list[Path]:
    """Files that git keeps."""
    names = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]


def test_the_top_level_is_as_given() -> None:
    top = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert top >= GIVEN
    assert top - GIVEN - TOOLS == set()


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_every_module_has_its_test_file(module: Path) -> None:
    assert (ROOT / "tests" / module.parent / f"test_{module.name}").is_file()


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_a_file_can_be_read_in_one_go(module: Path) -> None:
    assert len((PACKAGE / module).read_text().splitlines()) <= MOST_LINES


def test_git_keeps_nothing_of_reports_but_their_readme() -> None:
    assert [path.name for path in tracked() if path.parent == ROOT / "reports"] == ["README.md"]


def test_no_file_names_this_machine_or_a_registry() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked()
        if path != Path(__file__)
        for match in re.finditer(
            f"{OF_ONE_MACHINE.pattern}|{REGISTRY.pattern}", path.read_text(encoding="utf-8", errors="replace")
        )
    ]
    assert found == []
