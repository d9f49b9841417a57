"""Rating again what has been rated: with the decks as they are now, day by day, what was there kept beside it.

What a call is charged now stands in `calls`, what a try costs in `seizures`; each amount that was replaced is a row of
`charges` or `costs`, to which rows are only added. A record keeps what it has where the present deck has nothing for
it: a deck that lacks a prefix gives no price of 0, and takes neither price nor destination away.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import polars as pl

from tollbook.billing.decks import Deck, DeckBook, Side
from tollbook.billing.rating import rate_calls, rate_seizures
from tollbook.lake.store import Lake, Published, Step
from tollbook.tables import CALLS, CHARGES, COSTS, SEIZURES, Table

Rate = Callable[[pl.LazyFrame, Mapping[str, Deck]], pl.LazyFrame]
_NOTHING: Final = Decimal(0)


@dataclass(frozen=True)
class Asked:
    """Which records: those that started from `start` until before `end`, of these owners; null is all of them."""

    book: DeckBook
    start: datetime | None = None
    end: datetime | None = None

    def of_range(self) -> pl.Expr:
        """The records of the range."""
        at, every = pl.col("started_at"), pl.lit(value=True)
        since = at >= self.start if self.start else every
        return since & (at < self.end if self.end else every)

    def has(self, day: date) -> bool:
        """Whether any record of the day can be of the range."""
        after = self.start is None or self.start.date() <= day
        return after and (self.end is None or day <= self.end.date())


@dataclass(frozen=True)
class _Grain:
    """One of the two tables with an amount, and the one that keeps what was there."""

    table: Table
    history: Table
    side: Side
    price: str
    rate: Rate

    @property
    def rated(self) -> tuple[str, ...]:
        """The columns that rating gives."""
        return ("destination", "prefix", "billed_s", self.price, "currency", "unrated")


_GRAINS: Final = (
    _Grain(CALLS, CHARGES, "customer", "charge", rate_calls),
    _Grain(SEIZURES, COSTS, "carrier", "cost", rate_seizures),
)


@dataclass
class Changed:
    """What became otherwise on one destination of one owner: records, and the sums before and after."""

    records: int = 0
    was: Decimal = _NOTHING
    now: Decimal = _NOTHING


@dataclass
class Sums:
    """What rating again found: records looked at, changed, and left as they were for want of a price."""

    seen: int = 0
    changed: int = 0
    kept: int = 0
    by: defaultdict[tuple[str, str, str], Changed] = field(default_factory=lambda: defaultdict(Changed))
    """By owner, destination and currency."""
    kept_by: defaultdict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    """Records without a price now, by owner and the destination that they have."""
    more: defaultdict[tuple[str, date], Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    """How much more those that had an amount have now, by owner and day."""

    def add(self, row: Mapping[str, Any], day: date) -> None:
        """Take up the sums of one group."""
        self.seen += row["seen"]
        self.changed += row["changed"]
        self.kept += row["kept"]
        currency = row["currency"] or row["was_currency"] or ""
        before, after = (
            (row["owner"], row[name] or "", currency) for name in ("was_destination", "destination")
        )
        for key in {before, after} if row["changed"] else ():
            self.by[key].records += row["changed"]
        if row["changed"]:
            self.by[before].was += row["was"] or _NOTHING
            self.by[after].now += row["now"] or _NOTHING
            self.more[row["owner"], day] += row["more"] or _NOTHING
        if row["kept"]:
            self.kept_by[row["owner"], row["was_destination"] or ""] += row["kept"]


@dataclass(frozen=True)
class Rerated:
    """What a re-rating did, or would do: `run` is its number, null where nothing was written."""

    calls: Sums
    seizures: Sums
    run: int | None = None


def difference(lake: Lake, asked: Asked) -> Rerated:
    """What rating again would change; nothing is written."""
    published = lake.published
    calls, seizures = (_look(lake, published, grain, asked) for grain in _GRAINS)
    return Rerated(calls, seizures)


def rerate(lake: Lake, asked: Asked, at: datetime) -> Rerated:
    """Rate again, as one step; days on which nothing changes are left as they are.

    Raises:
        TollbookError: another process is writing.
    """
    with lake.writing() as step:
        run = step.before.rerated + 1
        calls, seizures = (
            _look(
                lake,
                step.before,
                grain,
                asked,
                lambda grain, day: _write(lake, step, grain, asked, day, run, at),
            )
            for grain in _GRAINS
        )
        anything = calls.changed or seizures.changed
        if anything:
            step.note_rerated(run)
    return Rerated(calls, seizures, run if anything else None)


def _look(
    lake: Lake,
    published: Published,
    grain: _Grain,
    asked: Asked,
    write: Callable[[_Grain, date], None] = lambda _grain, _day: None,
) -> Sums:
    """The sums of every day of the range; `write` is called for each on which anything changes."""
    sums, decks = Sums(), _decks(grain, asked)
    for day in lake.days(grain.table, published=published) if decks else ():
        if not asked.has(day):
            continue
        rows = lake.scan(grain.table, published=published).filter(pl.col("day") == day)
        groups = _sums(_compared(rows.filter(_chosen(grain, asked)), grain, decks), grain)
        for row in groups.iter_rows(named=True):
            sums.add(row, day)
        if groups["changed"].sum():
            write(grain, day)
    return sums


def _decks(grain: _Grain, asked: Asked) -> Mapping[str, Deck]:
    return asked.book.customers if grain.side == "customer" else asked.book.carriers


def _chosen(grain: _Grain, asked: Asked) -> pl.Expr:
    owned = pl.col(grain.side).is_in(list(_decks(grain, asked)))
    return (owned & asked.of_range()).fill_null(value=False)


def _compared(rows: pl.LazyFrame, grain: _Grain, decks: Mapping[str, Deck]) -> pl.LazyFrame:
    """The records rated again, with what they had as `was_...`, and whether they `changed` or were `kept`."""
    was = {name: f"was_{name}" for name in grain.rated}
    again = grain.rate(rows.with_columns(pl.col(name).alias(old) for name, old in was.items()), decks)
    kept = pl.col(grain.price).is_null() & pl.col(was[grain.price]).is_not_null()
    unknown = pl.col("prefix").is_null() & pl.col("was_prefix").is_not_null()
    left = again.with_columns(kept=kept, as_was=kept | unknown).with_columns(
        pl.when("as_was").then(old).otherwise(name).alias(name) for name, old in was.items()
    )
    changed = pl.any_horizontal(pl.col(name).ne_missing(pl.col(old)) for name, old in was.items())
    return left.with_columns(changed=changed)


def _sums(compared: pl.LazyFrame, grain: _Grain) -> pl.DataFrame:
    key = (pl.col(grain.side).alias("owner"), "was_destination", "destination", "was_currency", "currency")
    grouped = compared.group_by(key).agg(
        seen=pl.len().cast(pl.Int64),
        changed=pl.col("changed").sum().cast(pl.Int64),
        kept=pl.col("kept").sum().cast(pl.Int64),
        was=pl.col(f"was_{grain.price}").filter("changed").sum(),
        now=pl.col(grain.price).filter("changed").sum(),
        more=(pl.col(grain.price) - pl.col(f"was_{grain.price}")).filter("changed").sum(),
    )
    return grouped.collect(engine="streaming")


def _write(lake: Lake, step: Step, grain: _Grain, asked: Asked, day: date, run: int, at: datetime) -> None:
    """The day's records with what they have now, and beside them what those that changed had."""
    decks = _decks(grain, asked)
    rows = lake.scan(grain.table, published=step.before).filter(pl.col("day") == day)
    chosen = _chosen(grain, asked)
    again = _compared(rows.filter(chosen), grain, decks)
    numbers = {owner: deck.id for owner, deck in decks.items()}
    told = again.filter("changed").with_columns(
        run=pl.lit(run, pl.Int64),
        replaced_at=pl.lit(at),
        deck=pl.col(grain.side).replace_strict(numbers, return_dtype=pl.Int64),
    )
    step.append(grain.history, told)
    step.replace_days(grain.table, [day], pl.concat([rows.filter(~chosen), again.select(grain.table.names)]))
    step.mark(changed=[day])
