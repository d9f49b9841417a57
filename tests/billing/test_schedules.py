"""Which periods are due: each once, in UTC, whenever and however often somebody looks."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tollbook.account.audit import Actor, events
from tollbook.account.database import Database
from tollbook.account.ledger import Due
from tollbook.account.models import Customer
from tollbook.billing import schedules
from tollbook.errors import UsageError
from tollbook.periods import parse_period

BY = Actor(None, "test")
HOUR = timedelta(hours=1)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def db(database: Database) -> Database:
    with database.session() as session:
        session.add_all(Customer(id=name, name=name) for name in ("acme", "beta"))
    return database


@pytest.fixture(params=["UTC", "Europe/Berlin", "America/New_York"])
def _machine_in(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine's own zone, which must not matter."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def plan(db: Database, view: str, since: str, hours: int | None = None, customer: str = "acme") -> None:
    with db.session() as session:
        schedules.set_schedule(session, BY, customer, view, instant(since), hours)


def due(db: Database, customer: str = "acme") -> list[str]:
    with db.reading() as session:
        mine = select(Due.period_name).where(Due.customer_id == customer).order_by(Due.period_end)
        return list(session.scalars(mine))


def every(start: str, hours: int, step: timedelta = HOUR) -> list[datetime]:
    return [instant(start) + n * step for n in range(hours)]


@pytest.mark.usefixtures("_machine_in")
@pytest.mark.parametrize(
    ("view", "since", "until", "names"),
    [
        (
            "daily",
            "2026-10-24",
            "2026-10-28T00:00",
            ["2026-10-24", "2026-10-25", "2026-10-26"],
        ),  # clocks go back
        (
            "daily",
            "2026-03-28",
            "2026-04-01T00:00",
            ["2026-03-28", "2026-03-29", "2026-03-30"],
        ),  # and forward
        ("daily", "2028-02-28", "2028-03-03T00:00", ["2028-02-28", "2028-02-29", "2028-03-01"]),  # leap day
        ("weekly", "2026-12-21", "2027-01-12T00:00", ["2026-W52", "2026-W53", "2027-W01"]),
        ("monthly", "2028-01-31", "2028-05-02T00:00", ["2028-01", "2028-02", "2028-03", "2028-04"]),
        ("monthly", "2026-10-15", "2026-12-02T00:00", ["2026-10", "2026-11"]),
    ],
)
def test_each_period_is_due_once_a_day_after_its_end(
    database: Database, view: str, since: str, until: str, names: list[str]
) -> None:
    with database.session() as session:
        session.add(Customer(id="acme", name="acme"))
    plan(database, view, since)
    end = instant(until)
    looks = [end - n * 6 * HOUR for n in range(12, -1, -1)]
    added = sum(schedules.fill(database, at, 24) for at in looks)
    assert (added, due(database)) == (len(names), names)
    assert schedules.fill(database, end, 24) == 0


def test_it_is_due_at_the_end_of_its_settling_time_and_not_before(db: Database) -> None:
    plan(db, "daily", "2026-10-05")
    plan(db, "daily", "2026-10-05", 2, "beta")
    assert schedules.fill(db, instant("2026-10-06T01:59:59"), 24) == 0
    assert schedules.fill(db, instant("2026-10-06T02:00"), 24) == 1
    assert (due(db), due(db, "beta")) == ([], ["2026-10-05"])
    assert schedules.fill(db, instant("2026-10-07T00:00"), 24) == 1
    assert due(db) == ["2026-10-05"]


def test_after_an_outage_of_a_week_every_missed_period_is_there(db: Database) -> None:
    plan(db, "daily", "2026-10-01")
    schedules.fill(db, instant("2026-10-03T00:00"), 24)
    assert schedules.fill(db, instant("2026-10-10T00:00"), 24) == 7
    assert due(db) == [f"2026-10-{day:02}" for day in range(1, 9)]


def test_a_clock_that_jumps_enters_nothing_twice_and_nothing_is_made_before_it_is_over(db: Database) -> None:
    plan(db, "daily", "2026-10-01")
    assert schedules.fill(db, instant("2026-10-06T00:00"), 24) == 4  # ahead by two days
    now = instant("2026-10-04T00:00")
    assert schedules.fill(db, now, 24) == 0
    assert schedules.count(db, now, patient=False) == 2
    assert schedules.fill(db, instant("2026-10-07T00:00"), 24) == 1
    assert due(db) == [f"2026-10-{day:02}" for day in range(1, 6)]


def test_a_period_is_claimed_by_one_run_until_its_lease_ends(db: Database) -> None:
    plan(db, "daily", "2026-10-01")
    at = instant("2026-10-03T00:00")
    schedules.fill(db, at, 24)
    first = schedules.claim(db, "one", at, [], patient=False)
    assert first
    assert (first.customer, first.period, first.settle_hours) == ("acme", parse_period("2026-10-01"), 24)
    assert schedules.claim(db, "two", at, [], patient=False) is None
    assert schedules.claim(db, "two", at + schedules.LEASE, [], patient=False)
    wrong = at - timedelta(
        days=900
    )  # the clock was ahead when it was claimed, and settles_at is never before it
    assert schedules.claim(db, "three", wrong, [], patient=False) is None
    assert schedules.claim(db, "three", at - timedelta(seconds=1), [], patient=False) is None


def test_what_failed_rests_for_the_clock_longer_each_time_but_not_for_a_person(db: Database) -> None:
    plan(db, "daily", "2026-10-01")
    at = instant("2026-10-03T00:00")
    schedules.fill(db, at, 24)
    for pause in (15, 30, 60):
        claimed = schedules.claim(db, "one", at, [], patient=True)
        assert claimed
        schedules.finish(db, claimed, "failed", at, why="no deck")
        assert schedules.claim(db, "one", at, [claimed.id], patient=False) is None
        assert schedules.count(db, at, patient=False) == 1
        assert schedules.count(db, at + timedelta(minutes=pause - 1), patient=True) == 0
        at += timedelta(minutes=pause)


def test_what_was_made_is_done_and_what_rests_can_be_opened_again(db: Database) -> None:
    plan(db, "daily", "2026-10-01")
    at = instant("2026-10-04T00:00")
    schedules.fill(db, at, 24)
    for state in ("made", "nothing"):
        claimed = schedules.claim(db, "one", at, [], patient=False)
        assert claimed
        schedules.finish(db, claimed, state, at)
    assert schedules.at_rest(db, "nothing") == [("acme", parse_period("2026-10-02"))]
    for name in ("2026-10-01", "2026-10-02"):
        schedules.reopen(db, "acme", parse_period(name), at)
    assert schedules.count(db, at, patient=True) == 1


def test_list_tells_what_is_next_and_what_waits(db: Database) -> None:
    plan(db, "monthly", "2026-10-01")
    with db.reading() as session:
        (row,) = schedules.listing(session, instant("2026-12-01T12:00"), 24)
    assert (row["next_period"], row["next_at"], row["waiting"]) == ("2026-11", instant("2026-12-02T00:00"), 1)


def test_a_schedule_is_changed_removed_and_audited(db: Database) -> None:
    plan(db, "monthly", "2026-10-01")
    plan(db, "monthly", "2026-10-01")
    plan(db, "weekly", "2026-10-01", 6)
    with db.session() as session:
        schedules.remove(session, BY, "acme")
        with pytest.raises(UsageError, match="'acme' has no schedule"):
            schedules.remove(session, BY, "acme")
        assert [event["action"] for event in events(session, None, None)] == ["add", "change", "remove"]
        with pytest.raises(UsageError, match="no customer 'acne', did you mean 'acme'"):
            schedules.set_schedule(session, BY, "acne", "daily", instant("2026-10-01"), None)
        with pytest.raises(UsageError, match="'day' is none of daily, weekly, monthly"):
            schedules.set_schedule(session, BY, "acme", "day", instant("2026-10-01"), None)
