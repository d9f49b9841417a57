"""A drawing: a Vega-Lite document without rows, its rows by table and column, and what a graph says about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from tollbook.errors import TollbookError
from tollbook.language import tr
from tollbook.show.lineup import NOT_TOLD, OTHERS, TOTAL
from tollbook.show.span import MOST_MARKS, Span
from tollbook.show.words import around, axis_day, of

if TYPE_CHECKING:
    import altair as alt

Json = dict[str, Any]
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

UNLIKE: Final = 6
"""The first so many are least alike: fewer names use no others."""

_OF_NO_ONE: Final = {
    TOTAL: INK,
    OTHERS: "var(--jp-ui-font-color2, #616161)",
    NOT_TOLD: "#a8937a",
}

_DIGITS: Final = 7
"""Significant digits of a figure that is drawn; tables and downloads have all of them."""


@dataclass(frozen=True)
class Series:
    """One line of a graph: the name that stands in the address, what readers see, and its colour."""

    name: str
    label: str
    colour: str


@dataclass(frozen=True)
class Drawing:
    """What one graph draws.

    `spec` is Vega-Lite; rows lie in `tables`, by name and column, so that other rows need no other document.
    `points` (and `before`) are the rows as they were given, in full precision, for tables and downloads; `parts` is
    what their numerators and denominators are.
    `span` is null where the graph is not over time. `unit` is written behind figures; `label` is what a series
    is (Carrier), for tables.
    """

    spec: Json
    tables: Json
    legend: Sequence[Series]
    points: pl.DataFrame
    span: Span | None = None
    before: pl.DataFrame | None = None
    unit: str = ""
    label: str = ""
    parts: tuple[str, str] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is no figure in it."""
        return self.points["value"].is_null().all()

    def clock(self) -> Json:
        """How a place on the axis becomes an instant: the zone, its offset at the start, both ends, in ms."""
        if self.span is None:
            return {}
        start_ms, end_ms = (int(at.timestamp() * 1000) for at in (self.span.start, self.span.end))
        offset_ms = self.span.offset_s * 1000
        return {"zone": self.span.zone.key, "offset_ms": offset_ms, "start_ms": start_ms, "end_ms": end_ms}

    def chart(self) -> "alt.LayerChart":
        """The same as a chart of Altair, with a legend and a pointer of its own, to change or to show alone."""
        from tollbook.show.alone import chart  # noqa: PLC0415 - Altair takes a second: only for analysts

        return chart(self)


def drawing(
    spec: Json,
    tables: Mapping[str, pl.DataFrame],
    points: pl.DataFrame,
    before: pl.DataFrame | None = None,
    **parts: Any,  # noqa: ANN401 - the other fields of Drawing
) -> Drawing:
    """A drawing of these tables.

    Raises:
        TollbookError: more points, with those of the span before, than a chart may hold.
    """
    marks = points.height + (0 if before is None else before.height)
    if marks > MOST_MARKS:
        raise TollbookError(
            tr("{count} points are too many for one graph: ask for fewer lines or a shorter time").format(
                count=marks
            )
        )
    held = {name: columns(table) for name, table in tables.items()}
    return Drawing(spec=spec, tables=held, points=points, before=before, **parts)


def columns(table: pl.DataFrame) -> Json:
    """A table as JSON, by column."""
    return table.with_columns(pl.col(pl.Float64).round_sig_figs(_DIGITS)).to_dict(as_series=False)


def series_of(
    points: pl.DataFrame, labels: Mapping[str, str] | None, known: Sequence[str] = ()
) -> list[Series]:
    """The lines in the order in which they come, the total first and in the text's own colour.

    A name has a colour of its own, whoever else is drawn and however busy it is: see `_coloured`.
    """
    found = points["series"].unique(maintain_order=True).to_list()
    names = sorted(found, key=lambda name: name != TOTAL)
    said = labels or {}
    colours = _OF_NO_ONE | _coloured([name for name in names if name not in _OF_NO_ONE], known)
    return [Series(name, said.get(name, name), colours[name]) for name in names]


def _coloured(names: Sequence[str], known: Sequence[str]) -> dict[str, str]:
    """The colours of these names.

    A name takes the first that is free in an order of its own, which its letters say. Where all that are `known` can
    have one each, it is free of theirs too; else two that want the same differ only while both are drawn. So neither
    traffic nor filters change colours, and whoever joins the known changes few.
    """
    everyone = dict.fromkeys([*known, *names])
    taking = everyone if len(everyone) <= len(PALETTE) else dict.fromkeys(names)
    colours = PALETTE[:UNLIKE] if len(everyone) <= UNLIKE else PALETTE
    taken: dict[str, str] = {}
    for name in sorted(taking, key=lambda name: (name not in known, _mark(name))):
        own = sorted(colours, key=lambda colour: _mark(f"{name} {colour}"))
        taken[name] = next((colour for colour in own if colour not in taken.values()), own[0])
    return {name: taken[name] for name in names}


def _mark(text: str) -> bytes:
    return sha256(text.encode()).digest()


def moved(span: Span) -> pl.Expr:
    """The instant `at` as milliseconds, moved to the clock that the zone has at the span's start.

    Vega knows the browser's zone and UTC only: moved instants are drawn as UTC, and `clock_axis` sets labels
    right where the zone's clock changes on the way.
    """
    return (pl.col("at").dt.epoch("ms") + span.offset_s * 1000).alias("t")


def parts(points: pl.DataFrame) -> pl.Series:
    """`409 / 1,010` of each row that has a numerator and a denominator, else null."""
    if "denominator" not in points.columns:
        return pl.Series("parts", [None] * points.height, dtype=pl.String)
    pairs = zip(points["numerator"], points["denominator"], strict=True)
    return pl.Series("parts", [of(*pair).strip(" ()") or None for pair in pairs], dtype=pl.String)


def clock_axis(span: Span) -> Json:
    """The axis of time: hours, and the day at midnight."""
    shown = "datum.value"
    for at, seconds in span.shifts():
        shown = f"(datum.value >= {_moved(at, span)} ? datum.value + {seconds * 1000} : {shown})"
    label = f"timeOffset('milliseconds', {shown}, 0)"
    midnight = f"utchours({label}) === 0 && utcminutes({label}) === 0"
    expression = f"{midnight} ? utcFormat({label}, '{axis_day()}') : utcFormat({label}, '%H:%M')"
    return {
        "labelExpr": expression,
        "labelOverlap": True,
        "labelSeparation": 10,
        "labelFlush": True,
        "tickCount": 8,
    }


def figure_axis(unit: str, points: pl.DataFrame) -> Json:
    """The axis of figures in their unit; where all are whole, so are its ticks."""
    before, behind = around(unit)
    said = "datum.label"
    if before:  # the sign stands before all
        said = f"(datum.value < 0 ? '−' : '') + '{before}' + replace(datum.label, '−', '')"
    step = {"tickMinStep": 1} if not unit and (points["value"].drop_nulls() % 1 == 0).all() else {}
    return {"format": ",~f", "labelExpr": f"{said} + '{behind}'" if behind else said, **step}


def _moved(instant: datetime, span: Span) -> int:
    return int(instant.timestamp() + span.offset_s) * 1000
