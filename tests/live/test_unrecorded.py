"""Calls that the switches told of and no record has."""

from datetime import timedelta

import pytest

from live.fakes import NOON, call, told
from tollbook.live.kept import MOST_FILES
from tollbook.live.kept import keep as keep_seen
from tollbook.live.present import Held, Present
from tollbook.live.seen import Memory
from tollbook.live.unrecorded import ENOUGH, minutes_asked, unended, unrecorded
from tollbook.workspace import Workspace

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def at(seconds: float):
    return NOON + timedelta(seconds=seconds)


def names(workspace: Workspace, present: Present, end_s: float = 3600) -> dict[str, float]:
    """The calls by name, and how many seconds after noon they end."""
    rows = unrecorded(workspace, present, NOON, at(end_s)).sort("call_id").iter_rows(named=True)
    return {row["call_id"]: (row["ended_at"] - NOON).total_seconds() for row in rows}


def test_calls_that_ended_since_what_was_seen_was_kept_are_told_by_the_present(workspace: Workspace) -> None:
    memory = Memory("s1")
    memory.see(told(0, call("kept")))
    keep_seen(workspace, [("s1", memory.take(NOON))], keep_days=3650, now=NOON)
    memory.see(told(30, call("kept"), call("short", begun_s=20)))
    answer = told(60, call("on", begun_s=40))
    memory.see(answer)
    present = Present((Held("s1", 5).answered(answer, memory.over),))
    # `kept` was kept when it had begun, at 12:00:00: the present knows that it was there at 12:00:30.
    assert names(workspace, present, 62) == {"kept": 30, "on": 62, "short": 30}


def test_what_is_kept_after_records_were_compared_is_compared_too(workspace: Workspace, keep) -> None:
    keep([{"at": "2026-10-05T12:00:01", "call_id": "b", "talk_s": 5}])
    memory = Memory("s1")
    for turn in range(MOST_FILES + 2):  # the last files are written together
        memory.see(told(60 * turn + 5, *([call("a"), call("b")] if turn == 1 else [call(f"c{turn}")])))
        keep_seen(workspace, [("s1", memory.take(at(60 * turn + 6)))], keep_days=3650, now=NOON)
        found = names(workspace, Present())
        assert "b" not in found
        assert ("a" in found) == (turn >= 1)
        assert f"c{turn}" in found or turn == 1


def test_a_silent_switch_is_not_told_when_its_calls_end_but_their_records_are(
    workspace: Workspace, keep
) -> None:
    present = Present((Held("s1", 5).answered(told(0, call("a"), call("b"))).failed("no answer"),))
    assert names(workspace, present) == {"a": 3600, "b": 3600}
    keep([{"at": "2026-10-05T12:00:00", "call_id": "a", "talk_s": 100}])
    assert names(workspace, present) == {"b": 3600}


@pytest.mark.parametrize(("switch", "ended"), [("other", {"on": 3600.0}), ("s1", {"on": 3600.0})])
def test_calls_of_a_source_whose_records_have_other_names_do_not_count_twice(
    workspace: Workspace, keep, switch: str, ended: dict[str, float]
) -> None:
    many, memory = [call(f"live-{n}") for n in range(ENOUGH)], Memory("s1")
    memory.see(told(60, *many))
    memory.see(told(120))
    keep_seen(workspace, [("s1", memory.take(at(180)))], keep_days=3650, now=at(180))
    present = Present((Held("s1", 5).answered(told(3599, call("on", begun_s=3000))),))
    assert len(names(workspace, present)) == ENOUGH + 1  # nothing is imported yet
    records = [{"at": "2026-10-05T12:00:00", "call_id": f"file-{n}", "switch": switch} for n in range(ENOUGH)]
    keep([*records, {"at": "2026-10-05T12:50:00", "call_id": "z", "switch": switch}])
    assert names(workspace, present) == ended


def test_a_minute_counts_as_asked_where_a_switch_answered(workspace: Workspace) -> None:
    memory = Memory("s1")
    memory.see(told(0))
    memory.missed(at(60))
    memory.see(told(120))
    keep_seen(workspace, [("s1", memory.take(at(180)))], keep_days=3650, now=at(180))
    asked = minutes_asked(workspace, Present(), NOON, at(3600))
    assert asked.to_list() == [NOON, at(120)]
    # What is asked since is not kept yet.
    present = Present((Held("s1", 5).answered(told(190)),))
    assert minutes_asked(workspace, present, NOON, at(3600)).to_list() == [NOON, at(120), at(180)]


def test_records_without_an_end_stand_for_what_no_switch_tells(workspace: Workspace, keep) -> None:
    keep([{"at": "2026-10-05T12:00:00", "call_id": "a", "ended_at": None}, {"at": "2026-10-05T12:00:00"}])
    (row,) = unended(workspace, NOON, NOON + HOUR).iter_rows(named=True)
    assert (row["call_id"], row["started_at"], row["ended_at"]) == ("a", NOON, NOON + HOUR)
