"""The docs name every command, metric, format, parameter and column, and no command that is not there."""

import ast
import re
import runpy
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import nbformat
import pytest
import yaml

from tollbook.cdr.format import formats
from tollbook.cli import COMMANDS, root
from tollbook.metrics import METRICS
from tollbook.params import FILES

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
GENERATED = runpy.run_path(str(DOCS / "generate.py"))
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md"))]


def notebook_parameters() -> Iterator[str]:
    """Names in the parameters cell of each notebook."""
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            if "parameters" in cell.metadata.get("tags", []):
                yield from (n.target.id for n in ast.parse(cell.source).body if isinstance(n, ast.AnnAssign))


def typed_commands() -> Iterator[tuple[str, str]]:
    """Every line of the pages' code blocks that starts with `tollbook`, with its page."""
    for page in PAGES:
        for block in re.findall(r"(?ms)^```(?:sh|console)?\n(.*?)^```", page.read_text()):
            for line in block.replace("\\\n", " ").splitlines():
                if re.match(r"\$? ?(?:\.venv/bin/)?tollbook ", line):
                    yield page.name, line.partition(" | ")[0].lstrip("$ ")


@pytest.mark.parametrize("name", ["api", "commands", "glossary"])
def test_the_generated_page_is_up_to_date(name: str) -> None:
    assert (DOCS / f"{name}.md").read_text() == GENERATED[name](), "run `make docs`"


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_says_what_it_prints(name: str) -> None:
    assert f"`{name}" in GENERATED["COMMANDS_INTRO"]


@pytest.mark.parametrize("name", sorted(METRICS))
def test_every_metric_is_in_the_docs(name: str) -> None:
    assert f"`{name}`" in (DOCS / "metrics.md").read_text()


@pytest.mark.parametrize("name", sorted(formats()))
def test_every_format_is_in_the_docs(name: str) -> None:
    assert f"`{name}`" in (DOCS / "formats.md").read_text()


@pytest.mark.parametrize("name", sorted(FILES))
def test_every_key_of_a_parameter_file_is_in_the_docs(name: str) -> None:
    section = (DOCS / "parameters.md").read_text().partition(f"## params/{name}.yml")[2].partition("\n## ")[0]
    assert [key for key in FILES[name].model_fields if f"`{key}`" not in section] == []


@pytest.mark.parametrize("name", sorted(set(notebook_parameters())))
def test_every_parameter_of_a_notebook_is_in_the_docs(name: str) -> None:
    assert f"`{name}`" in (DOCS / "parameters.md").read_text()


@pytest.mark.parametrize("path", sorted((ROOT / "params").glob("*.yml")), ids=lambda path: path.stem)
def test_a_parameter_file_shows_every_key(path: Path) -> None:
    assert set(yaml.safe_load(path.read_text())) == set(FILES[path.stem].model_fields)


@pytest.mark.parametrize(("where", "line"), list(typed_commands()))
def test_a_command_in_the_docs_is_there_with_its_options(where: str, line: str) -> None:
    _, *words = shlex.split(line, comments=True)
    command: click.Command | None = root
    context = click.Context(root, info_name="tollbook")
    options = {opt for p in root.params for opt in p.opts} | {"--help"}
    while isinstance(command, click.Group):
        named = next(w for w in words if w in command.list_commands(context))
        words.remove(named)
        command = command.get_command(context, named)
    assert command is not None
    options |= {opt for p in command.params for opt in (*p.opts, *p.secondary_opts)}
    assert [w for w in words if w.startswith("--") and w.partition("=")[0] not in options] == [], where


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    links = re.findall(r"\]\((?!\w+:)([^)#\s]+)", path.read_text())
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("target", re.findall(r"(?m)^([a-z]+):.*## ", (ROOT / "Makefile").read_text()))
def test_every_make_target_is_in_the_docs(target: str) -> None:
    assert f"`make {target}`" in (DOCS / "development.md").read_text()
