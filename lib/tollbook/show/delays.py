"""Quantiles of post-dial delay over time, per line, from the histogram that adds up."""

import polars as pl

from tollbook.metrics.quantiles import quantile_of
from tollbook.show.figures import Figures, without_empty
from tollbook.show.lineup import TOTAL
from tollbook.show.words import NOTHING, number
from tollbook.tables import PDD

_COUNTS = ("attempts", "seizures")


def points(figures: Figures, share: float, by: str) -> pl.DataFrame:
    """Rows of at, series, value (s, null where no call has a PDD) and words.

    As everywhere it is of calls, and of seizures as soon as carriers are told apart or picked.
    """
    bins = figures.once(("pdd", by), lambda: figures.grouped(PDD, by, ("pdd_bin",), _COUNTS))
    picky = figures.asked.carriers is not None
    parts = [_line(bins.with_columns(series=pl.lit(TOTAL)), share, "seizures" if picky else "attempts")]
    if by != "total":
        parts.append(_line(bins, share, "seizures" if picky or by == "carrier" else "attempts"))
    lines = pl.DataFrame({"series": figures.lineup.series(by)})
    every = lines.join(figures.pieces(by).select("at"), how="cross")
    full = every.join(pl.concat(parts), on=["at", "series"], how="left", maintain_order="left")
    words = [NOTHING if value is None else f"{number(value, 2)} s" for value in full["pdd_ms"] / 1000]
    told = full.select("at", "series", value=pl.col("pdd_ms") / 1000, words=pl.Series(words, dtype=pl.String))
    return without_empty(told)


def _line(bins: pl.DataFrame, share: float, counted: str) -> pl.DataFrame:
    found = quantile_of(bins.lazy(), share, ["at", "series"], counted).collect()
    return found.select("at", "series", "pdd_ms")
