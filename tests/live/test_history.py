"""What was seen in progress, told again."""

from datetime import UTC, datetime, timedelta

from live.fakes import NOON, call, told
from tollbook.account.database import shared
from tollbook.account.models import Carrier, Customer
from tollbook.live import history as histories
from tollbook.live.history import history, lately, peaks
from tollbook.live.kept import keep
from tollbook.live.seen import Memory
from tollbook.workspace import Workspace

HOUR = timedelta(hours=1)


def seen(workspace: Workspace, *answers) -> None:
    memory = Memory("s1")
    for answer in answers:
        memory.see(answer)
    keep(workspace, [("s1", memory.take(NOON, everything=True))], keep_days=3650, now=NOON)


def at(seconds: float):
    return NOON + timedelta(seconds=seconds)


def test_the_peak_between_records_and_the_busiest_second(workspace: Workspace) -> None:
    a, b, c = call("a"), call("b", "bolt", begun_s=9), call("c", begun_s=9.5)
    seen(workspace, told(5, a), told(10, a, b, c), told(15, b), told(20))
    made = history(workspace, NOON, NOON + HOUR)
    assert (made["peak"], made["peak_at"]) == (3, at(10))
    assert (made["peak_cps"], made["peak_cps_at"]) == (2, at(9))
    assert made["asked"] == [{"switch": "s1", "polls": 4, "failed": 0, "incomplete": 0}]
    assert history(workspace, NOON, NOON + HOUR, customer="bolt")["peak"] == 1


def test_more_calls_than_channels_is_a_breach_with_its_span(workspace: Workspace) -> None:
    with shared(workspace).session() as session:
        session.add(Customer(id="acme", name="A", channels=1))
    seen(
        workspace,
        told(5, call("a")),
        told(10, call("a"), call("b")),
        told(15, call("a"), call("b")),
        told(20, call("a")),
    )
    (breach,) = history(workspace, NOON, NOON + HOUR)["breaches"]
    assert (breach["customer"], breach["peak"], breach["configured"]) == ("acme", 2, 1)
    assert (breach["from"], breach["to"]) == (at(10), at(15) + timedelta(microseconds=1))


def test_of_one_customer_no_breach_of_a_carrier_is_told(workspace: Workspace) -> None:
    with shared(workspace).session() as session:
        session.add_all(
            [Customer(id="acme", name="A", channels=1), Customer(id="bolt", name="B", channels=0)]
        )
        session.add(Carrier(id="alpha", name="A", channels=1))
    seen(workspace, told(5, call("a"), call("b", "bolt")), told(10))
    whole = peaks(workspace, NOON, NOON + HOUR)["breaches"]
    assert [one.get("customer") or one["carrier"] for one in whole] == ["bolt", "alpha"]
    assert peaks(workspace, NOON, NOON + HOUR, customer="acme")["breaches"] == []
    (own,) = peaks(workspace, NOON, NOON + HOUR, customer="bolt")["breaches"]
    assert (own["customer"], own["peak"]) == ("bolt", 1)


def test_the_last_24_hours_are_read_once_in_five_minutes(workspace: Workspace, monkeypatch) -> None:
    class Clock(datetime):
        at = NOON + timedelta(minutes=2)

        @classmethod
        def now(cls, _zone=UTC):
            return cls.at

    monkeypatch.setattr(histories, "datetime", Clock)
    assert lately(workspace) is None  # nothing was ever seen
    seen(workspace, told(5, call("a")))
    assert (lately(workspace)["peak"], lately(workspace, "bolt")["peak"]) == (1, 0)
    seen(workspace, told(10, call("a"), call("b")))
    assert lately(workspace)["peak"] == 1
    Clock.at = NOON + timedelta(minutes=5)
    assert lately(workspace)["peak"] == 2
    Clock.at = NOON + timedelta(days=1, minutes=5)
    assert lately(workspace)["peak"] == 0


def test_a_call_without_a_record_is_told_once_its_switch_has_moved_on(workspace: Workspace, keep) -> None:
    seen(workspace, told(5, call("a"), call("lost")), told(10))
    assert history(workspace, NOON, NOON + HOUR)["unrecorded"] == 0  # nothing is imported yet
    keep([{"at": "2026-10-05T12:00:00", "call_id": "a"}, {"at": "2026-10-05T12:30:00", "call_id": "z"}])
    made = history(workspace, NOON, NOON + HOUR)
    assert (made["unrecorded"], [one["call_id"] for one in made["unrecorded_calls"]]) == (1, ["lost"])


def test_a_record_of_a_call_that_was_never_seen(workspace: Workspace, keep) -> None:
    answers = [told(second, call("a")) for second in range(5, 600, 20)]
    seen(workspace, *answers)
    records = [
        {"at": "2026-10-05T12:00:00", "call_id": "a", "talk_s": 590},
        {"at": "2026-10-05T12:01:00", "call_id": "ghost", "talk_s": 200},
        {"at": "2026-10-05T12:01:00", "call_id": "short", "talk_s": 10},
        {"at": "2026-10-05T12:20:00", "call_id": "unwatched", "talk_s": 200},
    ]
    keep(records)
    made = history(workspace, NOON, NOON + HOUR)
    assert (made["unseen"], [one["call_id"] for one in made["unseen_calls"]]) == (1, ["ghost"])


def test_an_empty_workspace_has_seen_nothing(workspace: Workspace) -> None:
    made = history(workspace, NOON, NOON + HOUR)
    assert (made["peak"], made["peak_at"], made["breaches"], made["unrecorded"], made["unseen"]) == (
        0,
        None,
        [],
        0,
        0,
    )
