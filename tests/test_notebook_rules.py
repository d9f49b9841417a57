"""Notebooks are a reading order, not programs: their rules, read from the syntax tree, and the reader's own tests."""

import ast
import re
import tokenize
from collections.abc import Iterator
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MOST_CODE_CELLS = 15
MOST_LINES = 12
TYPES = {"str": str, "int": int, "float": float, "bool": bool}
ALLOWED = (
    *(ast.Module, ast.Import, ast.ImportFrom, ast.alias, ast.Assign, ast.AnnAssign, ast.Expr),
    *(
        ast.Call,
        ast.keyword,
        ast.Attribute,
        ast.Subscript,
        ast.Name,
        ast.Constant,
        ast.List,
        ast.Tuple,
        ast.Dict,
    ),
    *(ast.Load, ast.Store),
)
"""Whatever is not here is a program: def, class, lambda, loop, comprehension, if, try, with, arithmetic, f-string."""

FORBIDDEN_NAMES = {"open", "eval", "exec", "compile", "getattr", "setattr", "input", "globals", "get_ipython"}
PATH = re.compile(
    r"^[~.]{0,2}[/\\]|^\w:[/\\]|^[\w.-]+([/\\][\w.-]+)+$|\.(csv|parquet|json|db|ipynb|yml|xlsx|html)$"
)
SQL = re.compile(
    r"(?i)\bselect\b.+\bfrom\b|\binsert\s+into\b|\bdelete\s+from\b|\bupdate\b.+\bset\b|\bcreate\s+table\b"
)
CREDENTIAL = re.compile(r"(?i)passw|secret|api.?key|token|\w://")


def faults(notebook: Any) -> list[str]:
    """Every rule that the notebook breaks, in words."""
    try:
        nbformat.validate(notebook)
    except nbformat.ValidationError as error:
        return [f"not a valid notebook: {str(error).splitlines()[0]}"]
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [*order_faults(notebook.cells, code), *(fault for cell in code for fault in cell_faults(cell))]


def order_faults(cells: list[Any], code: list[Any]) -> Iterator[str]:
    if not cells or cells[0].cell_type != "markdown" or not cells[0].source.startswith("# "):
        yield "the first cell is no title"
    if len(code) > MOST_CODE_CELLS:
        yield f"{len(code)} code cells, at most {MOST_CODE_CELLS}"
    if [is_parameters(cell) for cell in code] != [i == 1 for i in range(len(code))]:
        yield "the second code cell, and no other, is tagged parameters"
    for before, cell in pairwise(cells):
        if any(cell is display for display in code[3:]) and before.cell_type != "markdown":
            yield f"no text before: {cell.source[:40]}"
    for number, cell in enumerate(code):
        statements = parsed(cell).body
        imports = [isinstance(s, ast.Import | ast.ImportFrom) for s in statements]
        if (number == 0 and not all(imports)) or (number > 0 and any(imports)):
            yield "imports, and nothing else, are the first code cell"
        if number > 2 and (len(statements) != 1 or not isinstance(statements[0], ast.Expr)):
            yield f"not one display call: {cell.source[:40]}"


def cell_faults(cell: Any) -> Iterator[str]:
    if cell.outputs or cell.execution_count is not None:
        yield "saved outputs or execution count"
    if len(cell.source.splitlines()) > MOST_LINES and not is_parameters(cell):
        yield f"a cell of more than {MOST_LINES} lines"
    try:
        ast.parse(cell.source)
    except SyntaxError as error:
        yield f"no plain Python: {error.text}"
    for node in ast.walk(parsed(cell)):
        yield from node_faults(node)
    if is_parameters(cell):
        yield from parameter_faults(cell)


def node_faults(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (f"import of {n.name}" for n in names if n.name.split(".")[0] != "tollbook")
        case ast.ImportFrom(module=module):
            if (module or "").split(".")[0] != "tollbook":
                yield f"import of {module}"
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
            if name in FORBIDDEN_NAMES or name.startswith("_") or CREDENTIAL.search(name):
                yield f"name {name}"
        case ast.Constant(value=str(text)):
            yield from text_faults(text)
    if not isinstance(node, ALLOWED):
        yield f"{type(node).__name__} is a program's"


def text_faults(text: str) -> Iterator[str]:
    if text not in available_timezones() and PATH.search(text):
        yield f"a path: {text}"
    if SQL.search(text):
        yield f"SQL: {text}"
    if CREDENTIAL.search(text):
        yield f"an address or credential: {text}"


def parameter_faults(cell: Any) -> Iterator[str]:
    lines = commented_lines(cell.source)
    for statement in parsed(cell).body:
        match statement:
            case ast.AnnAssign(
                target=ast.Name(), annotation=ast.Name(id=kind), value=ast.Constant(value=default)
            ):
                if type(default) is not TYPES.get(kind):
                    yield f"a parameter's default is no {kind}"
            case _:
                yield "parameters are typed scalars with a default"
        if not {statement.lineno, statement.lineno - 1} & lines:
            yield "a parameter without a comment"


def commented_lines(source: str) -> set[int]:
    tokens = tokenize.generate_tokens(StringIO(source).readline)
    return {token.start[0] for token in tokens if token.type == tokenize.COMMENT}


def is_parameters(cell: Any) -> bool:
    return "parameters" in cell.metadata.get("tags", [])


def parsed(cell: Any) -> ast.Module:
    try:
        return ast.parse(cell.source)
    except SyntaxError:
        return ast.Module([], [])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebook_keeps_the_rules(path: Path) -> None:
    assert faults(nbformat.read(path, as_version=4)) == []


def good(**replaced: str) -> Any:
    """A notebook that keeps all rules, with some of its cells' sources replaced."""
    text = {
        "title": "# Traffic\n\nFor those who look.",
        "imports": "from tollbook.show import dashboard",
        "parameters": 'zone: str = "Europe/Riga"  # of the clock\ndays: int = 7  # shown',
        "load": "page = dashboard.load(zone=zone, days=days)",
        "words": "## ASR\n\nanswers / attempts",
        "display": "page.asr",
    } | replaced
    markdown = {"title", "words"}
    cells = [
        (new_markdown_cell if name in markdown else new_code_cell)(source) for name, source in text.items()
    ]
    cells[2].metadata["tags"] = ["parameters"]
    return new_notebook(cells=cells)


def test_a_plain_notebook_is_accepted() -> None:
    assert faults(good()) == []


@pytest.mark.parametrize(
    "replaced",
    [
        {"title": "Traffic without a heading"},
        {"imports": "import polars"},
        {"imports": "from os import environ"},
        {"imports": "from . import show"},
        {"imports": "from tollbook.show import dashboard\nx = dashboard"},
        {"load": "from tollbook.show import dashboard"},
        {"parameters": 'zone = "UTC"  # not typed'},
        {"parameters": 'zone: str = "UTC"'},
        {"parameters": "days: int = '7'  # text"},
        {"parameters": "days: int  # no default"},
        {"parameters": "days: list = [1]  # no scalar"},
        {"load": "def f(): ..."},
        {"load": "class A: ..."},
        {"load": "f = lambda: 1"},
        {"load": "for x in page: x"},
        {"load": "while page: page"},
        {"load": "x = [y for y in page]"},
        {"load": "if page: page"},
        {"load": "x = page if page else None"},
        {"load": "try: page\nexcept ValueError: page"},
        {"load": "with page: page"},
        {"load": "x = page.answers / page.attempts"},
        {"load": "x = f'{page}'"},
        {"load": "x = page.read('/var/log/Master.csv')"},
        {"load": "x = page.read('data/calls')"},
        {"load": "x = page.read('calls.parquet')"},
        {"load": "x = open(zone)"},
        {"load": "x = page._private"},
        {"load": "x = page.query('SELECT * FROM calls')"},
        {"load": "x = page.connect('postgresql://me:pass@db')"},
        {"load": "x = page.connect(password='hunter2')"},
        {"load": "password = 'hunter2'"},
        {"load": "%matplotlib inline"},
        {"load": "!ls"},
        {"load": "x = page\n" * 13},
        {"display": "page.asr\npage.acd"},
        {"display": "x = page.asr"},
    ],
    ids=lambda replaced: "".join(replaced.values())[:40],
)
def test_a_program_in_a_notebook_is_refused(replaced: dict[str, str]) -> None:
    assert faults(good(**replaced)) != []


def test_saved_outputs_are_refused() -> None:
    notebook = good()
    notebook.cells[-1].outputs = [new_output("stream", text="409")]
    assert faults(notebook) == ["saved outputs or execution count"]


def test_a_display_without_words_before_it_is_refused() -> None:
    notebook = good()
    del notebook.cells[4]
    assert faults(notebook) == ["no text before: page.asr"]


def test_sixteen_code_cells_are_refused() -> None:
    notebook = good()
    notebook.cells += [
        cell for _ in range(12) for cell in (new_markdown_cell("more"), new_code_cell("page.asr"))
    ]
    assert faults(notebook) == ["16 code cells, at most 15"]


def test_a_second_cell_of_parameters_is_refused() -> None:
    notebook = good()
    notebook.cells[3].metadata["tags"] = ["parameters"]
    assert "the second code cell, and no other, is tagged parameters" in faults(notebook)


def test_what_is_no_notebook_is_refused() -> None:
    notebook = good()
    notebook.cells[0].cell_type = "poem"
    assert faults(notebook)[0].startswith("not a valid notebook")
