"""The last days replayed: when a rule would have fired, had every quarter of an hour been judged as it ended."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import polars as pl
from sqlalchemy.orm import Session

from tollbook.account.alerts.areas import AREAS
from tollbook.account.alerts.models import Alert
from tollbook.alerts.figures import course
from tollbook.alerts.judge import Happening, judged
from tollbook.alerts.sources import QUARTER, floored, quarters, sources
from tollbook.errors import UsageError
from tollbook.lake.store import Lake
from tollbook.tables import INSTANT

DAYS: Final = 30
MOST_DAYS: Final = 366


@dataclass(frozen=True)
class Replayed:
    """What a rule would have done: its figures at each quarter of an hour, and what it did at which."""

    rule: Alert
    start: datetime | None
    end: datetime | None
    figures: pl.DataFrame
    happened: tuple[Happening, ...]
    statuses: Counter[str]

    def count(self, kind: str, subject: str | None = None) -> int:
        """How often it did that, for one subject or for all."""
        return sum(one.kind == kind and subject in {None, one.subject} for one in self.happened)

    @property
    def loudest(self) -> str:
        """The subject for which it fired most often; else the first there is."""
        fired = Counter(one.subject for one in self.happened if one.kind == "fired")
        return fired.most_common(1)[0][0] if fired else next(iter(self.figures["subject"]), "")

    def told(self) -> dict[str, Any]:
        """It as JSON has it."""
        tell = AREAS[self.rule.area].told
        return {
            "alert": self.rule.id,
            "start": self.start,
            "end": self.end,
            "judged": sum(self.statuses.values()),
            "fired": self.count("fired"),
            "repeated": self.count("repeated"),
            "reset": self.count("reset"),
            "few_calls": self.statuses["few_calls"],
            "no_data": self.statuses["no_data"],
            "events": [
                {
                    "kind": one.kind,
                    "subject": one.subject,
                    "at": one.figure.at,
                    **{n: tell(getattr(one.figure, n)) for n in ("value", "numerator", "denominator")},
                    "calls": one.figure.calls,
                }
                for one in self.happened
            ],
        }


def replayed(lake: Lake, session: Session, rule: Alert, days: int = DAYS) -> Replayed:
    """What a rule, entered or only thought of, would have done in the last days; as if nothing was raised before them.

    Raises:
        UsageError: so many days cannot be.
        TollbookError: the tables or the database cannot be read.
    """
    if not 1 <= days <= MOST_DAYS:
        raise UsageError(f"days {days}: write 1 to {MOST_DAYS}")
    found = sources(lake, session)
    end = found.end(rule.area) if found else None
    if found is None or end is None:
        empty = pl.DataFrame(schema={"subject": pl.String, "at": INSTANT, "value": pl.Float64})
        return Replayed(rule, None, None, empty, (), Counter())
    last = floored(end)
    start = last - timedelta(days=days)
    figures = course(found, rule, quarters(start + QUARTER, last))
    all_of_it = list(judged(rule, figures, {}))
    happened = tuple(one.happening for one in all_of_it if one.happening)
    return Replayed(rule, start, last, figures, happened, Counter(one.standing.status for one in all_of_it))
