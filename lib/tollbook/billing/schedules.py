"""How often each customer is invoiced, and the ledger of what is due by that: each customer's period once."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from tollbook.account import scheduled
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.ledger import SCHEDULE_VIEWS, Due, Schedule
from tollbook.account.models import Customer
from tollbook.errors import UsageError, did_you_mean
from tollbook.periods import Period, View, parse_period, period_at

LEASE: Final = timedelta(minutes=30)
"""How long a run may be at one period before another may take it over: its invoice is made once all the same."""
RETRY: Final = timedelta(minutes=15)
"""After how long the clock tries again what failed; twice as long each time, up to six hours."""
_MOST: Final = timedelta(hours=6)


@dataclass(frozen=True)
class Claimed:
    """A period that this run has taken upon itself."""

    id: int
    customer: str
    period: Period
    settle_hours: int
    attempts: int


def set_schedule(
    session: Session, by: Actor, customer: str, view: str, since: datetime, settle_hours: int | None
) -> dict[str, Any]:
    """Invoice a customer by itself from the period that holds `since`.

    Raises:
        UsageError: no such customer or view.
    """
    if session.get(Customer, customer) is None:
        known = session.scalars(select(Customer.id)).all()
        raise UsageError(f"no customer '{customer}'{did_you_mean(customer, known)}")
    if view not in SCHEDULE_VIEWS:
        raise UsageError(
            f"'{view}' is none of {', '.join(SCHEDULE_VIEWS)}{did_you_mean(view, SCHEDULE_VIEWS)}"
        )
    return {"customer": customer, **scheduled.put(session, by, customer, view, since, settle_hours)}


def remove(session: Session, by: Actor, customer: str) -> None:
    """Invoice a customer no longer by itself; what is due already stays so.

    Raises:
        UsageError: it has no schedule.
    """
    if not scheduled.drop(session, by, customer):
        raise UsageError(f"'{customer}' has no schedule")


def listing(session: Session, at: datetime, settle_hours: int) -> list[dict[str, Any]]:
    """Each schedule, the period that is due next and when, and how many wait or have failed."""
    rows = []
    for row in session.scalars(select(Schedule).order_by(Schedule.customer_id)):
        hours = settle_hours if row.settle_hours is None else row.settle_hours
        following = next(period for period in _periods(row) if period.end + timedelta(hours=hours) > at)
        states = session.scalars(select(Due.state).where(Due.customer_id == row.customer_id)).all()
        missing = sum(1 for period in _due(row, at, hours)) - len(states)
        rows.append(
            {
                "customer": row.customer_id,
                "view": row.view,
                "since": row.since,
                "settle_hours": hours,
                "next_period": following.name,
                "next_at": following.end + timedelta(hours=hours),
                "waiting": states.count("due") + max(missing, 0),
                "failed": states.count("failed"),
                "made": states.count("made"),
            }
        )
    return rows


def _periods(row: Schedule) -> Iterator[Period]:
    view: View = row.view  # type: ignore[assignment]  # the database holds no other
    period = period_at(view, row.since)
    while True:
        yield period
        period = period_at(view, period.end)


def _due(row: Schedule, at: datetime, settle_hours: int) -> Iterator[Period]:
    for period in _periods(row):
        if period.end + timedelta(hours=settle_hours) > at:
            return
        yield period


def fill(db: Database, at: datetime, settle_hours: int) -> int:
    """Enter every period that has become due by `at` and is not in the ledger; returns how many were new.

    However many processes do it at once and however long none did, each period is there once.
    """
    with db.reading() as session:
        rows = session.scalars(select(Schedule).order_by(Schedule.customer_id)).all()
        behind = [row.customer_id for row in rows if _missing(session, row, at, settle_hours)]
    added = 0
    for customer in behind:
        with db.session() as session:
            schedule = session.get(Schedule, customer, with_for_update=True)  # one process at a time
            new = _missing(session, schedule, at, settle_hours) if schedule else []
            session.add_all(new)
            added += len(new)
    return added


def _missing(session: Session, row: Schedule, at: datetime, settle_hours: int) -> list[Due]:
    known = set(session.scalars(select(Due.period_name).where(Due.customer_id == row.customer_id)))
    hours = settle_hours if row.settle_hours is None else row.settle_hours
    return [
        Due(
            customer_id=row.customer_id,
            period_name=period.name,
            period_end=period.end,
            settles_at=period.end + timedelta(hours=hours),
            changed_at=at,
        )
        for period in _due(row, at, hours)
        if period.name not in known
    ]


def at_rest(db: Database, state: str) -> list[tuple[str, Period]]:
    """Customers and periods of which nothing was made: they had `nothing` to charge, or were `skipped`."""
    with db.reading() as session:
        rows = session.execute(select(Due.customer_id, Due.period_name).where(Due.state == state))
        return [(customer, parse_period(name)) for customer, name in rows]


def reopen(db: Database, customer: str, period: Period, at: datetime) -> None:
    """Make due again of which nothing was made."""
    mine = (
        Due.customer_id == customer,
        Due.period_name == period.name,
        Due.state.in_(["nothing", "skipped"]),
    )
    with db.session() as session:
        session.execute(update(Due).where(*mine).values(state="due", why="", changed_at=at))


def waiting(at: datetime, *, patient: bool) -> list[Any]:
    """The conditions of what is to be made now and no run is at; a patient one lets what failed rest for a while.

    A lease or a rest that ends later than any can was given by a clock that went wrong, and counts for nothing.
    """
    free = or_(Due.claimed_until.is_(None), Due.claimed_until <= at, Due.claimed_until > at + LEASE)
    rested = or_(Due.retry_at.is_(None), Due.retry_at <= at, Due.retry_at > at + _MOST)
    failed = and_(Due.state == "failed", rested) if patient else Due.state == "failed"
    return [Due.settles_at <= at, free, or_(Due.state == "due", failed)]


def count(db: Database, at: datetime, *, patient: bool) -> int:
    """How many periods are to be made now."""
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(Due).where(*waiting(at, patient=patient))) or 0


def claim(db: Database, by: str, at: datetime, tried: Collection[int], *, patient: bool) -> Claimed | None:
    """Take the next period upon oneself, the oldest first, but none of those tried; None if there is none."""
    chosen = select(Due).where(*waiting(at, patient=patient), Due.id.not_in(tried))
    order = chosen.order_by(Due.period_end, Due.customer_id, Due.id).limit(1)
    with db.session() as session:
        row = session.scalars(order.with_for_update(skip_locked=True)).one_or_none()
        if row is None:
            return None
        row.claimed_by, row.claimed_until, row.attempts = by, at + LEASE, row.attempts + 1
        hours = (row.settles_at - row.period_end) // timedelta(hours=1)
        return Claimed(row.id, row.customer_id, parse_period(row.period_name), hours, row.attempts)


def finish(
    db: Database, claimed: Claimed, state: str, at: datetime, *, number: str | None = None, why: str = ""
) -> None:
    """Note what became of it. What failed is tried again later."""
    pause = min(RETRY * 2 ** min(claimed.attempts - 1, 10), _MOST)
    with db.session() as session:
        row = session.get_one(Due, claimed.id)
        row.state, row.number, row.why, row.changed_at = state, number, why, at
        row.claimed_by = row.claimed_until = None
        row.retry_at = at + pause if state == "failed" else None
