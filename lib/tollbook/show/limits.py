"""Channels against what was agreed: who had more calls in progress at a minute's start than its limit."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from tollbook.account.database import Database
from tollbook.account.fields import Kind
from tollbook.account.models import Carrier, Customer
from tollbook.account.parties import listing
from tollbook.channels import step_min
from tollbook.language import tr, trn
from tollbook.show.figures import MOST_STEPS, Figures
from tollbook.show.reading import Asked, Reading
from tollbook.show.span import MOST_MARKS
from tollbook.show.words import number

Limits = Mapping[str, Mapping[str, int]]
MOST_LINES: Final = 6
"""Of those who came nearest to their limit."""
_TABLES: Final = 4
"""A graph of limits draws lines, limits, what is above them, and points that stand alone."""


def limits_of(lake: Reading) -> Limits:
    """The channels that were agreed, by `customer` or `carrier` and id; none of those who have no limit.

    A reader who is confined to a customer has that one's: what was agreed with carriers is not theirs to know.

    Raises:
        TollbookError: the database cannot be read.
    """
    database, whose = Database.of(lake.workspace), lake.scope.customers
    kinds: dict[str, Kind] = {"customer": Customer, "carrier": Carrier}
    with database.reading() as session:
        rows = {name: listing(session, kind) for name, kind in kinds.items()}
    database.close()
    limits = {
        name: {row["id"]: row["channels"] for row in each if row["channels"] is not None}
        for name, each in rows.items()
    }
    if whose is None:
        return limits
    return {"customer": {name: limits["customer"][name] for name in whose if name in limits["customer"]}}


def breaches(figures: Figures, limits: Limits, by: str) -> pl.DataFrame:
    """Who was above its limit, the longest first: series, value (minutes above it), most, limit, words."""
    found = _minutes(figures, limits, by)
    above = found.group_by("series").agg(
        value=(pl.col("channels") > pl.col("limit")).sum().cast(pl.Int64),
        most=pl.col("channels").max(),
        limit=pl.col("limit").first(),
    )
    worst = above.filter(pl.col("value") > 0).sort(-pl.col("value"), "series")
    words = [_breach(*row) for row in worst.select("value", "most", "limit").iter_rows()]
    return worst.with_columns(words=pl.Series(words, dtype=pl.String))


def _breach(minutes: int, most: int, limit: int) -> str:
    told = trn(
        "{count} min above {limit}, at most {most}", "{count} min above {limit}, at most {most}", minutes
    )
    return told.format(count=number(minutes), limit=number(limit), most=number(most))


def against(figures: Figures, limits: Limits, by: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Channels of those nearest to their limits over time, as graphs take them, and the limits."""
    step = step_min(
        figures.span.start, figures.span.end, min(MOST_STEPS, MOST_MARKS // MOST_LINES // _TABLES)
    )
    minutes = _minutes(figures, limits, by)
    past = (pl.col("at") - figures.span.start).dt.total_minutes() % step
    steps = minutes.group_by("series", at=pl.col("at") - pl.duration(minutes=past), limit="limit").agg(
        pl.col("channels").max()
    )
    near = steps.group_by("series").agg(share=(pl.col("channels") / pl.col("limit")).max())
    names = near.sort(-pl.col("share"), "series").head(MOST_LINES)["series"]
    chosen = steps.filter(pl.col("series").is_in(names.to_list())).sort("series", "at")
    said = tr("{count} of {limit}")
    words = [
        said.format(count=number(n), limit=number(m))
        for n, m in chosen.select("channels", "limit").iter_rows()
    ]
    value = pl.col("channels").cast(pl.Float64)
    points = chosen.select("at", "series", value=value, words=pl.Series(words, dtype=pl.String))
    return points, chosen.select("at", "series", value=pl.col("limit").cast(pl.Float64))


def _minutes(figures: Figures, limits: Limits, by: str) -> pl.DataFrame:
    """Calls in progress at each minute's start of those with a limit: at, series, channels, limit.

    A limit is of all calls of its customer or carrier: other filters do not count.
    """
    asked = figures.asked.customers if by == "customer" else figures.asked.carriers
    known = {name: limit for name, limit in limits[by].items() if asked is None or name in asked}

    def collected() -> pl.DataFrame:
        own = Asked(**{f"{by}s": list(known)})
        return figures.of(own).in_progress((by,), step=1).rename({by: "series"})

    found = figures.once(("limits", by), collected)
    agreed = pl.DataFrame(list(known.items()), schema={"series": pl.String, "limit": pl.Int64}, orient="row")
    return found.join(agreed, on="series", maintain_order="left")
