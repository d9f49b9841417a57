"""What a metric is: a frozen value that carries its sums, its words and a worked example."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from re import sub
from typing import Final, Literal

import polars as pl

Sums = Mapping[str, int | Decimal]
"""A row of traffic; the columns that it leaves out are 0."""

INTERVAL_S: Final = "interval_s"
"""Beside the columns of traffic a metric may use this one: the length of the group's time, in seconds."""

LIVE: Final = "channels"
BUSY_US: Final = "busy_us"
IN_PROGRESS: Final = frozenset({LIVE, BUSY_US})
"""And these, of calls in progress within the group's time: the most at a minute's start, and their busy time."""


@dataclass(frozen=True, eq=False)
class Ratio:
    """Numerator and denominator as expressions over sums of traffic; without a denominator the figure is a sum.

    The figure is null where any column named in `known` is 0: an amount of which nothing is known is not 0. It is
    null, too, where any column named in `missing` is not 0: a difference of sums says nothing if one lacks a part.
    """

    numerator: pl.Expr
    denominator: pl.Expr | None = None
    known: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def columns(self) -> set[str]:
        """The sums that it needs."""
        parts = [self.numerator] if self.denominator is None else [self.numerator, self.denominator]
        read = (name for part in parts for name in part.meta.root_names())
        return {*read, *self.known, *self.missing}

    def __str__(self) -> str:
        """The formula: `answers / (attempts - redirects)`."""
        if self.denominator is None:
            return _formula(self.numerator).strip("()")
        return f"{_formula(self.numerator)} / {_formula(self.denominator)}"

    def expressions(self, name: str) -> Iterator[pl.Expr]:
        """The columns `<name>`, `<name>_numerator` and `<name>_denominator`."""
        known = (pl.col(column) > 0 for column in self.known)
        complete = (pl.col(column) == 0 for column in self.missing)
        top = pl.when(pl.lit(value=True), *known, *complete).then(self.numerator)
        if self.denominator is None:
            yield from (top.alias(name), top.alias(f"{name}_numerator"))
            yield pl.lit(None, pl.Int64).alias(f"{name}_denominator")
        else:
            yield _divided(top, self.denominator).alias(name)
            yield top.alias(f"{name}_numerator")
            yield self.denominator.alias(f"{name}_denominator")


def _formula(part: pl.Expr) -> str:
    """An expression as people write it: `(charge - cost)`."""
    terms = sub(r'\((?:col\("(\w+)"\)|dyn \w+: (\w+))\)|col\("(\w+)"\)', r"\1\2\3", str(part))
    terms = terms.replace(".round()", "")
    return terms.replace("[", "(").replace("]", ")")


def _divided(top: pl.Expr, bottom: pl.Expr) -> pl.Expr:
    """The quotient as a float; nothing over nothing is null, and so is anything over 0."""
    floats = top.cast(pl.Float64), bottom.cast(pl.Float64)
    return pl.when(bottom != 0).then(floats[0] / floats[1])


@dataclass(frozen=True)
class Worked:
    """An example that is its own test: rows of traffic, and the figure worked out by hand."""

    rows: tuple[Sums, ...]
    value: float | Decimal | None
    per_carrier: bool = False

    def together(self, columns: Collection[str]) -> dict[str, int | Decimal]:
        """The rows as one: all is added, but of calls in progress at a minute's start the most counts."""
        told = {name: [row.get(name, 0) for row in self.rows] for name in columns}
        return {name: max(values) if name == LIVE else sum(values) for name, values in told.items()}


@dataclass(frozen=True, eq=False)
class Metric:
    """One figure. `value` x `scale` is what a page shows with `unit`: an ASR of 0.4636 is shown as 46.36 %.

    `of_calls` holds for a customer and in total. `of_carrier`, where it differs, holds as soon as carriers are
    told apart or picked: its seizures, instead of calls. `source` says where the definition comes from.
    """

    name: str
    label: str
    unit: str
    better: Literal["higher", "lower"] | None
    meaning: str
    source: str
    of_calls: Ratio
    worked: tuple[Worked, ...]
    of_carrier: Ratio | None = None
    scale: int = 1

    def ratio(self, *, per_carrier: bool) -> Ratio:
        """The sums that count, with carriers told apart or without."""
        return self.of_carrier if per_carrier and self.of_carrier is not None else self.of_calls

    @property
    def is_in_progress(self) -> bool:
        """Whether it is of calls in progress, which only customer, carrier and time tell apart."""
        return not IN_PROGRESS.isdisjoint(self.of_calls.columns)

    @property
    def is_money(self) -> bool:
        """Whether it holds amounts, which are never added across currencies."""
        return any(column in self.of_calls.columns for column in ("charge", "cost"))
