"""Decks and calls small enough to work out by hand."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from tollbook.billing.decks import RATES, Deck
from tollbook.tables import CALLS, SEIZURES, conform

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
