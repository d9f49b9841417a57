"""What the database itself refuses, whoever writes."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from tollbook.account.database import Database
from tollbook.account.models import Base, Carrier, Customer, Deck, DeckRate, Invoice

OCTOBER = {
    "customer_id": "acme",
    "period_name": "2026-10",
    "period_start": datetime(2026, 10, 1, tzinfo=UTC),
    "period_end": datetime(2026, 11, 1, tzinfo=UTC),
    "currency": "EUR",
    **dict.fromkeys(("net", "tax", "total", "exact_charge", "rounding"), Decimal(0)),
    "record": "{}",
}
ISSUED = {"status": "issued", "issued_at": datetime(2026, 11, 2, tzinfo=UTC)}
RATE = {
    "deck_id": 1,
    "prefix": "44",
    "destination": "UK",
    "rate_per_min": Decimal("0.01"),
    "initial_increment_s": 60,
    "increment_s": 60,
}
JULY = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture
def stored(database: Database) -> Database:
    """A customer with a deck, and a carrier."""
    store(database, Customer(id="acme", name="ACME"), Carrier(id="kilo", name="Kilo"))
    store(database, Deck(currency="EUR", source="uk.csv", customer_id="acme"))
    return database


def store(database: Database, *rows: Base) -> None:
    with database.session() as session:
        session.add_all(rows)


def refused(database: Database, *rows: Base, rule: str) -> None:
    with pytest.raises(IntegrityError, match=rule):
        store(database, *rows)


@pytest.mark.parametrize("owners", [{}, {"customer_id": "acme", "carrier_id": "kilo"}])
def test_a_deck_belongs_to_a_customer_or_a_carrier_never_to_both_or_none(
    stored: Database, owners: dict[str, str]
) -> None:
    refused(stored, Deck(currency="EUR", source="uk.csv", **owners), rule="one_owner")


def test_a_deck_needs_an_owner_that_exists(stored: Database) -> None:
    refused(stored, Deck(currency="EUR", source="uk.csv", customer_id="bolt"), rule=r"(?i)foreign key")


@pytest.mark.parametrize(
    "terms", [{"price_precision": 10}, {"price_rounding": "half_even"}, {"duration_rounding": "round"}]
)
def test_a_deck_rounds_only_in_the_known_ways(stored: Database, terms: dict[str, Any]) -> None:
    deck = Deck(currency="EUR", source="uk.csv", customer_id="acme", **terms)
    refused(stored, deck, rule=next(iter(terms)))


def test_a_deck_that_says_nothing_rounds_as_the_domain_says(stored: Database) -> None:
    with stored.reading() as session:
        deck = session.get_one(Deck, 1)
    assert (deck.duration_rounding, deck.price_precision, deck.price_rounding) == ("up", 6, "half_up")


@pytest.mark.parametrize("start", [None, JULY])
def test_a_prefix_has_one_rate_from_one_instant(stored: Database, start: datetime | None) -> None:
    rates = [DeckRate(**RATE, effective_from=start) for _ in range(2)]
    refused(stored, *rates, rule=r"(?i)unique")


def test_a_prefix_may_have_a_later_rate(stored: Database) -> None:
    store(stored, DeckRate(**RATE, effective_to=JULY), DeckRate(**RATE, effective_from=JULY))


@pytest.mark.parametrize(
    "values",
    [{"initial_increment_s": 0}, {"increment_s": 0}, {"effective_from": JULY, "effective_to": JULY}],
)
def test_a_rate_that_means_nothing_is_refused(stored: Database, values: dict[str, Any]) -> None:
    refused(stored, DeckRate(**{**RATE, **values}), rule=r"(?i)check")


def test_a_deck_takes_its_rates_along(stored: Database) -> None:
    with stored.session() as session:
        session.execute(insert(DeckRate), [{**RATE, "prefix": str(n)} for n in range(1000)])
        session.delete(session.get_one(Deck, 1))
    with stored.reading() as session:
        assert session.scalars(select(DeckRate)).all() == []


def test_a_customer_and_a_period_have_one_live_invoice(stored: Database) -> None:
    refused(stored, Invoice(**OCTOBER), Invoice(**OCTOBER), rule=r"(?i)unique")


def test_a_credited_invoice_makes_room_for_another(stored: Database) -> None:
    credited = Invoice(**OCTOBER, **{**ISSUED, "status": "credited"}, number="1")
    store(stored, credited, Invoice(**OCTOBER, **ISSUED, number="2"))


def test_a_number_is_given_once(stored: Database) -> None:
    other = {**OCTOBER, "period_name": "2026-10-05"}
    pair = [Invoice(**period, **ISSUED, number="1") for period in (OCTOBER, other)]
    refused(stored, *pair, rule=r"(?i)unique")


def test_an_invoice_has_a_number_once_it_is_issued_and_not_before(stored: Database) -> None:
    refused(stored, Invoice(**OCTOBER, number="1"), rule="numbered")
    refused(stored, Invoice(**OCTOBER, **ISSUED), rule="numbered")


def test_an_issued_invoice_says_when(stored: Database) -> None:
    refused(stored, Invoice(**OCTOBER, status="issued", number="1"), rule="dated")


@pytest.mark.parametrize(
    ("values", "rule"),
    [({"status": "sent", "number": "1", "issued_at": JULY}, "status"), ({"period_end": JULY}, "period")],
)
def test_an_invoice_is_in_a_known_state_and_of_a_real_period(
    stored: Database, values: dict[str, Any], rule: str
) -> None:
    refused(stored, Invoice(**{**OCTOBER, **values}), rule=rule)


@pytest.mark.parametrize(
    "values",
    [{"channels": -1}, {"due_days": -1}, {"carriers_shown": "all"}, {"invoice_grouping": "carrier"}],
)
def test_a_customer_holds_only_what_can_be_read(database: Database, values: dict[str, Any]) -> None:
    refused(database, Customer(id="acme", name="ACME", **values), rule=next(iter(values)))
