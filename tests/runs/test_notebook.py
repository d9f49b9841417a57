"""Running a notebook: what is refused before a kernel starts, what counts as failed, what as done."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tollbook.errors import TollbookError, UsageError
from tollbook.runs.notebook import BULK, KERNEL, execute, parameters_of, refuse_wrong, result

Make = Callable[..., Path]
SHOWN = "application/vnd.tollbook.invoice+json"


def test_parameters_are_read_with_their_types(notebook: Make) -> None:
    path = notebook(parameters='a: str = ""  # words\nb: int = 1\nc: float = 0.5\nd: bool = True\ne = "x"')
    assert parameters_of(path) == {"a": str, "b": int, "c": float, "d": bool, "e": str}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"custmer": "acme"}, "note.ipynb has no parameter 'custmer', did you mean 'customer'?"),
        ({"days": "7"}, "note.ipynb: days is of type int, not '7'"),
        ({"days": True}, "note.ipynb: days is of type int, not True"),
        ({"x = 1; import os #": "acme"}, "note.ipynb has no parameter 'x = 1; import os #'"),
    ],
)
def test_unknown_and_mistyped_parameters_are_refused_before_anything_is_written(
    notebook: Make, tmp_path: Path, given: dict[str, str | int], words: str
) -> None:
    with pytest.raises(UsageError) as refused:
        execute(notebook("1"), given, tmp_path / "done.ipynb", timeout_s=60)
    assert words in str(refused.value)
    assert not (tmp_path / "done.ipynb").exists()


def test_right_parameters_are_accepted(notebook: Make) -> None:
    refuse_wrong(notebook("1"), {"customer": "acme", "days": 7})


def test_a_run_has_the_parameters_the_environment_and_this_interpreter(
    notebook: Make, tmp_path: Path
) -> None:
    path = notebook("import os, sys; print(customer, days, os.environ['TOLL_TEST'], sys.prefix)")
    folder = tmp_path / "with {braces}"
    folder.mkdir()
    given = {"customer": "a'b\"c\\", "days": 7}
    node = execute(path, given, folder / "done.ipynb", timeout_s=60, environment={"TOLL_TEST": "here"})
    import sys  # noqa: PLC0415 - next to what it is compared with

    assert node.cells[-1].outputs[0]["text"] == f"a'b\"c\\ 7 here {sys.prefix}\n"
    assert (folder / "done.ipynb").exists()


@pytest.mark.parametrize("engine", [KERNEL, BULK])
@pytest.mark.parametrize(
    ("cell", "timeout_s", "words"),
    [
        ("raise ValueError('no\\nsuch')", 60, "ValueError: no"),
        ("import os; os._exit(0)", 60, "note.ipynb failed twice: Kernel died"),
        ("while True: pass", 1, "note.ipynb failed: "),
    ],
    ids=["a cell raises", "the kernel dies", "a cell takes too long"],
)
def test_what_fails_is_a_failure_that_says_where_to_look(
    notebook: Make, tmp_path: Path, engine: str, cell: str, timeout_s: int, words: str
) -> None:
    with pytest.raises(TollbookError) as failed:
        execute(notebook(cell, "1"), {}, tmp_path / "done.ipynb", timeout_s=timeout_s, engine=engine)
    assert words in str(failed.value)
    assert str(failed.value).endswith(f"see {tmp_path / 'done.ipynb'}")
    assert "\n" not in str(failed.value)
    assert (tmp_path / "done.ipynb").exists()


@pytest.mark.parametrize("engine", [KERNEL, BULK])
def test_a_notebook_that_ends_itself_has_no_result(notebook: Make, tmp_path: Path, engine: str) -> None:
    shown = f"display({{'{SHOWN}': {{'n': 1}}}}, raw=True)"
    path = notebook("import sys; sys.exit(0)", shown)
    node = execute(path, {}, tmp_path / "done.ipynb", timeout_s=60, engine=engine)
    assert result(node, SHOWN) is None


COUNTED = "from pathlib import Path; import os, signal, sys; log = Path(customer); log.open('a').write('x')\n"


@pytest.mark.parametrize("engine", [KERNEL, BULK])
@pytest.mark.parametrize(
    ("cell", "times"),
    [
        ("raise ValueError('no')", 1),
        ("while True: pass", 1),
        ("sys.exit(0)", 1),
        ("os._exit(0)", 2),
        ("os.kill(os.getpid(), signal.SIGKILL)", 2),
        ("if len(log.read_text()) == 1: os.kill(os.getpid(), signal.SIGKILL)", 2),
    ],
    ids=["it raises", "it takes too long", "it stops", "it exits", "it is killed", "it is killed once"],
)
def test_what_was_lost_is_tried_once_more_and_nothing_else(
    notebook: Make, tmp_path: Path, engine: str, cell: str, times: int
) -> None:
    log, shown = tmp_path / "log", f"display({{'{SHOWN}': {{'n': 1}}}}, raw=True)"
    node, limit_s = None, 3 if cell == "while True: pass" else 60
    with suppress(TollbookError):
        path, executed = notebook(COUNTED + cell, shown), tmp_path / "done.ipynb"
        node = execute(path, {"customer": str(log)}, executed, timeout_s=limit_s, engine=engine)
    assert log.read_text() == "x" * times
    is_done = node is not None and result(node, SHOWN) == {"n": 1}
    assert is_done == ("len(log" in cell)


def shows(*numbers: int) -> nbformat.NotebookNode:
    outputs = [new_output("display_data", {SHOWN: {"n": n}, "text/plain": ""}) for n in numbers]
    return new_notebook(cells=[new_code_cell("", outputs=[output]) for output in outputs])


def test_result_is_the_one_output_of_its_type() -> None:
    assert result(shows(7), SHOWN) == {"n": 7}
    assert result(shows(), SHOWN) is None
    assert result(shows(1, 2), SHOWN) is None
    assert result(shows(1), "text/html") is None
