"""The present as it is held, and as other processes read it."""

from datetime import timedelta

from live.fakes import NOON, call, told
from tollbook.live.present import Held, Present, path, read, write
from tollbook.workspace import Workspace


def test_a_switch_that_fails_keeps_what_it_told() -> None:
    held = Held("s1", 5).answered(told(0, call("a"))).failed("s1: no answer")
    assert held.told is not None
    assert len(held.told.calls) == 1
    assert held.age_s(NOON + timedelta(seconds=7)) == 7
    assert not held.answers(NOON + timedelta(seconds=1))
    assert held.answered(told(2)).answers(NOON + timedelta(seconds=3))


def test_one_that_is_asked_no_more_is_silent_after_three_turns() -> None:
    held = Held("s1", 5).answered(told(0))
    assert held.answers(NOON + timedelta(seconds=15))
    assert not held.answers(NOON + timedelta(seconds=16))


def test_one_that_never_answered_has_no_age() -> None:
    assert Held("s1").age_s(NOON) is None
    assert not Held("s1").answers(NOON)


def test_other_processes_read_all_of_it(workspace: Workspace) -> None:
    silent = Held("s2", 60).failed("s2: no answer")
    present = Present((Held("s1", 5).answered(told(3, call("a", up=True), call("b", None))), silent), 7)
    write(workspace, present)
    assert read(workspace) == present


def test_a_file_that_cannot_be_read_tells_nothing(workspace: Workspace) -> None:
    assert read(workspace) is None
    path(workspace).write_text('{"held": 3}')
    assert read(workspace) is None
