"""Whom a new version of a deck touches: minutes of the last days by destination, and what they would come to by its rates.

Only sums of `traffic` are read. They tell the new amount exactly where every call of a destination would be billed as
many seconds as it was, at one rate, without a fee, and where no price needs rounding; elsewhere it is an estimate,
and says so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import gcd
from typing import Any, Final

import polars as pl

from tollbook.billing.decks import Deck
from tollbook.lake.store import Lake
from tollbook.money import SCALE, round_to
from tollbook.tables import TRAFFIC

DAYS: Final = 30
_MINUTE_MS: Final = 60_000
_MINUTE_S: Final = 60

Row = dict[str, Any]
_SUMS: Final[Mapping[str, Mapping[str, str]]] = {
    "customer": {"talk_ms": "talk_ms", "billed_s": "billed_s", "amount": "charge", "unrated": "unrated"},
    "carrier": {
        "talk_ms": "seizure_talk_ms",
        "billed_s": "seizure_billed_s",
        "amount": "cost",
        "unrated": "seizure_unrated",
    },
}
"""Of the deck of a customer what its calls were charged, of a carrier's what its seizures cost."""


@dataclass(frozen=True)
class Touched:
    """What one customer sent to a destination, and what it would come to. Null: the new version has no rate for it.

    `minutes` are of talk; of a carrier's deck those on that carrier, and `amount` is their cost.
    """

    customer: str | None
    destination: str | None
    minutes: Decimal
    amount: Decimal
    amount_after: Decimal | None
    change: Decimal | None
    exact: bool


def touched(
    lake: Lake, before: Deck | None, after: Deck, now: datetime, *, settled: bool, days: int = DAYS
) -> list[Touched]:
    """By customer and destination, those with the largest amounts first; of `days` days until `now`.

    `settled` says that `before` rated all of their calls: no other version was in force since.
    """
    since = now - timedelta(days=days)
    prices = _Prices(before, after, since, now)
    rows = _sums(lake, after, since, now).iter_rows(named=True)
    told = [_touched(row, prices, settled=settled) for row in rows]
    return sorted(told, key=lambda one: (-one.amount, one.customer or "", one.destination or ""))


def parties(rows: Iterable[Touched]) -> list[Row]:
    """The same added up by customer. A change that is not known for a destination is left out, and counted."""
    found: dict[str | None, Row] = {}
    for row in rows:
        nothing = {
            "customer": row.customer,
            "minutes": Decimal(0),
            "amount": Decimal(0),
            "change": Decimal(0),
        }
        party = found.setdefault(row.customer, {**nothing, "without_rate": 0, "exact": True})
        party["minutes"] += row.minutes
        party["amount"] += row.amount
        party["change"] += row.change or 0
        party["without_rate"] += row.change is None
        party["exact"] &= row.exact
    return sorted(found.values(), key=lambda one: (-one["amount"], one["customer"] or ""))


def _sums(lake: Lake, deck: Deck, since: datetime, now: datetime) -> pl.DataFrame:
    """What `traffic` adds up to, by customer and destination."""
    seen = lake.scan(TRAFFIC).filter(
        pl.col("day") >= since.date(),
        pl.col("quarter_at") >= since,
        pl.col("quarter_at") < now,
        pl.col(deck.side) == deck.owner,
    )
    sums = [pl.col(column).sum().alias(name) for name, column in _SUMS[deck.side].items()]
    rows = seen.group_by("customer", "destination").agg(sums).collect()
    return rows.filter((pl.col("talk_ms") > 0) | (pl.col("unrated") > 0))


def _touched(row: Row, prices: "_Prices", *, settled: bool) -> Touched:
    destination, amount = row["destination"], row["amount"]
    price = prices.of(destination) if destination is not None else None
    exact = price is not None and price.exact and settled and not row["unrated"]
    after = price.amount(row["billed_s"], amount, exact=exact) if price else None
    return Touched(
        customer=row["customer"],
        destination=destination,
        minutes=round_to(Decimal(row["talk_ms"]) / _MINUTE_MS, 3),
        amount=amount,
        amount_after=after,
        change=None if after is None else after - amount,
        exact=exact,
    )


@dataclass(frozen=True)
class _Price:
    """What a destination costs by the new version. `rate` is the mean of its rates, `before` of those of the old one."""

    rate: Fraction
    before: Fraction | None
    exact: bool

    def amount(self, billed_s: int, amount: Decimal, *, exact: bool) -> Decimal:
        """What so many billed seconds, for which `amount` is charged now, come to."""
        told = Fraction(amount) * self.rate / self.before if self.before and not exact else None
        found = self.rate * billed_s / _MINUTE_S if told is None else told
        return round_to(Decimal(found.numerator) / found.denominator, SCALE)


class _Prices:
    """The rates of both versions by destination: of the old one in the span, of the new one once all have begun."""

    def __init__(self, before: Deck | None, after: Deck, since: datetime, now: datetime) -> None:
        begun = after.rates["effective_from"].max()
        at = max(now, begun) if isinstance(begun, datetime) else now
        self._after = after
        self._new = _priced(after.rates, at, at + timedelta(microseconds=1))
        self._old = _priced(before.rates, since, now) if before else self._new.clear()
        self._same_seconds = before is not None and before.duration_rounding == after.duration_rounding
        self._moved = _moved(self._old, self._new)
        self._rows_after = self._new.partition_by("destination", as_dict=True)
        self._rows_before = self._old.partition_by("destination", as_dict=True)

    def of(self, destination: str) -> _Price | None:
        """What it costs; null where the new version has no rate for it."""
        rows, old = self._rows_after.get((destination,)), self._rows_before.get((destination,))
        if rows is None:
            return None
        exact = self._same_seconds and destination not in self._moved and _billed_alike(rows, old)
        mean = None if old is None else _mean(old)
        return _Price(_mean(rows), mean, exact and _needs_no_rounding(rows, self._after.price_precision))


def _priced(rates: pl.DataFrame, since: datetime, until: datetime) -> pl.DataFrame:
    """Rates that are not blocked and in force at any instant of the span."""
    begun = pl.col("effective_from").is_null() | (pl.col("effective_from") < until)
    not_ended = pl.col("effective_to").is_null() | (pl.col("effective_to") > since)
    return rates.filter(begun & not_ended & ~pl.col("blocked"))


def _moved(old: pl.DataFrame, new: pl.DataFrame) -> set[str]:
    """Destinations of which some number may have another prefix, or another destination, than it had."""
    before, after = (dict(rows.select("prefix", "destination").iter_rows()) for rows in (old, new))
    moved = {name for prefix, name in before.items() if after.get(prefix) != name}
    for prefix in after.keys() - before.keys():
        around = next((head for size in range(len(prefix), 0, -1) if (head := prefix[:size]) in before), None)
        moved.update({after[prefix], before[around]} if around is not None else {after[prefix]})
    return moved


def _billed_alike(rows: pl.DataFrame, old: pl.DataFrame | None) -> bool:
    """Whether each call is billed the seconds that it was, all at one rate and without a fee."""
    steps = ("initial_increment_s", "increment_s")
    if old is None or rows.select("rate_per_min", "connect_fee", *steps).n_unique() != 1:
        return False
    together = pl.concat([rows.select(steps), old.select(steps)])
    return together.n_unique() == 1 and bool(rows["connect_fee"][0] == 0)


def _needs_no_rounding(rows: pl.DataFrame, precision: int) -> bool:
    """Whether the price of every number of seconds that can be billed has at most so many decimals."""
    row = rows.row(0, named=True)
    step_s = gcd(row["initial_increment_s"], row["increment_s"])
    least = Fraction(row["rate_per_min"]) * step_s / _MINUTE_S * 10**precision
    return bool(least.denominator == 1)


def _mean(rows: pl.DataFrame) -> Fraction:
    return Fraction(rows["rate_per_min"].sum()) / rows.height
