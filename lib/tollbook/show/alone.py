"""A drawing as a chart of Altair that stands alone: with a legend that isolates and a pointer that tells figures."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Final

import altair as alt
import polars as pl

from tollbook.show.drawing import Drawing, Json, Series

_CHOSEN: Final[Json] = {
    "name": "chosen",
    "select": {"type": "point", "fields": ["series"], "toggle": "!event.altKey", "clear": False},
    "bind": "legend",
}
"""A click in the legend shows one line alone; further clicks add or remove one; alt-click goes back to one."""

_OVER: Final[Json] = {
    "name": "over",
    "select": {
        "type": "point",
        "on": "pointerover",
        "clear": "pointerout",
        "fields": ["t"],
    },
}


def chart(drawing: Drawing) -> alt.LayerChart:
    """The drawing as a chart of Altair."""
    document = deepcopy(drawing.spec)
    tables = {name: _rows(columns) for name, columns in drawing.tables.items()}
    if drawing.span is not None:
        document["layer"] = [
            _explained(layer, drawing.legend) if "color" in layer["encoding"] else layer
            for layer in document["layer"]
        ]
        main = next(layer for layer in document["layer"] if layer["data"]["name"] == "lines")
        main["params"] = [_CHOSEN]
        document["layer"].insert(0, _pointer(drawing))
        tables["pointer"] = _pointed(drawing).to_dicts()
    made: alt.LayerChart = alt.LayerChart.from_dict({**document, "datasets": tables})
    return made


def _rows(columns: Json) -> list[Json]:
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _explained(layer: Json, legend: Sequence[Series]) -> Json:
    colour = layer["encoding"]["color"]
    layer["transform"].append({"filter": {"param": "chosen"}})
    if "field" in colour:
        colour["legend"] = _legend(legend)
    return layer


def _legend(legend: Sequence[Series]) -> Json:
    """As many names beside each other as the width holds."""
    name_px = 38 + 7 * min(max((len(series.label) for series in legend), default=0), 20)
    labels = "".join(f"datum.label === {series.name!r} ? {series.label!r} : " for series in legend)
    return {
        "orient": "bottom",
        "direction": "horizontal",
        "columns": {"expr": f"max(1, floor(width / {name_px}))"},
        "labelExpr": f"{labels}datum.label",
        "symbolType": "stroke",
        "labelLimit": 150,
    }


def _pointer(drawing: Drawing) -> Json:
    # One invisible band per piece of time: wherever the pointer is, it tells every line's figure there.
    told = [{"field": "when", "type": "nominal", "title": drawing.span.zone.key if drawing.span else ""}]
    told += [
        {"field": f"line{place}", "type": "nominal", "title": series.label}
        for place, series in enumerate(drawing.legend)
    ]
    time = {"type": "temporal", "title": None, "scale": {"type": "utc", "nice": False}}
    seen = {"condition": {"param": "over", "empty": False, "value": 0.08}, "value": 0}
    return {
        "data": {"name": "pointer"},
        "mark": {"type": "rect", "fill": "currentColor"},
        "encoding": {"x": {"field": "t", **time}, "x2": {"field": "t2"}, "opacity": seen, "tooltip": told},
        "params": [_OVER],
    }


def _pointed(drawing: Drawing) -> pl.DataFrame:
    clock, lines = drawing.clock(), pl.DataFrame(drawing.tables["lines"])
    lines = lines.filter(pl.col("t") < clock["end_ms"] + clock["offset_ms"])
    fields = {series.name: f"line{place}" for place, series in enumerate(drawing.legend)}
    behind = pl.format("  ({})", "parts").fill_null("")
    said = lines.with_columns(
        pl.col("series").replace_strict(fields, return_dtype=pl.String),
        words=pl.col("words") + behind,
    )
    when = pl.from_epoch(pl.col("t") - clock["offset_ms"], "ms").dt.replace_time_zone("UTC")
    return (
        said.pivot(on="series", index="t", values="words")
        .sort("t")
        .with_columns(t2=pl.col("t").shift(-1).fill_null(clock["end_ms"] + clock["offset_ms"]))
        .with_columns(when=when.dt.convert_time_zone(clock["zone"]).dt.strftime("%a %d %b %Y %H:%M"))
    )
