"""What was seen in progress, kept."""

from datetime import timedelta

from live.fakes import NOON, call, told
from tollbook.lake.store import Lake
from tollbook.live.kept import MOST_FILES, LiveLake, keep
from tollbook.live.seen import Memory
from tollbook.tables import LIVE_CALLS, LIVE_POLLS
from tollbook.workspace import Workspace


def kept(workspace: Workspace, memory: Memory, after_s: float, **more) -> None:
    at = NOON + timedelta(seconds=after_s)
    keep(workspace, [("s1", memory.take(at, **more))], keep_days=10, now=at)


def test_a_call_that_is_kept_twice_is_one(workspace: Workspace) -> None:
    memory = Memory("s1")
    memory.see(told(1, call("a", carrier=None)))
    kept(workspace, memory, 2)
    memory.see(told(5, call("a", carrier="bravo", up=True)))
    memory.see(told(6))
    kept(workspace, memory, 7)
    (row,) = LiveLake(workspace).seen().collect().to_dicts()
    assert (row["switch"], row["call_id"], row["carrier"]) == ("s1", "a", "bravo")
    assert (row["started_at"], row["answered_at"]) == (NOON, NOON)
    assert row["first_seen_at"] == NOON + timedelta(seconds=1)
    assert row["last_seen_at"] == NOON + timedelta(seconds=5)


def test_many_small_files_of_a_day_become_one(workspace: Workspace) -> None:
    memory = Memory("s1")
    for turn in range(MOST_FILES + 2):
        memory.see(told(turn * 60, call(f"c{turn}", begun_s=turn)))
        kept(workspace, memory, turn * 60 + 1)
    lake = LiveLake(workspace)
    assert len(lake.file_days(LIVE_CALLS)) < 5
    assert len(lake.file_days(LIVE_POLLS)) < 5
    assert lake.seen().collect()["call_id"].n_unique() == MOST_FILES + 2
    assert lake.asked().collect()["polls"].sum() == MOST_FILES + 1  # the last minute is not over


def test_days_that_are_too_old_are_dropped(workspace: Workspace) -> None:
    old, new = Memory("s1"), Memory("s1")
    old.see(told(0, call("old")))
    kept(workspace, old, 1, everything=True)
    later_s = timedelta(days=11).total_seconds()
    new.see(told(later_s, call("new", begun_s=later_s)))
    kept(workspace, new, later_s + 1, everything=True)
    assert LiveLake(workspace).seen().collect()["call_id"].to_list() == ["new"]


def test_it_waits_for_no_import(workspace: Workspace) -> None:
    memory = Memory("s1")
    memory.see(told(0, call("a")))
    with Lake(workspace).writing():
        kept(workspace, memory, 1)
    assert len(LiveLake(workspace).seen().collect()) == 1


def test_nothing_seen_is_nothing_kept(workspace: Workspace) -> None:
    kept(workspace, Memory("s1"), 1)
    assert LiveLake(workspace).seen().collect().is_empty()
