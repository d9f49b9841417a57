"""Whether a rule fires: once when its figure goes beyond the threshold, and again only after it was back at the reset.

One function judges a refresh and replays days gone by, so that both say the same of the same figures.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import polars as pl

from tollbook.account.alerts.areas import AREAS
from tollbook.account.alerts.models import Alert, AlertState
from tollbook.account.alerts.telling import Figure
from tollbook.money import SCALE, round_to

Subject = str


@dataclass(frozen=True)
class Standing:
    """How a rule stands for a subject: since when it is raised, and when that was told last."""

    status: str = "ok"
    raised_at: datetime | None = None
    told_at: datetime | None = None

    @classmethod
    def of(cls, state: AlertState) -> "Standing":
        """As it was kept."""
        return cls(state.status, state.raised_at, state.told_at)


@dataclass(frozen=True)
class Happening:
    """Something that a rule does: `fired`, `repeated` or `reset`, and at which figure."""

    subject: Subject
    kind: str
    figure: Figure


@dataclass(frozen=True)
class Judged:
    """One figure judged: how the rule stands from then on, and what it does, if anything."""

    subject: Subject
    standing: Standing
    figure: Figure
    kind: str | None

    @property
    def happening(self) -> Happening | None:
        """What the rule does."""
        return Happening(self.subject, self.kind, self.figure) if self.kind else None


def judged(rule: Alert, figures: pl.DataFrame, before: Mapping[Subject, Standing]) -> Iterator[Judged]:
    """Each figure of `figures.course`, in order of time, judged from how the rule stood `before`."""
    standings = dict(before)
    for row in _compared(rule, figures).iter_rows(named=True):
        old = standings.get(row["subject"], Standing())
        new, kind = _next(rule, old, row)
        standings[row["subject"]] = new
        yield Judged(row["subject"], new, _figure(rule, row), kind)


def _compared(rule: Alert, figures: pl.DataFrame) -> pl.DataFrame:
    """With `beyond` the threshold, `back` at the reset, and whether there are `enough` calls; null where no figure is."""
    value = pl.col("value")
    threshold, reset = (_literal(rule, figure) for figure in (rule.threshold, rule.reset))
    beyond, back = {
        "below": (value < threshold, value >= reset),
        "at_most": (value <= threshold, value > reset),
        "above": (value > threshold, value <= reset),
        "at_least": (value >= threshold, value < reset),
    }[rule.operator]
    enough = pl.col("calls").is_null() | (pl.col("calls") >= rule.min_calls)
    return figures.with_columns(beyond=beyond, back=back, enough=enough)


def _literal(rule: Alert, figure: Decimal) -> pl.Expr:
    if AREAS[rule.area].is_money:
        return pl.lit(figure, pl.Decimal(38, SCALE))
    return pl.lit(float(figure), pl.Float64)


def _next(rule: Alert, old: Standing, row: Mapping[str, Any]) -> tuple[Standing, str | None]:
    """How the rule stands after this figure, and what it does. Of too few calls or none it says nothing, and stays."""
    if row["value"] is None:
        return replace(old, status="no_data"), None
    if not row["enough"]:
        return replace(old, status="few_calls"), None
    at: datetime = row["at"]
    if old.raised_at is None:
        return (Standing("raised", at, at), "fired") if row["beyond"] else (Standing(), None)
    if row["back"]:
        return Standing(), "reset"
    again = rule.repeat_min is not None and (at - (old.told_at or old.raised_at)) >= timedelta(
        minutes=rule.repeat_min
    )
    if again:
        return Standing("raised", old.raised_at, at), "repeated"
    return replace(old, status="raised"), None


def _figure(rule: Alert, row: Mapping[str, Any]) -> Figure:
    exact = {name: _exact(rule, row[name]) for name in _PARTS}
    return Figure(at=row["at"], calls=row["calls"], **exact)


_PARTS: Final = ("value", "numerator", "denominator")


def _exact(rule: Alert, figure: Decimal | float | None) -> Decimal | None:
    """As it is kept: amounts as they are, others with nine decimals."""
    if figure is None or AREAS[rule.area].is_money:
        return None if figure is None else Decimal(figure)
    return round_to(Decimal(str(figure)), SCALE).normalize() + 0
