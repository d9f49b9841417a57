"""Who did what with a number, as the audit has it: all of it, or as much as is of some customers.

An entry is of the customer that it names, so that a number which another customer had before tells nothing of that time.
"""

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from tollbook.account.people.models import AuditEvent, Person

Row = dict[str, Any]

KINDS: Final = ("block", "extension")
"""First words of what entries of numbers are about."""
_WHO: Final = ("login", "as_login", "via", "address")
_TOLD: Final = ("at", *_WHO, "action", "before", "after")


def of_extension(
    session: Session,
    number: str,
    customers: Collection[str] | None = None,
    *,
    after: int = 0,
    most: int | None = None,
) -> list[AuditEvent]:
    """Entries of a number, the oldest first: of these customers or of all, behind the entry `after`, `most` at most."""
    of_it = AuditEvent.resource == f"extension {number}", AuditEvent.id > after
    chosen = select(AuditEvent).where(*of_it).order_by(AuditEvent.id).limit(most)
    if customers is not None:
        chosen = chosen.where(AuditEvent.customer.in_(customers))
    return list(session.scalars(chosen))


def people(session: Session, customers: Collection[str] | None) -> Collection[str] | None:
    """Login names that a reader of these customers is told: their own people and tokens. Null: all there are."""
    if customers is None:
        return None
    theirs = select(Person.login).where(Person.customer_id.in_(customers))
    return {*session.scalars(theirs), *(f"customer {name}" for name in customers)}


def told(event: AuditEvent, known: Collection[str] | None = None) -> Row:
    """An entry as it is told; where its login name is not `known`, nothing of who it was and whence they came."""
    row = {name: getattr(event, name) for name in _TOLD}
    return row if known is None or event.login in known else {**row, **dict.fromkeys(_WHO, "")}
