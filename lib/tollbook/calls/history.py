"""What calls were charged and tries cost before they were rated again: each amount that was replaced, with what replaced it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import polars as pl

from tollbook.lake.store import Lake
from tollbook.tables import CHARGES, COSTS, Table

COLUMNS: Final = (
    *("started_at", "switch", "call_id", "seizure", "customer", "carrier", "run", "replaced_at"),
    *("was_destination", "was_billed_s", "was", "was_unrated", "destination", "billed_s", "now"),
    *("currency", "deck"),
)


@dataclass(frozen=True)
class Replaced:
    """Which amounts: of a call, of customers, of a re-rating, of calls that started in a span; empty or null is any."""

    call_id: str = ""
    switch: str = ""
    customers: Collection[str] = ()
    run: int | None = None
    start: datetime | None = None
    end: datetime | None = None

    def rows(self) -> list[pl.Expr]:
        """The conditions."""
        asked: list[pl.Expr] = []
        if self.call_id:
            asked.append(pl.col("call_id") == self.call_id)
        if self.switch:
            asked.append(pl.col("switch") == self.switch)
        if self.customers:
            asked.append(pl.col("customer").is_in(list(self.customers)))
        if self.run is not None:
            asked.append(pl.col("run") == self.run)
        if self.start:
            asked.append((pl.col("day") >= self.start.date()) & (pl.col("started_at") >= self.start))
        if self.end:
            asked.append((pl.col("day") <= self.end.date()) & (pl.col("started_at") < self.end))
        return asked


def replaced(lake: Lake, asked: Replaced, limit: int) -> list[dict[str, Any]]:
    """The first so many amounts that were replaced, by the start of their calls: first the charge, then the costs."""
    parts = [_told(lake, table, price, asked) for table, price in ((CHARGES, "charge"), (COSTS, "cost"))]
    order = ("started_at", "switch", "call_id", "seizure", "run")
    return pl.concat(parts).sort(order, nulls_last=False).head(limit).collect(engine="streaming").to_dicts()


def _told(lake: Lake, table: Table, price: str, asked: Replaced) -> pl.LazyFrame:
    rows = lake.scan(table).filter(*asked.rows())
    missing = [
        pl.lit(None, COSTS.schema[name]).alias(name)
        for name in ("seizure", "carrier")
        if name not in table.names
    ]
    return rows.with_columns(*missing, was=pl.col(f"was_{price}"), now=pl.col(price)).select(COLUMNS)
