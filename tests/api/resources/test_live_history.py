"""`live/history`, without a server."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from live.fakes import NOON, call, told
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import Carrier, Customer
from tollbook.account.people import persons, tokens
from tollbook.account.people.bearer import storable
from tollbook.api.desk import Answer, Desk, Request
from tollbook.api.resources.live_history import show_live_history
from tollbook.live.kept import keep
from tollbook.live.seen import Memory
from tollbook.workspace import Workspace

BY = Actor(None, "test")
DAY = {"from": "2026-10-05", "to": "2026-10-06"}


@pytest.fixture
def db(workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    """Two calls of acme, which has one channel, and one of bolt, all by alpha, which has two."""
    monkeypatch.setenv("TOLLBOOK_HOME", str(workspace.home))
    memory = Memory("s1")
    for answer in (told(5, call("a"), call("b"), call("c", "bolt", begun_s=1)), told(10)):
        memory.see(answer)
    keep(workspace, [("s1", memory.take(NOON, everything=True))], keep_days=3650, now=NOON)
    made = Database.of(workspace)
    with made.session() as session:
        session.add_all([Customer(id="acme", name="Acme", channels=1), Customer(id="bolt", name="Bolt")])
        session.add(Carrier(id="alpha", name="Alpha", channels=2))
        persons.add(session, "user", "ann", {"role": "analyst"}, BY)
    yield made
    made.close()


def ask(db: Database, owner: str, **query: str) -> Answer:
    """What a token for live of the customer acme, or of a person, is answered."""
    now = datetime.now(UTC)
    with db.session() as session:
        whose = session.get_one(Customer, owner) if owner == "acme" else persons.found(session, owner)
        text, _ = tokens.make(session, whose, f"t{now}", ("live",), now + timedelta(hours=1), BY, now)
    asked = {name: [value] for name, value in query.items()}
    bearer = {"Authorization": f"Bearer {text}"}
    path = storable(show_live_history.path)
    return Desk().answer(Request(show_live_history, path, {}, asked, bearer, b"", "127.0.0.1"))


def test_an_operator_has_peaks_breaches_missing_records_and_what_was_asked(db: Database) -> None:
    answer = ask(db, "ann", **DAY)
    assert answer.status == 200, answer.body
    made = json.loads(answer.body)
    assert (made["start"], made["end"]) == ("2026-10-05T00:00:00Z", "2026-10-06T00:00:00Z")
    assert (made["peak"], made["peak_at"]) == (3, "2026-10-05T12:00:05Z")
    assert (made["peak_cps"], made["peak_cps_at"]) == (2, "2026-10-05T12:00:00Z")
    span = {"start": "2026-10-05T12:00:05Z", "end": "2026-10-05T12:00:05.000001Z"}
    assert made["breaches"] == [
        {"customer": "acme", **span, "peak": 2, "configured": 1},
        {"carrier": "alpha", **span, "peak": 3, "configured": 2},
    ]
    assert (made["unrecorded"], made["unseen_calls"]) == (0, [])
    assert made["asked"] == [{"switch": "s1", "polls": 2, "failed": 0, "incomplete": 0}]
    assert json.loads(ask(db, "ann", customer="bolt", **DAY).body)["peak"] == 1


def test_a_customers_token_has_its_own_peaks_and_breaches_and_no_more(db: Database) -> None:
    answer = ask(db, "acme", **DAY)
    made = json.loads(answer.body)
    assert set(made) == {"start", "end", "peak", "peak_at", "peak_cps", "peak_cps_at", "breaches"}
    assert (made["peak"], [one["customer"] for one in made["breaches"]]) == (2, ["acme"])
    assert b"alpha" not in answer.body
    assert ask(db, "acme", customer="acme", **DAY).body == answer.body
    assert ask(db, "acme", customer="bolt", **DAY).status == 404


def test_without_dates_it_is_of_the_last_24_hours(db: Database) -> None:
    made = json.loads(ask(db, "ann").body)
    start, end = (datetime.fromisoformat(made[name]) for name in ("start", "end"))
    assert end - start == timedelta(days=1)
    assert (made["peak"], made["peak_at"], made["breaches"]) == (0, None, [])


@pytest.mark.parametrize(
    ("since", "until", "told"),
    [
        ("2026-01-01", "2026-10-06", ("2026-09-05", "2026-10-06")),
        ("2026-10-06", "2026-10-05", ("2026-10-05", "2026-10-05")),
        ("0001-01-01", "0001-01-01", ("1970-01-01", "1970-02-01")),
        ("9999-12-31", "9999-12-31", ("9999-12-30", "9999-12-30")),
    ],
)
def test_it_is_of_31_days_at_most_and_says_of_which(
    db: Database, since: str, until: str, told: tuple[str, str]
) -> None:
    made = json.loads(ask(db, "ann", **{"from": since, "to": until}).body)
    assert (made["start"][:10], made["end"][:10]) == told
