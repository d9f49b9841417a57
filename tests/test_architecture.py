"""The direction of imports, the rooms in the docs, and what a room must not do."""

import ast
import tomllib
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "lib" / "tollbook"
LAYERS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0][
    "layers"
]
ROOMS = {name.strip(" ()") for layer in LAYERS for name in layer.split(":")}


def python_files(room: str) -> list[Path]:
    folder = PACKAGE / room
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [PACKAGE / f"{room}.py"]


def names_called(tree: ast.AST) -> set[str]:
    """Names of functions and methods that are called anywhere in the tree."""
    functions = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {
        f.id if isinstance(f, ast.Name) else f.attr
        for f in functions
        if isinstance(f, ast.Name | ast.Attribute)
    }


def test_a_room_imports_only_from_rooms_before_it() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == EXIT_STATUS_SUCCESS


def test_every_room_has_its_place_in_the_order() -> None:
    rooms = {
        path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    placed = {name.partition(".")[0] for name in ROOMS}
    assert rooms - {"__init__", "__main__"} <= placed
    assert {path.stem for path in (PACKAGE / "lake").glob("*.py")} - {"__init__"} <= {
        name.partition(".")[2] for name in ROOMS
    }


@pytest.mark.parametrize("room", sorted(ROOMS))
def test_every_room_is_in_the_docs(room: str) -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    assert f"`{room}`" in text or f"`{room}/`" in text or f"`{room.replace('.', '/')}.py`" in text


@pytest.mark.parametrize("path", python_files("cdr"), ids=lambda path: path.stem)
def test_a_format_only_describes_and_neither_reads_nor_stores(path: Path) -> None:
    doing = {
        "open",
        "read_bytes",
        "write_text",
        "scan_csv",
        "read_csv",
        "sink_parquet",
    }
    assert names_called(ast.parse(path.read_text())) & doing == set()


@pytest.mark.parametrize("path", python_files("show"), ids=lambda path: path.stem)
def test_what_displays_never_sees_single_calls(path: Path) -> None:
    imported = {
        alias.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module == "tollbook.tables"
        for alias in node.names
    }
    assert imported & {"CALLS", "SEIZURES"} == set()
