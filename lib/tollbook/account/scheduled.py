"""How often a customer is invoiced by itself: the row of it, and the audit of its changes."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tollbook.account.audit import Actor, record
from tollbook.account.ledger import Schedule
from tollbook.account.models import now


def put(
    session: Session, by: Actor, customer: str, view: str, since: datetime, settle_hours: int | None
) -> dict[str, Any]:
    """Invoice a customer by itself from the period that holds `since`. Returns what is so then."""
    row = session.get(Schedule, customer)
    before = None if row is None else _told(row)
    row = row or Schedule(customer_id=customer)
    row.view, row.since, row.settle_hours = view, since, settle_hours
    session.add(row)
    session.flush()
    after = _told(row)
    if before != after:
        record(session, by, "change" if before else "add", f"schedule {customer}", before=before, after=after)
    return after


def put_view(session: Session, by: Actor, customer: str, view: str) -> None:
    """Invoice a customer so often; a new schedule begins with the present period, an empty `view` ends one."""
    row = session.get(Schedule, customer)
    if not view:
        drop(session, by, customer)
    elif row is None:
        put(session, by, customer, view, now(), None)
    elif row.view != view:
        put(session, by, customer, view, row.since, row.settle_hours)


def drop(session: Session, by: Actor, customer: str) -> bool:
    """Invoice a customer no longer by itself; what is due already stays so. False where it was not."""
    row = session.get(Schedule, customer)
    if row is None:
        return False
    record(session, by, "remove", f"schedule {customer}", before=_told(row))
    session.delete(row)
    session.flush()
    return True


def _told(row: Schedule) -> dict[str, Any]:
    return {"view": row.view, "since": row.since, "settle_hours": row.settle_hours}
