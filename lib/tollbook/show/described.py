"""A drawing in words, for those who do not see it: what it is of, which lines it has, and how its first one goes."""

import polars as pl

from tollbook.language import tr
from tollbook.show.drawing import Drawing
from tollbook.show.lineup import NOT_TOLD
from tollbook.show.words import number


def described(title: str, drawing: Drawing) -> str:
    """`ASR, Mon 5 Oct 2026 00:00 to ..., UTC. Lines: Total, north. Total: from 35 % to 53 %, last 41 %.`"""
    parts = [f"{title}, {drawing.span.words}." if drawing.span else f"{title}."]
    if len(drawing.legend) > 1:
        names = ", ".join(series.label for series in drawing.legend)
        parts.append(tr("Lines: {names}.").format(names=names))
    told = _in_words(drawing.points.filter(pl.col("value").is_not_null()))
    if drawing.legend:
        first = drawing.legend[0]
        told = told.filter(pl.col("series") == first.name)
        parts.extend([_course(first.label, told)] if told.height else [])
    elif told.height:
        parts.append(_most(told))
    return " ".join(parts)


def _in_words(points: pl.DataFrame) -> pl.DataFrame:
    """Counts are drawn without words of their own."""
    if "words" in points.columns:
        return points
    return points.with_columns(words=pl.Series([number(value) for value in points["value"]], dtype=pl.String))


def _course(name: str, told: pl.DataFrame) -> str:
    by_value = told.sort("value", maintain_order=True)["words"]
    words = tr("{name}: from {low} to {high}, last {last}.")
    return words.format(name=name, low=by_value[0], high=by_value[-1], last=told.sort("at")["words"][-1])


def _most(told: pl.DataFrame) -> str:
    row = told.sort("value", maintain_order=True, descending=True).row(0, named=True)
    name = tr("not told") if row["series"] == NOT_TOLD else row["series"]
    return tr("The most: {name}, {value}.").format(name=name, value=row["words"])
