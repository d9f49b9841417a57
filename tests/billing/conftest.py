"""Decks and calls small enough to work out by hand."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import polars as pl
import pytest

from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.billing.decks import RATES, Deck, deck_book
from tollbook.billing.differences import draft, rated_again
from tollbook.billing.invoices import customer_named, issue
from tollbook.billing.notes import issue as issue_note
from tollbook.billing.numbers import next_number
from tollbook.billing.rating import rate_calls
from tollbook.billing.record import Record
from tollbook.billing.settle import asked, settle
from tollbook.lake.rerate import Asked, Rerated, rerate
from tollbook.lake.rollup import refresh
from tollbook.lake.store import Lake
from tollbook.periods import parse_period
from tollbook.tables import CALLS, SEIZURES, conform
from tollbook.workspace import Workspace

AT = datetime(2024, 6, 1, tzinfo=UTC)
USUAL = {
    "destination": "Somewhere",
    "connect_fee": Decimal(0),
    "initial_increment_s": 1,
    "increment_s": 1,
    "blocked": False,
}


def make_deck(*rows: dict[str, Any], **terms: Any) -> Deck:
    rates = [{**USUAL, **row, "rate_per_min": Decimal(row["rate_per_min"])} for row in rows]
    frame = pl.DataFrame(rates, schema=RATES)
    return Deck(**{"id": 1, "owner": "acme", "side": "customer", "currency": "EUR", "rates": frame, **terms})


def make_calls(*calls: dict[str, Any]) -> pl.LazyFrame:
    """Calls of `acme` to 44 at AT; `seconds` of talk make a call answered."""
    rows = []
    for call in calls:
        row = {"customer": "acme", "carrier": "kilo", "called": "447700900123", "started_at": AT, **call}
        seconds = row.pop("seconds", None)
        row["answered_at"] = None if seconds is None else row["started_at"]
        row["talk_ms"] = 0 if seconds is None else int(Decimal(str(seconds)) * 1000)
        rows.append({**row, "day": row["started_at"].date()})
    return conform(pl.LazyFrame(rows, infer_schema_length=None), SEIZURES if "seizure" in calls[0] else CALLS)


@pytest.fixture
def deck() -> Callable[..., Deck]:
    return make_deck


@pytest.fixture
def calls() -> Callable[..., pl.LazyFrame]:
    return make_calls


@pytest.fixture
def called(charged: Workspace) -> Callable[..., None]:
    """Add calls of acme to `charged`, rated by its deck and rolled up: `at` in ISO, `to`, `seconds`."""
    numbers = count(100)

    def added(*rows: tuple[str, str, int]) -> None:
        lake, full = Lake(charged), []
        for at, to, seconds in rows:
            start = datetime.fromisoformat(at).replace(tzinfo=UTC)
            row = {"call_id": str(next(numbers)), "switch": "test", "started_at": start, "called": to}
            ended = {"ended_at": start + timedelta(seconds=seconds), "outcome": "answered", "records": 1}
            full.append({**row, **ended, "seconds": seconds})
        db = Database.of(charged)
        calls = rate_calls(make_calls(*full), deck_book(db).customers)
        db.close()
        with lake.writing() as step:
            step.append(CALLS, calls)
            step.mark(changed={row["started_at"].date() for row in full})
        refresh(lake)

    return added


AS_OF = datetime(2026, 12, 1, tzinfo=UTC)
LATER = datetime(2026, 12, 2, tzinfo=UTC)


@pytest.fixture
def rerated(charged: Workspace, repriced: Callable[..., None]) -> Callable[..., Rerated]:
    """Give acme a new deck (see `repriced`), rate all of `charged` again, and roll it up."""

    def again(*prices: Any) -> Rerated:
        repriced(*prices)
        db = Database.of(charged)
        done = rerate(Lake(charged), Asked(deck_book(db)), LATER)
        refresh(Lake(charged))
        db.close()
        return done

    return again


@pytest.fixture
def noted(charged: Workspace) -> Callable[..., list[Record]]:
    """Issue the notes that are missing, without files; those that were issued."""

    def issued() -> list[Record]:
        db, lake, done = Database.of(charged), Lake(charged), []
        for again in rated_again(lake, db, None):
            told = draft(lake, db, again)
            if told and told.net:
                record = told.issued(next_number(db, LATER, told.kind), LATER)
                assert issue_note(db, record, Actor(None, "test"))
                done.append(record)
        db.close()
        return done

    return issued


@pytest.fixture
def bill(charged: Workspace) -> Callable[..., Record]:
    """Settle and issue acme's invoice of a period."""

    def issued(period: str, at: datetime = AS_OF) -> Record:
        db = Database.of(charged)
        made = settle(
            Lake(charged), asked(Lake(charged), db, customer_named(db, "acme"), parse_period(period), 24)
        )
        assert made is not None
        record = made.issued(next_number(db, at), at)
        assert issue(db, record)
        db.close()
        return record

    return issued
