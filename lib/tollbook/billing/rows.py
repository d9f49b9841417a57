"""One customer's rows of a table: of few rows in all, those of every customer are read once for the whole run."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Final

import polars as pl

from tollbook.lake.store import Lake, Published
from tollbook.tables import CALLS, TRAFFIC, Table

MOST_ROWS: Final = 300_000
"""How many rows of a table are kept in memory: some tens of MB."""
_KEPT: Final = 4
_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    CALLS.name: (
        *("day", "switch", "call_id", "customer", "caller", "called", "started_at", "answered_at", "talk_ms"),
        *("destination", "prefix", "billed_s", "charge", "currency", "unrated"),
    ),
    TRAFFIC.name: ("day", "quarter_at", "customer", "charge"),
}
"""What an invoice is made of."""

_Key = tuple[Path, int | None, int, date, date]
_Rows = Mapping[str, pl.DataFrame]


class _Kept:
    """Rows by customer, of the tables and days that were asked for last; null where they are too many."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._asked: OrderedDict[_Key, _Rows | None] = OrderedDict()

    def of(self, key: _Key, read: Callable[[], pl.LazyFrame]) -> _Rows | None:
        """Null too where nobody has asked for them before: the rows of a single invoice are read by themselves."""
        with self._lock:
            if key not in self._asked:
                self._asked[key] = {}
                while len(self._asked) > _KEPT:
                    self._asked.popitem(last=False)
                return None
            self._asked.move_to_end(key)
            if self._asked[key] == {}:
                self._asked[key] = _parts(read())
            return self._asked[key]


def _parts(rows: pl.LazyFrame) -> _Rows | None:
    if rows.select(pl.len()).collect().item() > MOST_ROWS:
        return None
    parts = rows.filter(pl.col("customer").is_not_null()).collect().partition_by("customer", as_dict=True)
    nobody = {"": rows.head(0).collect()}
    return nobody | {str(name): frame for (name,), frame in parts.items()}


_kept: Final = _Kept()


def rows_of(
    lake: Lake, table: Table, published: Published, customer: str, first: date, end: date
) -> pl.LazyFrame:
    """The customer's rows of CALLS or TRAFFIC from the day `first` to before `end`, as far as invoices need them."""

    def read() -> pl.LazyFrame:
        days = pl.col("day").is_between(first, end, closed="left")
        return lake.scan(table, published=published).filter(days).select(_COLUMNS[table.name])

    version = published.versions.get(table.name)
    kept = _kept.of((lake.path(table), version, _stamp(lake, table, version), first, end), read)
    if kept is None:
        return read().filter(pl.col("customer") == customer)
    return kept.get(customer, kept[""]).lazy()


def _stamp(lake: Lake, table: Table, version: int | None) -> int:
    """When the version was made: another workspace may come to lie where one was."""
    log = lake.path(table) / "_delta_log" / f"{version or 0:020}.json"
    return log.stat().st_mtime_ns if log.exists() else 0
