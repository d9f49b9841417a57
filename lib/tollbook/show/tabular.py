"""A graph's figures as a table: what readers see instead of the drawing, and what they save."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import polars as pl

from tollbook.language import tr
from tollbook.money import plain
from tollbook.show.drawing import Drawing
from tollbook.show.words import NOTHING

_RISKY: Final = ("=", "+", "-", "@", "\t", "\r")
Row = list[Any]


def table_of(drawing: Drawing, title: str) -> dict[str, Any]:
    """`columns` with a label and whether figures stand in it, and `rows` as readers read them."""
    rows = [[_read(cell) for cell in row] for row in _rows(_joined(drawing), drawing, "words")]
    return {"columns": list(_heads(drawing, title)), "rows": rows}


def texts_of(drawing: Drawing, title: str) -> dict[str, str]:
    """All of it as `csv` and, to be pasted, `tsv`.

    Both have figures in full precision, the zone of its times in the header, and no cell that a spreadsheet
    would execute.
    """
    cells = [[_safe(cell) for cell in row] for row in _rows(_joined(drawing), drawing, "exact")]
    whole = [[_safe(head["label"]) for head in _heads(drawing, title)], *cells]
    return {"csv": _text(whole, ","), "tsv": _text(whole, "\t")}


def _text(rows: Sequence[Row], separator: str) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _heads(drawing: Drawing, title: str) -> Iterator[dict[str, Any]]:
    unit = f" ({drawing.unit})" if drawing.unit and drawing.unit not in title else ""
    if drawing.span is not None:
        time = tr("Time")
        yield {"label": f"{time} ({drawing.span.zone.key})", "figure": False}
    yield {"label": drawing.label or tr("Line"), "figure": False}
    yield {"label": f"{title}{unit}", "figure": True}
    if _has_parts(drawing):
        for part in drawing.parts or (tr("Numerator"), tr("Denominator")):
            yield {"label": part, "figure": True}
    if drawing.before is not None:
        before = tr("before")
        yield {"label": f"{title}, {before}{unit}", "figure": True}


def _has_parts(drawing: Drawing) -> bool:
    points = drawing.points
    return "denominator" in points.columns and not points["denominator"].is_null().all()


def _joined(drawing: Drawing) -> pl.DataFrame:
    points = _exact(drawing.points)
    if drawing.before is None:
        return points
    keys = ["at", "series"] if drawing.span is not None else ["series"]
    before = _exact(drawing.before).select(*keys, before_words="words", before_exact="exact")
    return points.join(before, on=keys, how="left", maintain_order="left")


def _exact(points: pl.DataFrame) -> pl.DataFrame:
    return points if "exact" in points.columns else points.with_columns(exact="value")


def _rows(points: pl.DataFrame, drawing: Drawing, figure: str) -> Iterator[Row]:
    labels = {series.name: series.label for series in drawing.legend}
    names = ["series", figure]
    names = ["at", *names] if drawing.span is not None else names
    names += ["numerator", "denominator"] if _has_parts(drawing) else []
    names += [f"before_{figure}"] if drawing.before is not None else []
    if drawing.span is not None:
        points = points.with_columns(pl.col("at").dt.convert_time_zone(drawing.span.zone.key))
    for row in points.select(names).iter_rows(named=True):
        yield list({**row, "series": labels.get(row["series"], row["series"])}.values())


def _read(cell: object) -> str:
    if cell is None:
        return NOTHING
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return plain(cell) if isinstance(cell, Decimal) else str(cell)


def _safe(cell: object) -> object:
    if isinstance(cell, Decimal):
        return plain(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="minutes")  # with its offset: an hour comes twice when clocks go back
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_RISKY) else cell
