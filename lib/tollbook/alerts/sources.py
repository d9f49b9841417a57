"""Where the figures of alerts come from, and until when there are any: rollups and balances, never calls."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl
from sqlalchemy.orm import Session

from tollbook.account.alerts.areas import QUARTER_MIN
from tollbook.account.alerts.models import Alert
from tollbook.lake.store import Lake
from tollbook.tables import INSTANT, TRAFFIC

QUARTER = timedelta(minutes=QUARTER_MIN)
_BY_THE_CLOCK = frozenset({"balance", "completeness"})
"""Areas in which time that brings no records counts too."""


@dataclass(frozen=True)
class Sources:
    """The tables of a workspace and its database, read in one transaction; `updated_at` is the last refresh."""

    lake: Lake
    session: Session
    updated_at: datetime
    newest: datetime | None
    """End of the newest quarter of an hour that has traffic."""

    def end(self, area: str) -> datetime | None:
        """Until when an area is judged: the end of the newest whole quarter of an hour with traffic; null without any.

        A balance, and records that may not have come, are judged as of the refresh.
        """
        if area == "balance":
            return self.updated_at
        whole = floored(self.updated_at)
        if area in _BY_THE_CLOCK:
            return whole
        return None if self.newest is None else min(whole, self.newest)


def sources(lake: Lake, session: Session) -> Sources | None:
    """What there is since the last refresh; null before the first."""
    updated_at = lake.updated_at
    if updated_at is None:
        return None
    days = lake.days(TRAFFIC)
    rows = lake.scan(TRAFFIC).filter(pl.col("day") == days[-1]) if days else lake.scan(TRAFFIC)
    newest = rows.select(pl.col("quarter_at").max()).collect().item()
    return Sources(lake, session, updated_at, newest + QUARTER if newest else None)


def floored(instant: datetime) -> datetime:
    """The quarter of an hour in which an instant lies."""
    return instant.replace(minute=instant.minute // QUARTER_MIN * QUARTER_MIN, second=0, microsecond=0)


def quarters(first: datetime, last: datetime) -> pl.Series:
    """Each quarter of an hour from the first until and with the last."""
    made = pl.datetime_range(first, last, QUARTER, closed="both", time_unit="us", eager=True)
    return made.cast(INSTANT).alias("at")


def sample_of(rule: Alert) -> timedelta:
    """The sample period of a rule."""
    return timedelta(minutes=rule.sample_min)
