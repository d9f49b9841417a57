"""The recorded past and the polled present, joined."""

from datetime import timedelta

from live.fakes import NOON, call, told
from tollbook.account.scope import Scope
from tollbook.live.joined import joined, polled
from tollbook.live.kept import keep as keep_seen
from tollbook.live.present import Held, Present
from tollbook.live.seen import Memory
from tollbook.workspace import Workspace

ADMIN = Scope("admin")


def levels(workspace: Workspace, present: Present, scope: Scope = ADMIN) -> list[int]:
    """Calls in progress at 12:00, 12:01, ... 12:04."""
    start = NOON - timedelta(seconds=30)
    return [n for _, n in joined(workspace, present, scope, start, NOON + timedelta(seconds=241))]


def test_a_call_counts_once_before_and_after_it_is_recorded(workspace: Workspace, keep) -> None:
    memory = Memory("s1")
    # Seen from 12:00 on: a until 12:01:30, b goes on.
    a, b = call("a"), call("b", "bolt", begun_s=60)
    memory.see(told(0, a))
    memory.see(told(90, a, b))
    memory.see(told(240, b))
    keep_seen(workspace, [("s1", memory.take(NOON))], keep_days=3650, now=NOON)
    present = Present((Held("s1", 5).answered(told(240, b)),))
    assert levels(workspace, present) == [1, 2, 1, 1, 1]
    assert levels(workspace, present, Scope("contact", "bolt")) == [0, 1, 1, 1, 1]
    keep([{"at": "2026-10-05T12:00:00", "call_id": "a", "customer": "acme", "talk_s": 92}])
    assert levels(workspace, present) == [1, 2, 1, 1, 1]


def test_a_record_counts_before_the_rollups_have_it(workspace: Workspace, keep) -> None:
    keep([{"at": "2026-10-05T11:59:00", "talk_s": 121}])
    keep([{"at": "2026-10-05T12:00:30", "talk_s": 60, "call_id": "late"}], rolled=False)
    assert levels(workspace, Present()) == [1, 2, 0, 0, 0]


def test_calls_without_a_record_are_told_by_customer_and_carrier(workspace: Workspace, keep) -> None:
    keep([{"at": "2026-10-05T12:00:00", "talk_s": 60}])
    present = Present((Held("s1", 5).answered(told(150, call("a"), call("b", "bolt", "bravo", begun_s=61))),))
    end = NOON + timedelta(seconds=180)
    made = polled(workspace, present, ADMIN, NOON, end)
    assert made is not None
    assert made.changes.sort("minute_at", "customer").rows() == [
        ("acme", "alpha", NOON, 1),
        ("bolt", "bravo", NOON + timedelta(minutes=2), 1),
        ("acme", "alpha", end, -1),
        ("bolt", "bravo", end, -1),
    ]
    assert made.now.rows() == [("acme", "alpha", 1), ("bolt", "bravo", 1)]
    own = polled(workspace, present, Scope("contact", "bolt"), NOON, end)
    assert own is not None
    assert (own.by, own.changes.columns, own.now.rows()) == (
        ("customer",),
        ["customer", "minute_at", "change"],
        [("bolt", 1)],
    )


def test_where_no_switch_was_ever_asked_there_is_nothing_beside_the_records(workspace: Workspace) -> None:
    assert polled(workspace, Present(), ADMIN, NOON, NOON + timedelta(hours=1)) is None


def test_records_alone_tell_what_they_told(workspace: Workspace, keep) -> None:
    keep([{"at": "2026-10-05T11:59:00", "talk_s": 60}, {"at": "2026-10-05T12:01:00", "talk_s": 61}])
    assert levels(workspace, Present()) == [0, 1, 1, 0, 0]


def test_an_empty_workspace_has_none(workspace: Workspace) -> None:
    assert levels(workspace, Present()) == [0] * 5
