"""The stretch of time that a page shows, in the reader's zone, and how finely it is cut."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from tollbook.errors import UsageError
from tollbook.language import tr
from tollbook.periods import parse_instant, parse_zone
from tollbook.show.words import when
from tollbook.values import parse_back

MOST_MARKS: Final = 5000
"""What one chart may hold: beyond it browsers get slow, and no eye tells the points apart."""

MOST_PIECES: Final = 200
"""What one line may hold: finer is noise on the half of a screen."""

FEWEST_PIECES: Final = 24
"""With fewer there is no course over time to see."""

ENOUGH_CALLS: Final = 10
"""Calls that a piece of a line should have on average: ratios of fewer jump."""

DEFAULT: Final = timedelta(hours=24)
CUTS: Final = {"quarter": 900, "hour": 3600, "day": 86_400, "week": 7 * 86_400, "month": 30 * 86_400}
"""How a stretch can be cut, and the length of each piece in seconds, of a month about."""


@dataclass(frozen=True)
class Span:
    """A half-open stretch [start, end) of UTC instants, and the zone in which it is read."""

    start: datetime
    end: datetime
    zone: ZoneInfo

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return (self.end - self.start).total_seconds()

    @property
    def words(self) -> str:
        """`Sun 22 Nov 2026 13:00 to Mon 23 Nov 2026 13:00, Europe/Riga`."""
        ends = {"start": self.local(self.start), "end": self.local(self.end), "zone": self.zone.key}
        return tr("{start} to {end}, {zone}").format(**ends)

    def local(self, instant: datetime) -> str:
        """The instant on the clock of the zone."""
        return when(instant.astimezone(self.zone))

    @property
    def before(self) -> "Span":
        """As long a stretch, which ends where this one starts."""
        return Span(self.start - (self.end - self.start), self.start, self.zone)

    def cut(self, lines: int, calls: int) -> str:
        """How to cut the span for so many lines of so many calls: as finely as can be read and says something.

        Raises:
            UsageError: even months are too many.
        """
        pieces = {name: self.seconds / length_s for name, length_s in CUTS.items()}
        most = dict.fromkeys(("quarter", "hour"), MOST_PIECES)
        room = (MOST_MARKS - 2) / lines - 1  # a line ends with one more point, and the axis has two ends
        fit = [name for name in CUTS if pieces[name] <= min(most.get(name, room), room)]
        if not fit:
            raise UsageError(
                tr("{span}: too long for one graph, ask for at most {count} years").format(
                    span=self.words, count=MOST_MARKS // lines // 12
                )
            )
        courses = [name for name in fit if pieces[name] >= FEWEST_PIECES] or fit[:1]
        return next((name for name in courses if calls / pieces[name] / lines >= ENOUGH_CALLS), courses[-1])

    def shifts(self) -> list[tuple[datetime, int]]:
        """When the zone's clock changes within the span, and by how many seconds from its start on."""
        first = self._offset_s(self.start)
        hours = (self.start + timedelta(hours=h) for h in range(1, int(self.seconds // 3600) + 1))
        found: list[tuple[datetime, int]] = []
        now = first
        for hour in hours:
            if (offset := self._offset_s(hour)) != now:
                found.append((hour, offset - first))
                now = offset
        return found

    def _offset_s(self, instant: datetime) -> int:
        offset = instant.astimezone(self.zone).utcoffset()
        return int(offset.total_seconds()) if offset else 0

    @property
    def offset_s(self) -> int:
        """Seconds that the zone's clock is ahead of UTC at the start."""
        return self._offset_s(self.start)


def span(start: str, end: str, zone: str, latest: datetime | None) -> Span:
    """What the texts of a notebook's parameters mean; `latest` is the end of the data.

    `start` is an instant, or how long before the end (`-24h`, `-7d`), or empty for 24 hours; an empty `end`
    is the end of the data. Instants that name no zone are of `zone`.

    Raises:
        UsageError: a text that is none of these, or an end that is not after its start.
    """
    clock = parse_zone(zone)
    until = (
        parse_instant(end, clock)
        if end
        else (latest or datetime.now(UTC).replace(minute=0, second=0, microsecond=0))
    )
    back = parse_back(start) if start else DEFAULT
    since = until - back if back else parse_instant(start, clock)
    if since >= until:
        ends = {"start": start or "-24h", "end": end or until.isoformat()}
        raise UsageError(tr("start {start} is not before end {end}").format(**ends))
    return Span(since, until, clock)
