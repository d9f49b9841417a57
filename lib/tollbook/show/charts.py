"""The kinds of graphs. A chart never sees calls, only sums and figures per piece of time, or per name.

Each takes a frame and gives a `Drawing`, for `graph.Graph.show`; `.chart()` of it is Altair's.
Frames have the columns `series` (the name in the address), `value` (in the unit shown; null is a gap), `words`
(the figure as people read it), `at` (UTC) where time runs, and, where the figure is a ratio, `numerator` and
`denominator`; `exact` (Decimal or text) goes to tables and downloads where `value` is less than the whole truth.
`labels` says what readers see for a series' name. `unit` is how the axis is written: `%` for 0 to 100, `s` for
seconds, else a plain number. `note` describes the graph to those who do not see it.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import polars as pl

from tollbook.language import tr
from tollbook.metrics import Metric
from tollbook.show.drawing import (
    PALETTE,
    Drawing,
    Json,
    Series,
    clock_axis,
    drawing,
    figure_axis,
    moved,
    parts,
    series_of,
)
from tollbook.show.figures import Figures
from tollbook.show.lineup import TOTAL
from tollbook.show.span import Span

if TYPE_CHECKING:
    import altair as alt

HEIGHT_PX: Final = 230
BAR_PX: Final = 26
SHOWN: Final = "!length(only) || indexof(only, datum.series) >= 0"
"""Rows of the lines that the legend leaves; `only` is a signal of every drawing: a list of names, empty for all."""

SHOWN_BEFORE: Final = f"length(only) ? indexof(only, datum.series) >= 0 : datum.series === '{TOTAL}'"
"""Of the span before that of the total, until the legend leaves some: twice as many lines no eye follows."""

_ONLY: Final[Json] = {"name": "only", "value": []}
_TIME: Final[Json] = {
    "field": "t",
    "type": "temporal",
    "title": None,
    "scale": {"type": "utc", "nice": False},
}

_WHOLE: Final[Json] = {
    "data": {"name": "span"},
    "mark": {"type": "rule", "opacity": 0},
    "encoding": {"x": _TIME},
}
"""Both ends of the span, so that its axis holds all of the last piece."""


def over_time(figures: Figures, metric: Metric) -> "alt.LayerChart":
    """The metric over the span, of all calls and of each carrier, as a chart of Altair."""
    note = f"{tr(metric.label)}: {tr(metric.meaning)}"
    return lines(figures.lines(metric), figures.span, unit=metric.unit, note=note).chart()


def live_channels(figures: Figures) -> "alt.LayerChart":
    """Calls in progress over the span, of all and of each carrier, as a chart of Altair."""
    note = tr("Live channels: the most calls in progress at a minute's start, every {count} min").format(
        count=figures.step_min
    )
    return lines(figures.channels(), figures.span, unit="", note=note, step=True).chart()


def lines(
    points: pl.DataFrame,
    span: Span,
    *,
    unit: str,
    note: str,
    labels: Mapping[str, str] | None = None,
    step: bool = False,
    before: pl.DataFrame | None = None,
    limits: pl.DataFrame | None = None,
    label: str = "",
    known: Sequence[str] = (),
) -> Drawing:
    """A line per series. `step` draws what holds until the next piece.

    `before` are points of the same columns, moved onto this span's time: drawn dashed and lighter, of the total
    and of lines that the legend leaves. `limits` has
    the columns at, series and value: a dashed step line in the series' colour, and red where the line is above it.

    `known` are all that have a colour of their own: see `series_of`.

    Raises:
        TollbookError: more points than a chart may hold (5000, with those of `before`).
    """
    legend = series_of(points, labels, known)
    axis = figure_axis(unit, points)
    shape = {"interpolate": "step-after" if step else "linear", "strokeJoin": "round"}
    ended = _ended(points, span) if step else points
    tables = {"lines": _long(ended, span), "lonely": _lonely_of(points, span), "span": _ends(span)}
    layers = [
        _WHOLE,
        _line("lines", legend, axis, {"type": "line", **shape}, span),
        _lonely(legend, axis),
    ]
    if before is not None:
        tables["before"] = _long(before, span)
        faint = {"type": "line", **shape, "strokeDash": [4, 3], "opacity": 0.55}
        earlier = _line("before", legend, axis, faint, span)
        layers.insert(1, {**earlier, "transform": [{"filter": SHOWN_BEFORE}]})
    if limits is not None:
        tables["limits"] = limits.select(moved(span), "series", "value")
        tables["above"] = _above(points, limits).select(moved(span), "series", "value")
        layers = [_limit(legend, axis), *layers, _over(legend, axis)]
    spec = _document(layers, note)
    return drawing(spec, tables, points, before, legend=legend, span=span, unit=unit, label=label)


def stacked(
    points: pl.DataFrame,
    span: Span,
    *,
    unit: str,
    note: str,
    labels: Mapping[str, str] | None = None,
    label: str = "",
    known: Sequence[str] = (),
) -> Drawing:
    """An area per series on top of each other: counts, or shares of 0 to 100 that the frame already has.

    Raises:
        TollbookError: more points than a chart may hold.
    """
    legend = series_of(points, labels, known)
    axis = figure_axis(unit, points)
    order = {series.name: place for place, series in enumerate(legend)}
    table = _long(_ended(points, span), span).with_columns(
        pl.col("value").fill_null(0), place=pl.col("series").replace_strict(order, return_dtype=pl.Int64)
    )
    layer = _line("lines", legend, axis, {"type": "area", "opacity": 0.85, "interpolate": "step-after"}, span)
    layer["encoding"]["order"] = {"field": "place", "type": "quantitative"}
    layer["encoding"]["y"] |= {"stack": "zero", "scale": {"zero": True, "nice": unit != "%"}}
    del layer["encoding"]["strokeWidth"]
    tables = {"lines": table, "span": _ends(span)}
    spec = _document([_WHOLE, layer], note)
    return drawing(spec, tables, points, legend=legend, span=span, unit=unit, label=label)


def bars(
    rows: pl.DataFrame,
    *,
    unit: str,
    note: str,
    labels: Mapping[str, str] | None = None,
    before: pl.DataFrame | None = None,
    label: str = "",
) -> Drawing:
    """A bar per row, in the order of the rows: columns series, value, words, and numerator, denominator if any.

    `before` has the same names: a tick at what the bar was. `label` says what a row is (Destination).

    Raises:
        TollbookError: more bars than a chart may hold.
    """
    said = [(labels or {}).get(name, name) for name in rows["series"]]
    names = dict(zip(rows["series"], said, strict=True))
    axis = figure_axis(unit, rows)
    tables = {"lines": _named(rows, names)}
    layers = [_bar("lines", said, axis, {"type": "bar", "cornerRadiusEnd": 3, "height": {"band": 0.66}})]
    if before is not None:
        tables["before"] = _named(before, names)
        layers.append(_bar("before", said, axis, {"type": "tick", "thickness": 2, "color": "currentColor"}))
    spec = _document(layers, note) | {"height": BAR_PX * len(said)}
    return drawing(spec, tables, legend=[], points=rows, before=before, unit=unit, label=label)


def _document(layers: Sequence[Json], note: str) -> Json:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": "container",
        "height": HEIGHT_PX,
        "description": note,
        "params": [_ONLY],
        "layer": list(layers),
    }


def _ends(span: Span) -> pl.DataFrame:
    return pl.DataFrame({"at": [span.start, span.end]}).select(moved(span))


def _ended(points: pl.DataFrame, span: Span) -> pl.DataFrame:
    """What holds from the last piece on holds until the end."""
    last = points.filter(pl.col("at") == pl.col("at").max()).with_columns(
        pl.lit(span.end, points.schema["at"]).alias("at")
    )
    return pl.concat([points, last])


def _long(points: pl.DataFrame, span: Span) -> pl.DataFrame:
    # The total comes last, so that it is drawn over the others.
    ordered = points.sort(pl.col("series") == TOTAL, "at", maintain_order=True)
    return ordered.select(moved(span), "series", "value", "words", parts(ordered))


def _lonely_of(points: pl.DataFrame, span: Span) -> pl.DataFrame:
    """Figures between two gaps, of which a line would show nothing."""
    earlier = pl.col("value").shift(1).over("series").is_null()
    later = pl.col("value").shift(-1).over("series").is_null()
    alone = points.sort("at", maintain_order=True).filter(pl.col("value").is_not_null() & earlier & later)
    return alone.select(moved(span), "series", "value")


def _named(rows: pl.DataFrame, names: Mapping[str, str]) -> pl.DataFrame:
    label = pl.col("series").replace_strict(names, default=None, return_dtype=pl.String).alias("label")
    return rows.select("series", label, "value", "words", parts(rows)).drop_nulls("label")


def _above(points: pl.DataFrame, limits: pl.DataFrame) -> pl.DataFrame:
    most = limits.select("at", "series", limit="value")
    return points.join(most, on=["at", "series"]).filter(pl.col("value") > pl.col("limit"))


def _line(table: str, legend: Sequence[Series], axis: Json, mark: Json, span: Span) -> Json:
    value = {"field": "value", "type": "quantitative", "title": None, "axis": axis}
    width = {"condition": {"test": f"datum.series === '{TOTAL}'", "value": 2.4}, "value": 1.5}
    return {
        "data": {"name": table},
        "transform": [{"filter": SHOWN}],
        "mark": mark,
        "encoding": {
            "x": {**_TIME, "axis": clock_axis(span)},
            "y": {**value, "scale": {"zero": True, "nice": True}},
            "color": _colours(legend),
            "strokeWidth": width,
        },
    }


def _lonely(legend: Sequence[Series], axis: Json) -> Json:
    return _bare("lonely", legend, axis, {"type": "point", "filled": True, "size": 24, "opacity": 1})


def _limit(legend: Sequence[Series], axis: Json) -> Json:
    mark = {"type": "line", "interpolate": "step-after", "strokeDash": [8, 4], "strokeWidth": 1.2}
    return _bare("limits", legend, axis, {**mark, "opacity": 0.7})


def _over(legend: Sequence[Series], axis: Json) -> Json:
    layer = _bare("above", legend, axis, {"type": "point", "filled": True, "size": 36, "opacity": 1})
    layer["encoding"]["color"] = {"value": "var(--jp-error-color1, #c62828)"}
    return layer


def _bare(table: str, legend: Sequence[Series], axis: Json, mark: Json) -> Json:
    value = {"field": "value", "type": "quantitative", "title": None, "axis": axis}
    return {
        "data": {"name": table},
        "transform": [{"filter": SHOWN}],
        "mark": mark,
        "encoding": {"x": _TIME, "y": value, "color": _colours(legend)},
    }


def _bar(table: str, names: Sequence[str], axis: Json, mark: Json) -> Json:
    names_axis = {"labelLimit": 190, "ticks": False, "domain": False, "grid": False}
    return {
        "data": {"name": table},
        "mark": {"color": PALETTE[0], **mark},
        "encoding": {
            "y": {
                "field": "label",
                "type": "nominal",
                "sort": list(names),
                "title": None,
                "axis": names_axis,
            },
            "x": {
                "field": "value",
                "type": "quantitative",
                "title": None,
                "axis": {**axis, "grid": True, "tickCount": 5},
            },
        },
    }


def _colours(legend: Sequence[Series]) -> Json:
    domain, colours = [series.name for series in legend], [series.colour for series in legend]
    return {
        "field": "series",
        "type": "nominal",
        "title": None,
        "legend": None,
        "scale": {"domain": domain, "range": colours},
    }
