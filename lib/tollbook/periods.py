"""Instants, zones and half-open periods. Everything stored is UTC; a zone is only ever named."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Final, Literal
from zoneinfo import ZoneInfo, available_timezones

from tollbook.errors import UsageError
from tollbook.language import suggested, tr

View = Literal["live", "daily", "weekly", "monthly"]
VIEWS: Final[tuple[View, ...]] = ("live", "daily", "weekly", "monthly")


@dataclass(frozen=True, order=True)
class Period:
    """A half-open span [start, end) in UTC and the name people give it."""

    start: datetime
    end: datetime
    name: str

    @property
    def view(self) -> View:
        """Which Summary view has this period as a row."""
        return "weekly" if "W" in self.name else "daily" if len(self.name) == len("2026-10-05") else "monthly"


def parse_period(name: str) -> Period:
    """A day `2026-10-05`, an ISO week `2026-W41` or a month `2026-10` as its UTC span.

    Raises:
        UsageError: the text is none of the three.
    """
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", name):
            start = datetime.fromisoformat(name).replace(tzinfo=UTC)
            return Period(start, start + timedelta(days=1), name)
        if re.fullmatch(r"\d{4}-W\d{2}", name):
            start = datetime.combine(date.fromisoformat(f"{name}-1"), datetime.min.time(), UTC)
            return Period(start, start + timedelta(days=7), name)
        if re.fullmatch(r"\d{4}-\d{2}", name):
            start = datetime.fromisoformat(f"{name}-01").replace(tzinfo=UTC)
            return Period(start, (start + timedelta(days=32)).replace(day=1), name)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"period '{name}': {error}") from None
    raise UsageError(f"period '{name}': write a day 2026-10-05, a week 2026-W41 or a month 2026-10")


def period_at(view: View, at: datetime) -> Period:
    """The UTC day, ISO week or month that holds an instant.

    Raises:
        UsageError: the live view, which has no such periods.
    """
    day = at.astimezone(UTC).date()
    if view == "daily":
        return parse_period(day.isoformat())
    if view == "weekly":
        year, week, _ = day.isocalendar()
        return parse_period(f"{year:04}-W{week:02}")
    if view == "monthly":
        return parse_period(f"{day:%Y-%m}")
    raise UsageError(f"the {view} view has no periods: write daily, weekly or monthly")


def parse_instant(text: str, zone: ZoneInfo | None = None) -> datetime:
    """An ISO 8601 date or instant, in `zone` (default UTC) where it names none, as UTC.

    Raises:
        UsageError: the text is no ISO date or instant.
    """
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        words = tr("'{text}' is no date or time: write 2026-10-05 or 2026-10-05T13:00Z")
        raise UsageError(words.format(text=text)) from None
    try:
        return (instant if instant.tzinfo else instant.replace(tzinfo=zone or UTC)).astimezone(UTC)
    except OverflowError:
        words = tr("'{text}' is beyond the years that can be told")
        raise UsageError(words.format(text=text)) from None


@cache
def zone_names() -> frozenset[str]:
    """All zones there are; reads some folders, once."""
    return frozenset(available_timezones())


def parse_zone(name: str) -> ZoneInfo:
    """The IANA zone of that name.

    Raises:
        UsageError: there is no such zone.
    """
    zones = zone_names()
    if name not in zones:
        words = tr("unknown zone '{name}'").format(name=name)
        raise UsageError(f"{words}{suggested(name, zones)}")
    return ZoneInfo(name)


def iso_z(instant: datetime) -> str:
    """ISO 8601 in UTC with `Z`, with fractions only where there are any."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
