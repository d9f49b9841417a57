"""A process that runs one notebook's cells, as its owner sees it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from runs.test_zygote import gone
from tollbook.runs.cells import Cells, LateError, LostError
from tollbook.runs.zygote_owner import Owner, possible

pytestmark = pytest.mark.skipif(not possible(), reason="processes are forked on Linux only")


@pytest.fixture
def cells(tmp_path: Path) -> Iterator[Cells]:
    with Cells.forked(dict(os.environ), str(tmp_path)) as made:
        yield made


def test_outputs_come_in_their_order_and_last_how_it_went(cells: Cells) -> None:
    assert list(cells.run("print(1); print(2)\n3", 60)) == [
        {"output_type": "stream", "name": "stdout", "text": "1\n2\n"},
        {"output_type": "execute_result", "data": {"text/plain": "3"}, "metadata": {}, "execution_count": 1},
        {"done": True, "count": 1},
    ]
    error, ended = cells.run("raise ValueError('no')", 60)
    assert (error["ename"], error["evalue"]) == ("ValueError", "no")
    assert ended == {"done": False, "count": 2}


def test_names_stay_from_cell_to_cell(cells: Cells) -> None:
    list(cells.run("x = 1", 60))
    assert next(cells.run("print(x)", 60))["text"] == "1\n"


def test_nobody_answers_questions(cells: Cells) -> None:
    error, _ = cells.run("input('who?')", 60)
    assert error["ename"] == "StdinNotImplementedError"


def test_a_cell_that_takes_too_long_is_told_and_its_process_ended(cells: Cells) -> None:
    with pytest.raises(LateError):
        list(cells.run("while True: pass", 1))
    cells.close()
    assert gone(cells.process.pid)


def test_a_process_that_ends_is_noticed_though_another_holds_its_line(cells: Cells) -> None:
    with pytest.raises(LostError):
        list(cells.run("import os, time\nif os.fork(): os._exit(0)\nelse: time.sleep(600)", None))


def test_at_the_end_its_own_children_end_too(tmp_path: Path) -> None:
    with Cells.forked(dict(os.environ), str(tmp_path)) as cells:
        code = (
            "import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', 'input()'], stdin=-1).pid)"
        )
        child = int(next(cells.run(code, 60))["text"])
    assert gone(cells.process.pid, child)


def test_without_a_zygote_there_is_no_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*_: object) -> None:
        raise OSError("gone")

    monkeypatch.setattr(Owner, "ask", refuse)
    with ExitStack() as stack, pytest.raises(LostError, match="gone"):
        stack.enter_context(Cells.forked({}, str(tmp_path)))


OWNER = """
import os, sys
from tollbook.runs.cells import Cells
from tollbook.runs.launch import CELLS
from tollbook.runs.zygote_owner import Owner
with Cells.forked(dict(os.environ), "/") as cells:
    print(Owner.own(CELLS).process.pid, next(cells.run("import os; print(os.getpid())", 60))["text"], flush=True)
    list(cells.run("import time; time.sleep(600)", None))
"""


@pytest.mark.slow
def test_nothing_is_left_of_an_owner_that_was_killed() -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True)
    assert owner.stdout
    processes = [int(word) for word in owner.stdout.readline().split()]
    owner.kill()
    owner.communicate()
    assert len(processes) == 2
    assert gone(*processes)
