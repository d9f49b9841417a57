"""Rating what waited for a deck: calls and seizures stored without an amount get one as soon as there is a deck."""

from collections.abc import Callable, Mapping
from datetime import date

import polars as pl

from tollbook.billing.decks import Deck, DeckBook
from tollbook.billing.rating import rate_calls, rate_seizures
from tollbook.lake.store import Lake, Step
from tollbook.tables import CALLS, SEIZURES, Table

Rate = Callable[[pl.LazyFrame, Mapping[str, Deck]], pl.LazyFrame]


def rate_waiting(lake: Lake, book: DeckBook) -> int:
    """Rate what has no amount and whose owner has a deck by now; what has one keeps it. Returns the rows rated.

    Only days that hold such rows are written again, and without a new deck nothing is looked at.
    """
    if lake.published.decks == book.named:
        return 0
    with lake.writing() as step:
        rated = _rate(step, CALLS, "customer", "charge", book.customers, rate_calls)
        rated += _rate(step, SEIZURES, "carrier", "cost", book.carriers, rate_seizures)
        step.note_decks(book.named)
    return rated


def _rate(step: Step, table: Table, owner: str, price: str, decks: Mapping[str, Deck], rate: Rate) -> int:
    waits = pl.col(price).is_null() & pl.col(owner).is_in(list(decks))
    days = _days_with_news(step, table, waits, decks, rate, price)
    rated = 0
    for day in days:
        rows = step.scan(table).filter(pl.col("day") == day)
        news = rate(rows.filter(waits), decks).collect(engine="streaming")
        rated += news.height - news[price].null_count()
        step.replace_days(table, [day], pl.concat([rows.filter(~waits.fill_null(value=False)), news.lazy()]))
        step.mark(changed=[day])
    return rated


def _days_with_news(
    step: Step, table: Table, waits: pl.Expr, decks: Mapping[str, Deck], rate: Rate, price: str
) -> list[date]:
    """Days on which rating would give at least one of the waiting rows an amount or another reason."""
    waiting = step.scan(table).filter(waits).select(pl.col("unrated").alias("reason"), pl.all())
    news = rate(waiting, decks).filter(
        pl.col(price).is_not_null() | (pl.col("unrated") != pl.col("reason")).fill_null(value=False)
    )
    return sorted(news.select(pl.col("day").unique()).collect(engine="streaming")["day"].to_list())
