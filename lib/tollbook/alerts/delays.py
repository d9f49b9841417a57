"""The 95th percentile of post-dial delay over a sliding period: histograms add up, so a period's is a difference of two."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import polars as pl

from tollbook.account.alerts.areas import QUARTER_MIN
from tollbook.account.alerts.models import Alert
from tollbook.alerts.sliding import only, subjects
from tollbook.alerts.sources import QUARTER, Sources, sample_of
from tollbook.metrics.groups import picked
from tollbook.metrics.quantiles import middle
from tollbook.tables import INSTANT, PDD, Dtype

SHARE: Final = 0.95
"""Of the calls that have a PDD: so many have at most the figure."""
_SCHEMA: Final[Mapping[str, Dtype]] = {
    "subject": pl.String,
    "at": INSTANT,
    "pdd_bin": pl.Int64,
    "calls": pl.Int64,
}


def delays(sources: Sources, rule: Alert, ends: pl.Series) -> pl.DataFrame:
    """The figures of a rule over `pdd_p95` at each of `ends`; see `figures.course`."""
    of_carriers = rule.by == "carrier" or rule.carrier
    counted = "seizures" if of_carriers else "attempts"
    start = ends[0] - sample_of(rule)
    rows = picked(sources.lake, PDD, start, ends[-1], **only(rule))
    minutes = (pl.col("quarter_at") - pl.lit(start)).dt.total_minutes()
    place = (minutes // QUARTER_MIN).alias("place")
    bins = (
        subjects(rows, rule)
        .filter(pl.col(counted) > 0)
        .group_by("subject", place, "pdd_bin")
        .agg(calls=pl.col(counted).sum())
        .collect()
    )
    width = sample_of(rule) // QUARTER
    own = bins.group_by("subject") if rule.by else [(("",), bins)]
    found = [_percentiles(str(name), counted_of, ends, width) for (name,), counted_of in own]
    every = pl.concat([pl.DataFrame(schema=_SCHEMA), *found])
    nothing = pl.lit(None, pl.Float64)
    return every.select(
        *("subject", "at"),
        value=pl.when(pl.col("calls") > 0).then(middle(pl.col("pdd_bin"))),
        numerator=nothing,
        denominator=nothing,
        calls=pl.col("calls"),
    )


def _percentiles(subject: str, bins: pl.DataFrame, ends: pl.Series, width: int) -> pl.DataFrame:
    """The bin in which the percentile of each period lies."""
    counts = np.zeros((len(ends) - 1 + width, int(bins["pdd_bin"].max() or 0) + 1), dtype=np.int64)  # type: ignore[arg-type]
    counts[bins["place"].to_numpy(), bins["pdd_bin"].to_numpy()] = bins["calls"].to_numpy()
    until = np.vstack([np.zeros_like(counts[:1]), counts.cumsum(axis=0)])
    reached = (until[width:] - until[:-width]).cumsum(axis=1)
    calls = reached[:, -1]
    found = (reached >= (calls * SHARE)[:, None]).argmax(axis=1)
    return pl.DataFrame(
        {"subject": [subject] * len(ends), "at": ends, "pdd_bin": found, "calls": calls}, schema=_SCHEMA
    )
