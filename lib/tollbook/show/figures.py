"""One reading of a page's figures: sums per piece of time and line, from which all its graphs and tiles are made."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Final

import polars as pl

from tollbook.channels import step_min
from tollbook.live.joined import Polled
from tollbook.metrics import METRICS, Metric
from tollbook.metrics.compute import currency_of, figures
from tollbook.metrics.groups import bucket, picked, pieces
from tollbook.metrics.metric import INTERVAL_S
from tollbook.metrics.progress import WHO, most
from tollbook.show import channels
from tollbook.show.home import workspace
from tollbook.show.lineup import NOT_TOLD, TOTAL, Lineup
from tollbook.show.reading import Asked, Reading
from tollbook.show.span import MOST_MARKS, Span, span
from tollbook.show.words import Number, amount, figure
from tollbook.tables import INSTANT, TRAFFIC, Table

MOST_STEPS: Final = 300
"""Steps of calls in progress on one line."""

_NEEDED: Final = {
    name for m in METRICS.values() for each in (True, False) for name in m.ratio(per_carrier=each).columns
}
_SUMS: Final = tuple(name for name in TRAFFIC.names if name in _NEEDED)


@dataclass(frozen=True)
class Figures:
    """The figures of a stretch of time and of those that were asked for; nothing is read twice.

    `room` is into how many graphs' worth a graph's marks are shared: 2 where the span before is drawn too. `like` is
    the reading whose lines and pieces this one has. `polled` is what the switches told, which calls in progress have
    beside the records.
    """

    lake: Reading
    span: Span
    asked: Asked = field(default_factory=Asked)
    room: int = 1
    like: "Figures | None" = None
    polled: Polled | None = None
    _kept: dict[object, pl.DataFrame] = field(default_factory=dict, compare=False)

    @property
    def updated_at(self) -> datetime | None:
        """When the figures were made."""
        return self.lake.updated_at

    @cached_property
    def before(self) -> "Figures":
        """The span before, as long, of the same lines and cut in the same way."""
        return replace(self, span=self.span.before, like=self, polled=None, _kept={})

    def between(self, start: datetime, end: datetime) -> "Figures":
        """A part of the span."""
        return replace(self, span=replace(self.span, start=start, end=end), _kept={})

    def of(self, asked: Asked) -> "Figures":
        """The same span of others."""
        return replace(self, asked=asked, _kept={})

    @cached_property
    def lineup(self) -> Lineup:
        """The lines that there are."""
        if self.like is not None:
            return self.like.lineup
        counts = [name for name in ("attempts", "seizures") if name in self._sums]
        found = self.rows(TRAFFIC).group_by(self.lake.whom).agg(pl.col(counts).sum()).collect()
        # A seizure's destination is its carrier's deck's word, which such a reader has not.
        return Lineup(found, frozenset() if self.lake.scope.sees_cost else frozenset({"destination"}))

    @cached_property
    def _sums(self) -> list[str]:
        """The sums of traffic that metrics need and the reader has."""
        there = self.lake.columns(TRAFFIC)
        return [name for name in _SUMS if name in there]

    def rows(self, table: Table) -> pl.LazyFrame:
        """What a rollup with quarters of an hour holds of the span and of those asked for."""
        return picked(self.lake, table, self.span.start, self.span.end, **self.asked.all())

    def cut(self, by: str = "carrier") -> str:
        """How the time is cut: quarter, hour, day, week or month."""
        if self.like is not None:
            return self.like.cut(by)
        return self.cut_for(len(self.lineup.series(by)))

    def cut_for(self, lines: int) -> str:
        """How it is cut for so many lines."""
        return self.span.cut(lines * self.room, self.lineup.attempts)

    def pieces(self, by: str = "carrier", cut: str = "") -> pl.DataFrame:
        """Every piece of the span in order: its name in the column `cut`, `at` and `until`, both UTC."""
        cut = cut or self.cut(by)
        return self.once(
            ("pieces", cut), lambda: pieces((cut,), self.span.zone.key, self.span.start, self.span.end)
        )

    def sums(self, by: str = "carrier") -> pl.DataFrame:
        """Columns at, series, currency and those of traffic; a row where there is any traffic."""
        return self.once(("sums", by), lambda: self.grouped(TRAFFIC, by, ("currency",), self._sums))

    def grouped(
        self, table: Table, by: str, more: Sequence[str], sums: Sequence[str], cut: str = ""
    ) -> pl.DataFrame:
        """Sums of a rollup by at, series and the columns of `more`; time is cut as lines of `by` are, or as told."""
        cut = cut or self.cut(by)
        keyed = self.rows(table).with_columns(bucket(cut, self.span.zone.key), series=self.lineup.line(by))
        found = keyed.group_by(cut, "series", *more).agg(pl.col(sums).sum()).collect()
        return found.join(self.pieces(by, cut).select(cut, "at"), on=cut).drop(cut)

    @cached_property
    def currencies(self) -> list[str]:
        """Currencies of amounts, that of most calls and tries first; amounts of two are never added."""
        sums = self.sums("total").drop_nulls("currency").group_by("currency")
        counts = [name for name in ("charged", "costed") if name in self._sums]
        rated = sums.agg(rated=pl.sum_horizontal(counts).sum())
        return rated.sort(-pl.col("rated"), "currency")["currency"].to_list()

    @property
    def currency(self) -> str | None:
        """That of most calls and tries, in which graphs of money are."""
        return next(iter(self.currencies), None)

    def lines(self, metric: Metric, by: str = "carrier") -> pl.DataFrame:
        """Rows of at (UTC), series, value (as shown; null where there is nothing to tell), its parts, exact, words.

        Money is of the currency that most calls have.
        """
        picky = self.asked.carriers is not None
        found = self.sums(by)
        total = found.with_columns(series=pl.lit(TOTAL))
        parts = [self._line(metric, by, total, [TOTAL], per_carrier=picky)]
        if names := self.lineup.names(by):
            parts.append(self._line(metric, by, found, names, per_carrier=picky or by == "carrier"))
        return without_empty(pl.concat(parts))

    def _line(
        self, metric: Metric, by: str, sums: pl.DataFrame, names: Sequence[str], *, per_carrier: bool
    ) -> pl.DataFrame:
        keys = ["at", "series"]
        if metric.is_money:
            named = sums.with_columns(currency_of(keys))
            sums = named.filter(pl.col("currency").eq_missing(pl.lit(self.currency)))
        added = sums.group_by(keys).agg(pl.col(self._sums).sum())
        full = self.every(by, names).join(added, on=keys, how="left", maintain_order="left")
        # Within the data a piece without traffic has 0 calls; outside of it nothing is known.
        known = pl.col(self._sums)
        zeros = pl.when("within").then(known.fill_null(0)).otherwise(known)
        told = figures(full.with_columns(zeros), keys, [metric], per_carrier=per_carrier)
        ordered = full.select(keys).join(told, on=keys, how="left", maintain_order="left")
        return as_shown(ordered, metric, self.currency)

    def every(self, by: str, names: Sequence[str]) -> pl.DataFrame:
        """A row for each piece of each line: at, series, its length, and whether there are data of that time."""
        first, latest = self.lake.first or self.span.end, self.lake.latest or self.span.start
        told = self.pieces(by).select(
            "at",
            (pl.col("until") - pl.col("at")).dt.total_seconds().alias(INTERVAL_S),
            within=(pl.col("at") < latest) & (pl.col("until") > first),
        )
        return told.join(pl.DataFrame({"series": names}, schema={"series": pl.String}), how="cross")

    def whole(self, metrics: Sequence[Metric]) -> pl.DataFrame:
        """Each metric over the whole span as `compute` gives it: a row, or one per currency where one is of money."""
        money = any(metric.is_money for metric in metrics)
        found = self.sums("total").with_columns(currency_of(()))
        sums = pl.col(self._sums).sum()
        rows = found.group_by("currency").agg(sums) if money else found.select(sums)
        timed = rows.with_columns(pl.lit(int(self.span.seconds)).alias(INTERVAL_S))
        keys = ["currency"] if money else []
        return figures(timed, keys, metrics, per_carrier=self.asked.carriers is not None)

    def course(self, metrics: Sequence[Metric], most: int) -> pl.DataFrame:
        """Each metric of all calls over time, in at most so many stretches of as many pieces each: a row a stretch."""
        every = self.every("total", [TOTAL])
        pieces_each = -(-every.height // most)
        added = self.sums("total").group_by("at").agg(pl.col(self._sums).sum())
        full = every.join(added, on="at", how="left", maintain_order="left")
        stretch = (pl.int_range(pl.len()) // pieces_each).alias("stretch")
        sums = full.group_by(stretch).agg(pl.col(*self._sums, INTERVAL_S).sum(), pl.col("within").any())
        told = sums.with_columns(pl.when("within").then(pl.col(self._sums)))
        return figures(told, ["stretch"], metrics, per_carrier=self.asked.carriers is not None)

    def channels(self, by: str = "carrier") -> pl.DataFrame:
        """Calls in progress as `lines` has metrics: per step the most of its minutes' starts, and last those of now.

        Raises:
            UsageError: they are asked for by destination.
        """
        return self.once(("channels", by), lambda: channels.points(self, by))

    def steps(self) -> pl.DataFrame:
        """The most of all calls in progress per step: at, channels."""
        return self.once("steps", lambda: self.in_progress(()))

    def in_progress(
        self, by: Sequence[str], more: Mapping[str, Sequence[str]] | None = None, step: int | None = None
    ) -> pl.DataFrame:
        """`progress.most` per step (minutes) of the span: at, the columns of `by`, channels.

        Raises:
            UsageError: they are asked for by destination.
        """
        length = timedelta(minutes=step or self.step_min)
        starts = pl.datetime_range(self.span.start, self.span.end, length, closed="left", eager=True)
        who, beside = self.asked.who(by, more or {}), channels.beside(self, {*by, *(more or {})})
        return most(self.lake, by, starts.cast(INSTANT), self.span.end, more=beside, **who)

    @property
    def step_min(self) -> int:
        """Minutes of a step of calls in progress: the shortest with which the lines can be read."""
        lines = max(len(self.lineup.series(by)) for by in ("total", *WHO) if by not in self.lake.lacks)
        ends = 1 if self.polled is None else 2  # a line ends with one more point, and with what is told now
        marks = (MOST_MARKS - 2) // self.room // lines - ends
        return step_min(self.span.start, self.span.end, min(MOST_STEPS, marks))

    def moved(self, points: pl.DataFrame, by: str) -> pl.DataFrame:
        """Points of `before` on this span's time: its first piece for the first one, and so on."""
        here, there = (each.pieces(by)["at"] for each in (self, self.before))
        fit = min(len(here), len(there))
        times = pl.DataFrame({"at": there[:fit], "here": here[:fit]})
        found = points.join(times, on="at", maintain_order="left")
        return found.with_columns(at="here").drop("here")

    def once(self, key: object, make: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        """What `make` gives, made once."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]


def as_shown(told: pl.DataFrame, metric: Metric, currency: str | None = None) -> pl.DataFrame:
    """A metric's columns as graphs take them: value, numerator and denominator of ratios, exact, words."""
    name = metric.name
    words = [said(metric, value, currency) for value in told[name]]
    scaled = pl.col(name).cast(pl.Float64) * metric.scale
    ratio = pl.col(f"{name}_denominator")
    return told.select(
        "at",
        "series",
        value=scaled,
        numerator=pl.when(ratio.is_not_null()).then(pl.col(f"{name}_numerator")),
        denominator=ratio,
        exact=pl.col(name) if metric.scale == 1 else scaled,
        words=pl.Series(words, dtype=pl.String),
    )


def said(metric: Metric, value: Number | None, currency: str | None) -> str:
    """A figure in words; amounts to the currency's minor unit."""
    if isinstance(value, Decimal) and metric.unit == "money":
        return amount(value, currency)
    return figure(metric, value)


def without_empty(points: pl.DataFrame) -> pl.DataFrame:
    """Without the line of no one, where it has nothing to tell."""
    mute = pl.col("value").is_null().all().over("series") & (pl.col("series") == NOT_TOLD)
    return points.filter(~mute)


def read(start: str, end: str, zone: str) -> Figures:
    """All figures of a notebook's workspace for the stretch that its parameters name.

    Raises:
        TollbookError: no workspace, or a parameter that means nothing.
    """
    lake = Reading(workspace())
    return Figures(lake, span(start, end, zone, lake.latest))
