"""What a rule would have done as a drawing: the figure over the days, its threshold and reset, and where it fired."""

from dataclasses import replace
from typing import Final
from zoneinfo import ZoneInfo

import polars as pl

from tollbook.account.alerts.areas import AREAS
from tollbook.alerts.replay import Replayed
from tollbook.language import tr
from tollbook.show.charts import lines
from tollbook.show.drawing import Drawing, Json, columns, moved
from tollbook.show.lineup import TOTAL
from tollbook.show.span import Span

_WRONG: Final = "var(--jp-error-color1, #c62828)"
_GOOD: Final = "var(--jp-success-color1, #2e7d32)"
_ZONE: Final = ZoneInfo("UTC")


def drawn(made: Replayed, subject: str, currency: str = "") -> Drawing | None:
    """The figures of one subject; null where there are none.

    Raises:
        TollbookError: more days than a graph can hold.
    """
    own = made.figures.filter(pl.col("subject") == subject)
    if made.start is None or made.end is None or own.is_empty():
        return None
    area = AREAS[made.rule.area]
    scale = 100 if area.is_share else 1
    span = Span(made.start, made.end, _ZONE)
    # An amount is drawn as a float, and told exactly in `words`.
    value = (pl.col("value").cast(pl.Float64) * scale).alias("value")
    words = pl.Series("words", [area.words(one, currency) for one in own["value"]])
    points = own.select(
        series=pl.lit(TOTAL), at="at", numerator="numerator", denominator="denominator"
    ).with_columns(own.select(value)["value"], words)
    unit = currency if area.is_money else area.unit
    note = tr("{figure} of {subject}").format(figure=tr(area.label), subject=subject or tr("all"))
    made_of = lines(points, span, unit=unit, note=note, labels={TOTAL: subject or tr("all")})
    bounds = [float(made.rule.threshold) * scale, float(made.rule.reset) * scale]
    marks = pl.DataFrame(
        [
            {"at": one.figure.at, "value": float(one.figure.value or 0) * scale, "kind": one.kind}
            for one in made.happened
            if one.subject == subject
        ],
        schema={"at": pl.Datetime("us", "UTC"), "value": pl.Float64, "kind": pl.String},
    )
    tables = {
        **made_of.tables,
        "bounds": {"value": bounds, "kind": ["threshold", "reset"]},
        "marks": columns(marks.select(moved(span), "value", "kind")),
    }
    spec = {**made_of.spec, "layer": [_bounds(), *map(_thin, made_of.spec["layer"]), _marks()]}
    return replace(made_of, spec=spec, tables=tables)


def _thin(layer: Json) -> Json:
    """The line thin enough for thousands of points."""
    if layer["data"]["name"] != "lines":
        return layer
    return {**layer, "encoding": {**layer["encoding"], "strokeWidth": {"value": 1.1}}}


def _bounds() -> Json:
    return {
        "data": {"name": "bounds"},
        "mark": {"type": "rule", "strokeWidth": 1.3, "opacity": 0.85},
        "encoding": {
            "y": {"field": "value", "type": "quantitative", "title": None},
            "color": {"condition": {"test": "datum.kind === 'threshold'", "value": _WRONG}, "value": _GOOD},
            "strokeDash": {
                "condition": {"test": "datum.kind === 'threshold'", "value": [1, 0]},
                "value": [5, 4],
            },
        },
    }


def _marks() -> Json:
    return {
        "data": {"name": "marks"},
        "transform": [{"filter": "datum.kind !== 'repeated'"}],
        "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1},
        "encoding": {
            "x": {"field": "t", "type": "temporal", "title": None, "scale": {"type": "utc", "nice": False}},
            "y": {"field": "value", "type": "quantitative", "title": None},
            "color": {"condition": {"test": "datum.kind === 'fired'", "value": _WRONG}, "value": _GOOD},
            "shape": {
                "condition": {"test": "datum.kind === 'fired'", "value": "triangle-down"},
                "value": "circle",
            },
        },
    }
