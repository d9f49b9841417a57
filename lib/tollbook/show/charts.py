"""Graphs over time: a line for the total and one per carrier. A chart never sees calls, only sums per piece of time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import altair as alt
import polars as pl

from tollbook.metrics import Metric
from tollbook.show.figures import TOTAL, Figures
from tollbook.show.span import Span

INK: Final = "currentColor"
PALETTE: Final = (
    "#3273dc",
    "#e8871e",
    "#17a398",
    "#c8446f",
    "#8763d6",
    "#a3a02c",
    "#2ea9d6",
    "#d9533d",
    "#5f9e4c",
    "#a9744f",
    "#7f8c9b",
    "#d07bc0",
)
"""Readable on white and on near-black, and told apart by people who see red and green alike in pairs."""

_HEIGHT_PX: Final = 230


def over_time(figures: Figures, metric: Metric) -> alt.LayerChart:
    """The metric over the span: of all calls, and of each carrier."""
    return lines(
        figures.lines(metric), figures.span, unit=metric.unit, note=f"{metric.label}: {metric.meaning}"
    )


def live_channels(figures: Figures) -> alt.LayerChart:
    """Calls in progress over the span: of all, and of each carrier."""
    note = f"Live channels: the most calls in progress at a minute's start, every {figures.step_min} min"
    return lines(figures.channels(), figures.span, unit="", note=note, step=True)


def lines(points: pl.DataFrame, span: Span, *, unit: str, note: str, step: bool = False) -> alt.LayerChart:
    """One line per series of `points`: columns at (UTC), series, value (null is a gap) and words for the pointer.

    A click in the legend shows that series alone; further clicks add or remove one; alt-click goes back to one.
    `unit` is how the axis is written: `%` for ratios of 0 to 1, `s` for seconds, else a plain number.
    """
    names = series_of(points)
    chosen = alt.selection_point(
        name="chosen", fields=["series"], bind="legend", toggle="!event.altKey", clear=False, empty=True
    )
    table = _long(points, span)
    base = alt.Chart(table).transform_filter(chosen)
    time = alt.X("t:T", title=None, scale=alt.Scale(type="utc", nice=False), axis=_clock(span))
    value = alt.Y("value:Q", title=None, scale=alt.Scale(zero=True, nice=True), axis=_figures(unit))
    colour = alt.Color("series:N", sort=names, title=None, scale=_colours(names), legend=_legend(names))
    width = alt.condition(f"datum.series === '{TOTAL}'", alt.value(2.4), alt.value(1.5))
    line = base.mark_line(interpolate="step-after" if step else "linear", strokeJoin="round").encode(
        time, value, colour, strokeWidth=width
    )
    # A legend answers clicks only for a choice that belongs to the lines it explains.
    layers = [_pointer(points, span, names), line.add_params(chosen)]
    if table["alone"].any():
        lonely = base.transform_filter("datum.alone").mark_point(filled=True, size=24, opacity=1)
        layers.append(lonely.encode(time, value, colour))
    chart = alt.LayerChart(layer=layers)
    return chart.properties(width="container", height=_HEIGHT_PX, description=note)


def series_of(points: pl.DataFrame) -> list[str]:
    """The names of the lines, the total first, then as they come."""
    names = points["series"].unique(maintain_order=True).to_list()
    return [TOTAL, *(name for name in names if name != TOTAL)]


def _long(points: pl.DataFrame, span: Span) -> pl.DataFrame:
    null = pl.col("value").is_null()
    before = pl.col("value").shift(1).over("series").is_null()
    after = pl.col("value").shift(-1).over("series").is_null()
    # The total comes last, so that it is drawn over the carriers.
    ordered = points.sort(pl.col("series") == TOTAL, "at", maintain_order=True)
    return ordered.select(_milliseconds(span), "series", "value", alone=~null & before & after)


def _milliseconds(span: Span) -> pl.Expr:
    # Vega knows the browser's zone and UTC only. Instants are moved by the zone's offset at the start and
    # drawn as UTC; `_clock` sets labels right where the zone's clock changes on the way.
    return (pl.col("at").dt.epoch("ms") + span.offset_s * 1000).alias("t")


def _moved(instant: datetime, span: Span) -> int:
    return int(instant.timestamp() + span.offset_s) * 1000


def _clock(span: Span) -> alt.Axis:
    shown = "datum.value"
    for at, seconds in span.shifts():
        shown = f"(datum.value >= {_moved(at, span)} ? datum.value + {seconds * 1000} : {shown})"
    label = f"timeOffset('milliseconds', {shown}, 0)"
    midnight = f"utchours({label}) === 0 && utcminutes({label}) === 0"
    expression = f"{midnight} ? utcFormat({label}, '%a %d %b') : utcFormat({label}, '%H:%M')"
    return alt.Axis(labelExpr=expression, labelOverlap=True, labelFlush=True, tickCount=8)


def _figures(unit: str) -> alt.Axis:
    return alt.Axis(format=",~f", labelExpr=f"datum.label + ' {unit}'" if unit else "datum.label")


def _colours(names: Sequence[str]) -> alt.Scale:
    colours = [INK, *(PALETTE[i % len(PALETTE)] for i in range(len(names) - 1))]
    return alt.Scale(domain=list(names), range=colours)


def _legend(names: Sequence[str]) -> alt.Legend:
    """As many names beside each other as the width holds."""
    name_px = 38 + 7 * min(max(map(len, names), default=0), 20)
    return alt.Legend(
        orient="bottom",
        direction="horizontal",
        columns=alt.ExprRef(f"max(1, floor(width / {name_px}))"),
        symbolType="stroke",
        labelLimit=150,
    )


def _pointer(points: pl.DataFrame, span: Span, names: Sequence[str]) -> alt.Chart:
    # One invisible band per piece of time: wherever the pointer is, it tells every line's figure there.
    fields = {name: f"line{i}" for i, name in enumerate(names)}
    words = (
        points.with_columns(pl.col("series").replace_strict(fields, return_dtype=pl.String))
        .pivot(on="series", index="at", values="words")
        .sort("at")
        .with_columns(until=pl.col("at").shift(-1).fill_null(span.end))
        .with_columns(when=pl.col("at").dt.convert_time_zone(span.zone.key).dt.strftime("%a %d %b %Y %H:%M"))
        .with_columns(
            _milliseconds(span), (pl.col("until").dt.epoch("ms") + span.offset_s * 1000).alias("t2")
        )
        .drop("at", "until")
    )
    told: list[Any] = [alt.Tooltip("when:N", title=span.zone.key)]
    told += [alt.Tooltip(f"{field}:N", title=name) for name, field in fields.items()]
    over = alt.selection_point(name="over", on="pointerover", clear="pointerout", empty=False, fields=["t"])
    chart: alt.Chart = (
        alt.Chart(words)
        .mark_rect(fill="currentColor")
        .encode(
            alt.X("t:T", title=None, scale=alt.Scale(type="utc", nice=False)),
            alt.X2("t2"),
            opacity=alt.condition(over, alt.value(0.08), alt.value(0)),
            tooltip=told,
        )
        .add_params(over)
    )
    return chart
