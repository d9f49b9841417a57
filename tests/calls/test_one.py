"""One call opened: its tries, its rating that agrees with what is stored, its invoice."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest

from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.account.scope import Scope
from tollbook.billing.decks import RATES, deck_book, decks_of, import_deck
from tollbook.billing.invoices import customer_named, issue
from tollbook.billing.settle import Asked, settle
from tollbook.calls.one import open_call
from tollbook.calls.query import Place, Query, page, place_of
from tollbook.errors import UsageError
from tollbook.lake.rerate import Asked as Again
from tollbook.lake.rerate import rerate
from tollbook.lake.scoped import ScopedLake
from tollbook.lake.store import Lake
from tollbook.periods import parse_period
from tollbook.workspace import Workspace

Keep = Callable[..., Lake]
TEN = datetime(2026, 10, 5, 10, tzinfo=UTC)


def newest(lake: Lake) -> Place:
    return place_of(page(lake, Query(), customers=None).calls, 0)


def dearer(db: Database) -> None:
    minute = {"connect_fee": Decimal(0), "initial_increment_s": 60, "increment_s": 60, "blocked": False}
    rate = {"prefix": "44", "destination": "UK", "rate_per_min": Decimal(1), **minute}
    import_deck(
        db, pl.DataFrame([rate], schema=RATES), side="customer", owner="acme", source="new", currency="EUR"
    )


def test_rating_is_told_step_by_step_and_agrees_with_the_charge(charged: Workspace) -> None:
    lake, db = Lake(charged), Database.of(charged)
    mobile = page(lake, Query(newest_first=False), customers=None).calls
    opened = open_call(lake, db, place_of(mobile, 0), customers={"acme"})
    assert opened.call["charge"] == Decimal("0.056")
    assert opened.rating.steps[-1] == "rounded half_up to 6 decimals: 0.056 EUR"
    assert (opened.rating.agrees, opened.rating.is_newest, opened.invoice) == (True, True, None)


def test_a_call_keeps_the_steps_of_the_deck_that_rated_it(charged: Workspace) -> None:
    lake, db = Lake(charged), Database.of(charged)
    dearer(db)
    opened = open_call(lake, db, newest(lake), customers=None)
    assert opened.call["charge"] == Decimal(0)  # unanswered: any deck says so, the newest first
    assert opened.rating.is_newest
    answered = open_call(lake, db, Place(datetime(2026, 10, 6, 10, tzinfo=UTC), "test", "3"), customers=None)
    assert answered.rating.steps[-1] == "rounded half_up to 6 decimals: 0.01 EUR"
    assert (answered.rating.agrees, answered.rating.is_newest) == (True, False)


def test_a_call_that_was_rated_before_its_customer_had_number_rules_is_told_as_it_was(
    charged: Workspace,
) -> None:
    lake, db = Lake(charged), Database.of(charged)
    with db.session() as session:
        session.get_one(Customer, "acme").number_rules = "447>9"
    mobile = page(lake, Query(newest_first=False), customers=None).calls
    rating = open_call(lake, db, place_of(mobile, 0), customers=None).rating
    assert (rating.agrees, rating.is_newest) == (True, True)
    assert rating.steps[-1] == "rounded half_up to 6 decimals: 0.056 EUR"


def test_a_call_rated_again_tells_what_it_was_to_operators_alone(
    charged: Workspace, repriced: Callable[..., None]
) -> None:
    db, lake = Database.of(charged), Lake(charged)
    first, second = datetime(2026, 11, 2, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC)
    for at, mobile in ((first, "0.020"), (second, "0.030")):
        repriced("0.010", mobile)
        rerate(lake, Again(deck_book(db)), at)
    place = Place(datetime(2026, 10, 5, 9, tzinfo=UTC), "test", "0")
    rating = open_call(lake, db, place, customers=None).rating
    assert (rating.deck, rating.is_newest, rating.agrees) == (3, True, True)
    assert [(row["was"], row["replaced_at"]) for row in rating.before] == [
        (Decimal("0.040"), second),
        (Decimal("0.056"), first),
    ]
    contact = ScopedLake(charged, Scope("contact", "acme"))
    assert open_call(contact, db, place, customers=["acme"]).rating.before == ()


def test_a_charge_that_no_deck_gives_is_said(keep: Keep, workspace: Workspace) -> None:
    lake = keep([{"at": "2026-10-05T10:00", "talk_s": 60, "called": "44", "customer": "acme", "currency": "EUR",
                  "prefix": "44", "destination": "UK", "billed_s": 60, "charge": Decimal(2)}])  # fmt: skip
    db = Database.of(workspace)
    with db.session() as session:
        session.add(Customer(id="acme", name="ACME", currency="EUR"))
    dearer(db)
    opened = open_call(lake, db, newest(lake), customers=None)
    assert not opened.rating.agrees
    assert opened.rating.steps[-1] == "rounded half_up to 6 decimals: 1 EUR"


def test_what_is_not_known_is_the_reason(keep: Keep, workspace: Workspace) -> None:
    lake = keep(
        [{"at": "2026-10-05T10:00", "talk_s": 60}],
        [{"at": "2026-10-05T10:00", "call_id": "c0", "seizure": 1, "carrier": "nobody"}],
    )
    opened = open_call(lake, Database.of(workspace), newest(lake), customers=None)
    assert opened.rating.steps == ("the record does not tell the customer",)
    ((_, rating),) = opened.seizures
    assert rating.steps == ("no deck for this customer or carrier",)


def test_tries_come_in_order_and_each_with_its_own_call(keep: Keep, workspace: Workspace) -> None:
    late = {"call_id": "a", "customer": "acme"}
    lake = keep(
        [{"at": "2026-10-05T23:59", "talk_s": 600, **late}, {"at": "2026-10-06T00:05", **late}],
        [
            {"at": "2026-10-06T00:00", "call_id": "a", "seizure": 2, "carrier": "south"},
            {"at": "2026-10-05T23:59", "call_id": "a", "seizure": 1, "carrier": "north"},
            {"at": "2026-10-06T00:05", "call_id": "a", "seizure": 1, "carrier": "west"},
            {"at": "2026-10-05T23:59", "call_id": "b", "seizure": 1, "carrier": "east"},
        ],
    )
    first = Place(datetime(2026, 10, 5, 23, 59, tzinfo=UTC), "s1", "a")
    second = Place(first.at + timedelta(minutes=6), "s1", "a")
    db = Database.of(workspace)
    carriers = [
        [row["carrier"] for row, _ in open_call(lake, db, place, customers=None).seizures]
        for place in (first, second)
    ]
    assert carriers == [["north", "south"], ["west"]]


def test_a_call_that_the_reader_may_not_see_is_not_there(charged: Workspace) -> None:
    lake, db = Lake(charged), Database.of(charged)
    place = newest(lake)
    for customers, which in (({"other"}, place), (None, Place(TEN, "test", "nothing"))):
        with pytest.raises(UsageError, match="there is no call"):
            open_call(lake, db, which, customers=customers)


def test_the_invoice_over_the_calls_day(charged: Workspace) -> None:
    lake, db = Lake(charged), Database.of(charged)
    asked = Asked(
        customer_named(db, "acme"), decks_of(db, "customer", "acme"), parse_period("2026-10-06"), 24
    )
    record = settle(lake, asked)
    assert record is not None
    assert issue(db, record.issued("INV-2026-000001", datetime(2026, 10, 20, tzinfo=UTC)))
    found = open_call(lake, db, newest(lake), customers=None).invoice
    assert found is not None
    assert (found.number, found.status, found.period) == ("INV-2026-000001", "issued", "2026-10-06")
    first = place_of(page(lake, Query(newest_first=False), customers=None).calls, 0)
    assert open_call(lake, db, first, customers=None).invoice is None
