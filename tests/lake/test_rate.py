"""What waited for a deck is rated when there is one; what has an amount keeps it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl

from tollbook.billing.decks import RATES, Deck, DeckBook
from tollbook.lake.ingest import Imported, ingest
from tollbook.lake.rate import rate_waiting
from tollbook.lake.store import Lake
from tollbook.tables import CALLS, SEIZURES

Master = Callable[..., Path]
Line = Callable[..., str]
Take = Callable[..., Imported]


def deck(number: int, owner: str, rate_per_min: str, side: str = "customer", prefix: str = "44") -> Deck:
    row = {
        "prefix": prefix, "destination": "UK", "rate_per_min": rate_per_min, "connect_fee": "0", "blocked": False,
        "initial_increment_s": 1, "increment_s": 1, "effective_from": None, "effective_to": None,
    }  # fmt: skip
    rates = pl.DataFrame([row]).select(pl.col(name).cast(dtype) for name, dtype in RATES.items())
    return Deck(number, owner, "customer" if side == "customer" else "carrier", "EUR", rates)


def test_calls_get_their_charge_once_there_is_a_deck(
    lake: Lake, master: Master, line: Line, take: Take
) -> None:
    take(master(line(1), line(2, customer="bolt"), line(3, disposition="BUSY", billsec=0)))
    book = DeckBook({"acme": deck(1, "acme", "0.06")}, {"alpha": deck(2, "alpha", "0.03", "carrier")})
    assert rate_waiting(lake, book) == 2 + 3
    calls = lake.scan(CALLS).sort("call_id").collect()
    assert calls["charge"].to_list() == [Decimal("0.060000000"), None, Decimal("0E-9")]
    assert calls["unrated"].to_list() == [None, "no_deck", None]
    assert lake.scan(SEIZURES).sort("call_id").collect()["cost"].sum() == Decimal("0.060000000")


def test_without_a_new_deck_nothing_is_written(lake: Lake, master: Master, line: Line, take: Take) -> None:
    take(master(line(1)))
    book = DeckBook({"acme": deck(1, "acme", "0.06")}, {})
    rate_waiting(lake, book)
    before = lake.published
    assert rate_waiting(lake, book) == 0
    assert lake.published == before


def test_a_charge_stays_when_the_deck_changes(lake: Lake, master: Master, line: Line) -> None:
    old, new = (DeckBook({"acme": deck(n, "acme", rate)}, {}) for n, rate in ((1, "0.06"), (2, "0.12")))
    ingest(lake, [str(master(line(1)))], decks=old)
    rate_waiting(lake, new)
    assert lake.scan(CALLS).collect()["charge"].to_list() == [Decimal("0.060000000")]


def test_only_days_with_something_to_rate_are_written_again(
    lake: Lake, master: Master, line: Line, take: Take
) -> None:
    second = line(2, start="2026-11-19 11:06:40", called="332222222").replace(
        "442011111111,60", "332222222,60"
    )
    take(master(line(1), second))
    with lake.writing() as step:
        step.mark(rolled=[date(2026, 11, 18), date(2026, 11, 19)])
    rate_waiting(lake, DeckBook({"acme": deck(1, "acme", "0.06")}, {}))
    calls = lake.scan(CALLS).sort("day").collect()
    assert calls["unrated"].to_list() == [None, "no_rate"]


def test_calls_rated_with_older_decks_than_the_rest_are_looked_at_again(
    lake: Lake, master: Master, line: Line
) -> None:
    book = DeckBook({"acme": deck(1, "acme", "0.06")}, {})
    rate_waiting(lake, book)
    ingest(lake, [str(master(line(1)))], decks=DeckBook({}, {}))
    assert rate_waiting(lake, book) == 1
