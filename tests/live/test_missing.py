"""Who lacks the other of call and record, as pages and the checklist are told."""

from datetime import UTC, datetime, timedelta

from live.fakes import NOON, call, told
from tollbook.live.kept import keep as keep_seen
from tollbook.live.missing import between, missing
from tollbook.live.seen import Memory
from tollbook.workspace import Workspace

HOUR = timedelta(hours=1)


def seen(workspace: Workspace) -> None:
    """From 12:00:05 for ten minutes `a` of acme, `lost` of bolt for five seconds."""
    memory = Memory("s1")
    memory.see(told(5, call("a"), call("lost", "bolt")))
    for second in range(10, 600, 20):
        memory.see(told(second, call("a")))
    keep_seen(workspace, [("s1", memory.take(NOON, everything=True))], keep_days=3650, now=NOON)


def records(keep) -> None:
    keep(
        [
            {"at": "2026-10-05T12:00:00", "call_id": "a", "talk_s": 590},
            {"at": "2026-10-05T12:01:00", "call_id": "ghost", "talk_s": 200},
            {"at": "2026-10-05T12:30:00", "call_id": "z"},
        ]
    )


def test_both_are_counted_and_named(workspace: Workspace, keep) -> None:
    seen(workspace)
    records(keep)
    made = between(workspace, NOON, NOON + HOUR)
    assert (made.unrecorded, made.unseen, made.count) == (1, 1, 2)
    assert [one["call_id"] for one in (*made.unrecorded_calls, *made.unseen_calls)] == ["lost", "ghost"]


def test_of_one_customer(workspace: Workspace, keep) -> None:
    seen(workspace)
    records(keep)
    assert missing(workspace, NOON, "bolt").unrecorded == 1
    assert missing(workspace, NOON, "acme").unrecorded == 0
    assert missing(workspace, NOON).unrecorded == 1


def test_records_that_come_late_make_it_less_at_once(workspace: Workspace, keep) -> None:
    seen(workspace)
    records(keep)
    assert missing(workspace, NOON).count == 2
    keep([{"at": "2026-10-05T12:00:04", "call_id": "lost", "customer": "bolt"}])
    assert missing(workspace, NOON).count == 1


def test_where_nothing_was_ever_seen_nothing_is_missing(workspace: Workspace, keep) -> None:
    records(keep)
    made = missing(workspace)
    assert made.count == 0
    assert datetime.now(UTC) - made.since < timedelta(days=7, hours=1)
