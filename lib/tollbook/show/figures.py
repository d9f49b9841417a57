"""From sums of traffic to what a graph over time needs: a row per piece of time and line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Final

import polars as pl

from tollbook.channels import channels_by, step_min
from tollbook.lake.store import Lake
from tollbook.metrics import Metric, compute
from tollbook.metrics.groups import QUARTER, bucket
from tollbook.show.home import workspace
from tollbook.show.span import MOST_MARKS, Span, span
from tollbook.show.words import figure, of
from tollbook.tables import TRAFFIC

TOTAL: Final = "Total"
MOST_STEPS: Final = 300
"""Steps of calls in progress on one line."""

MOST_CARRIERS: Final = 12
"""More lines than this no eye follows: the busiest are drawn, the others as one line."""


@dataclass(frozen=True)
class Figures:
    """One reading of the figures of a stretch of time; every graph of a page shares it."""

    lake: Lake
    span: Span
    updated_at: datetime | None

    @cached_property
    def counts(self) -> pl.DataFrame:
        """Seizures and attempts of the span per carrier."""
        return self.compute(("seizures", "attempts"), by=("carrier",))

    @cached_property
    def carriers(self) -> list[str]:
        """Carriers with traffic in the span, the busiest first."""
        counts = self.counts.drop_nulls("carrier")
        return counts.sort(pl.col("seizures") + pl.col("attempts"), descending=True)["carrier"].to_list()

    @property
    def drawn(self) -> list[str]:
        """Carriers that have a line of their own."""
        return self.carriers[:MOST_CARRIERS]

    @property
    def others(self) -> list[str]:
        """Carriers that share a line."""
        return self.carriers[MOST_CARRIERS:]

    @property
    def cut(self) -> str:
        """How the time is cut: quarter, hour or day."""
        return self.span.cut(len(self.series), int(self.counts["attempts"].sum()))

    @property
    def cut_words(self) -> str:
        """The length of a piece of time: `15 minutes`, `hour`, `day`."""
        return {"quarter": "15 minutes"}.get(self.cut, self.cut)

    def compute(
        self, metrics: Sequence[Metric | str], by: Sequence[str] = (), carriers: Sequence[str] | None = None
    ) -> pl.DataFrame:
        """`metrics.compute` for the span, in its zone."""
        return compute(
            self.lake, metrics, by, self.span.start, self.span.end, self.span.zone.key, carriers=carriers
        )

    def lines(self, metric: Metric) -> pl.DataFrame:
        """Rows of at (UTC), series, value in the metric's unit (null where there is nothing to tell), words."""
        cut, name = self.cut, metric.name
        parts = [
            self.compute((metric,), by=(cut,)).with_columns(series=pl.lit(TOTAL)),
            self.compute((metric,), by=(cut, "carrier"), carriers=self.drawn).rename({"carrier": "series"}),
        ]
        if self.others:
            more = self.compute((metric,), by=(cut,), carriers=self.others)
            parts.append(more.with_columns(series=pl.lit(self.name_of_others)))
        found = pl.concat(
            [part.select(cut, "series", *_figure_columns(name)) for part in parts], how="vertical_relaxed"
        )
        every = self.pieces.join(pl.DataFrame({"series": self.series}), how="cross")
        full = every.join(found, on=[cut, "series"], how="left")
        return full.select(
            "at", "series", value=pl.col(name).cast(pl.Float64) * metric.scale, words=_words(metric)
        )

    def channels(self) -> pl.DataFrame:
        """Calls in progress as `lines` has metrics: per step the most of its minutes' starts."""
        step = self.step_min
        parts = [
            self.in_progress((), step).with_columns(series=pl.lit(TOTAL)),
            self.in_progress(("carrier",), step)
            .rename({"carrier": "series"})
            .filter(pl.col("series").is_in(self.drawn)),
            *([self._channels_of_others(step)] if self.others else []),
        ]
        found = pl.concat([part.select("at", "series", "channels") for part in parts])
        steps = found.select("at").unique().sort("at")
        full = steps.join(pl.DataFrame({"series": self.series}), how="cross").join(
            found, on=["at", "series"], how="left", maintain_order="left"
        )
        value = pl.col("channels").fill_null(0)
        return full.select("at", "series", value=value.cast(pl.Float64), words=value.cast(pl.String))

    def in_progress(self, by: Sequence[str], step_min: int) -> pl.DataFrame:
        """`channels_by` for the span."""
        return channels_by(self.lake, by, self.span.start, self.span.end, step_min)

    def _channels_of_others(self, step_min: int) -> pl.DataFrame:
        # The most of a step does not add up over carriers; what is in progress in one minute does.
        minutes = self.in_progress(("carrier",), 1).filter(pl.col("carrier").is_in(self.others))
        past = (pl.col("at") - self.span.start).dt.total_minutes() % step_min
        step = pl.col("at") - pl.duration(minutes=past)
        per_minute = minutes.group_by("at").agg(pl.col("channels").sum())
        most = per_minute.group_by(at=step).agg(pl.col("channels").max())
        return most.with_columns(series=pl.lit(self.name_of_others))

    @property
    def step_min(self) -> int:
        """Minutes of a step of calls in progress: the shortest with which the lines can be read."""
        return step_min(self.span.start, self.span.end, min(MOST_STEPS, MOST_MARKS // len(self.series)))

    @property
    def series(self) -> list[str]:
        """Names of the lines in the order of the legend."""
        return [TOTAL, *self.drawn, *([self.name_of_others] if self.others else [])]

    @property
    def name_of_others(self) -> str:
        """`3 more carriers`."""
        return f"{len(self.others)} more carriers"

    @cached_property
    def pieces(self) -> pl.DataFrame:
        """Every piece of the span: as `compute` names it, and its first instant."""
        cut, zone = self.cut, self.span.zone.key
        quarters = pl.datetime_range(self.span.start, self.span.end, QUARTER, closed="left", eager=True)
        named = pl.DataFrame({"quarter_at": quarters}).with_columns(bucket(cut, zone))
        return named.group_by(cut, maintain_order=True).agg(at=pl.col("quarter_at").min())


def read(start: str, end: str, zone: str) -> Figures:
    """The figures of a notebook's workspace for the stretch that its parameters name.

    Raises:
        TollbookError: no workspace, or a parameter that means nothing.
    """
    lake = Lake(workspace())
    return Figures(lake, span(start, end, zone, latest(lake)), lake.updated_at)


def latest(lake: Lake) -> datetime | None:
    """The end of the last quarter of an hour in which a call started."""
    last = lake.scan(TRAFFIC).select(pl.col("quarter_at").max()).collect().item()
    return last + timedelta(minutes=15) if last else None


def _figure_columns(name: str) -> tuple[str, str, str]:
    return name, f"{name}_numerator", f"{name}_denominator"


def _words(metric: Metric) -> pl.Expr:
    def said(row: dict[str, float | Decimal | None]) -> str:
        value, top, bottom = row.values()
        return f"{figure(metric, value)}{of(top, bottom)}"

    return pl.struct(_figure_columns(metric.name)).map_elements(said, return_dtype=pl.String)
