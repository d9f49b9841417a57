"""The last days replayed: the same as judging every quarter of an hour by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from alerts.conftest import AT, calls
from tollbook.account.alerts import rules
from tollbook.account.alerts.models import Alert
from tollbook.account.database import Database
from tollbook.alerts.refreshed import judge_all
from tollbook.alerts.replay import Replayed, replayed
from tollbook.errors import UsageError
from tollbook.lake.rollup import refresh
from tollbook.lake.store import Lake

pytestmark = pytest.mark.usefixtures("each_database")


def replay(workspace, rule: Alert, days: int = 30) -> Replayed:
    with Database.of(workspace).reading() as session:
        return replayed(Lake(workspace), session, rule, days)


def test_it_says_when_it_would_have_fired_and_been_over(workspace, keep, rule) -> None:
    # 5 of 10, 3 of 10, 5 calls alone, 44 of 100, 45 of 100, 39 of 100.
    keep(
        [*calls("10:00", 10, 5), *calls("10:15", 10, 3), *calls("10:30", 5, 0), *calls("10:45", 100, 44),
         *calls("11:00", 100, 45), *calls("11:15", 100, 39)]
    )  # fmt: skip
    made = replay(workspace, rule())
    told = made.told()
    assert [(one["kind"], one["at"], one["value"]) for one in told["events"]] == [
        ("fired", datetime(2026, 10, 5, 10, 30, tzinfo=UTC), 0.3),
        ("reset", datetime(2026, 10, 5, 11, 15, tzinfo=UTC), 0.45),
        ("fired", datetime(2026, 10, 5, 11, 30, tzinfo=UTC), 0.39),
    ]
    assert (told["fired"], told["reset"], told["repeated"], told["few_calls"]) == (2, 1, 0, 1)
    # Of 30 days of 96 quarters all but six have no calls.
    assert (told["judged"], told["no_data"]) == (30 * 96, 30 * 96 - 6)
    assert told["end"] == datetime(2026, 10, 5, 11, 30, tzinfo=UTC)


def test_it_is_what_judging_each_refresh_gives(workspace, keep, rule) -> None:
    # The same calls come in four refreshes, each judged as it comes.
    watched = rule()
    db, lake = Database.of(workspace), Lake(workspace)
    happened = []
    for at, answers in (("10:00", 5), ("10:15", 3), ("10:30", 4), ("10:45", 5)):
        keep(calls(at, 10, answers), rolled=False)
        start = datetime.fromisoformat(f"2026-10-05T{at}").replace(tzinfo=UTC)
        refresh(lake, start + timedelta(minutes=20))
        happened += [one["kind"] for one in judge_all(workspace, db, AT).happened]
    with db.reading() as session:
        states = rules.with_states(session, rules.found(session, watched.id))["states"]
    db.close()
    made = replay(workspace, watched)
    assert [one.kind for one in made.happened] == happened == ["fired", "reset"]
    assert [state["status"] for state in states] == ["ok"]


def test_the_subject_that_fired_most_is_the_loudest(workspace, keep, rule) -> None:
    rows = [*calls("10:00", 10, 9, customer="acme"), *calls("10:00", 10, 1, customer="zebra")]
    keep(rows)
    made = replay(workspace, rule(by="customer"))
    assert (made.loudest, made.count("fired"), made.count("fired", "acme")) == ("zebra", 1, 0)


def test_a_rule_that_is_only_thought_of_is_replayed_too(workspace, keep, rule) -> None:
    keep(calls("10:00", 10, 5))
    with Database.of(workspace).reading() as session:
        tried = Alert(id=None, **rules.tried(session, rule(), {"threshold": "60%", "reset": "70%"}))
        made = replayed(Lake(workspace), session, tried)
    assert made.count("fired") == 1
    assert replay(workspace, rule()).count("fired") == 0


def test_where_nothing_was_refreshed_there_is_nothing(workspace, rule) -> None:
    told = replay(workspace, rule()).told()
    assert (told["start"], told["judged"], told["events"]) == (None, 0, [])


@pytest.mark.parametrize("days", [0, 367])
def test_days_that_cannot_be_are_refused(workspace, rule, days: int) -> None:
    with pytest.raises(UsageError, match="write 1 to 366"):
        replay(workspace, rule(), days)
