"""Decks that are missing or end soon."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest

from tollbook.account.database import shared
from tollbook.account.models import Customer
from tollbook.billing.decks import RATES, import_deck
from tollbook.outstanding.decks import ending_soon, without_deck

pytestmark = pytest.mark.usefixtures("each_database")


def test_customers_without_a_deck_are_listed_and_the_first_is_helped(charged):
    db = shared(charged)
    (item,) = without_deck(db)
    assert item.words == "1 customer has no deck, so its calls have no charge: quiet"
    assert item.remedy == "tollbook deck import FILE --customer quiet"
    assert (item.page, item.query) == ("decks", {"deck": "customer:quiet"})
    with db.session() as session:
        session.add(Customer(id="a b", name="Blank"))
    (item,) = without_deck(db)
    assert item.words == "2 customers have no deck, so their calls have no charge: a b, quiet"
    assert item.remedy == "tollbook deck import FILE --customer 'a b'"


def test_where_all_have_one_nothing_is_outstanding(charged):
    db = shared(charged)
    with db.session() as session:
        session.delete(session.get_one(Customer, "quiet"))
    assert list(without_deck(db)) == []


def test_a_deck_that_ends_within_two_weeks_or_has_ended_is_named_and_leads_to_itself(workspace):
    db, at = shared(workspace), datetime(2026, 10, 5, 12, 30, tzinfo=UTC)
    with db.session() as session:
        session.add(Customer(id="acme", name="Acme"))

    def told(days):
        row = {"prefix": "44", "destination": "UK", "rate_per_min": Decimal(1), "connect_fee": Decimal(0),
               "initial_increment_s": 1, "increment_s": 1, "effective_to": at + timedelta(days=days), "blocked": False}  # fmt: skip
        rates = pl.DataFrame([row], schema=RATES)
        import_deck(db, rates, side="customer", owner="acme", source="a.csv", currency="EUR")
        return list(ending_soon(db, at))

    assert told(15) == []
    for days, end in ((13, "2026-10-18 12:30"), (-1, "2026-10-04 12:30")):
        (item,) = told(days)
        assert item.words == f"1 deck has no rate in force after {end} UTC: acme"
        assert (item.remedy, item.page) == ("tollbook deck import FILE --customer acme", "decks")
        assert item.query == {"deck": "customer:acme"}
