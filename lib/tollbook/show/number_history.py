"""Who did what with numbers, the newest first, as far as the reader has them."""

from collections.abc import Collection, Iterator
from typing import Final

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from tollbook.account import audited
from tollbook.account.audited import Wanted, difference
from tollbook.account.people.models import AuditEvent, Person
from tollbook.account.scope import Scope
from tollbook.language import tr
from tollbook.show.audit_words import who
from tollbook.show.grid_values import GridColumn
from tollbook.show.words import NOTHING

MOST: Final = 200
"""Entries that the page lists."""
KINDS: Final = ("block", "extension")
_READ: Final = 2_000
"""Newest entries among which those of one customer are looked for."""
HISTORY: Final = pl.Schema(
    {
        "entry": pl.String(),
        "at": pl.Datetime("us", "UTC"),
        **{name: pl.String() for name in ("who", "action", "what", "values")},
    }
)


def history_frame(session: Session, scope: Scope) -> pl.DataFrame:
    """The entries. A contact has those of its customer, and is told its own people alone."""
    known = None if scope.customers is None else set(_logins(session, scope.customers))
    rows = [
        {
            "entry": str(event.id),
            "at": event.at.replace(microsecond=0),
            "who": who(event) if known is None or event.login in known else NOTHING,
            "action": event.action.replace("_", " "),
            "what": event.resource,
            "values": _values(event),
        }
        for event in _events(session, scope.customers)
    ]
    return pl.DataFrame(rows, schema=HISTORY)


def history_columns() -> list[GridColumn]:
    """The columns of the grid."""
    return [
        GridColumn("at", tr("Time"), "instant"),
        GridColumn("who", tr("Who")),
        GridColumn("action", tr("Action")),
        GridColumn("what", tr("What")),
        GridColumn("values", tr("Values")),
    ]


def _events(session: Session, customers: Collection[str] | None) -> list[AuditEvent]:
    wanted = Wanted(kinds=KINDS, outcomes=("done",), files=False)
    if customers is None:
        return audited.page(session, wanted, rows=MOST).entries
    found = audited.page(session, wanted, rows=_READ).entries
    return [event for event in found if _is_of(event, customers)][:MOST]


def _is_of(event: AuditEvent, customers: Collection[str]) -> bool:
    return any((values or {}).get("customer") in customers for values in (event.before, event.after))


def _logins(session: Session, customers: Collection[str]) -> Iterator[str]:
    yield from session.scalars(select(Person.login).where(Person.customer_id.in_(customers)))


def _values(event: AuditEvent) -> str:
    """`name: Desk → Lobby`, or what there was or is."""
    told = []
    for name, before, after in difference(event.before, event.after):
        if name != "block":
            ends = [text for text in (before, after) if text is not None]
            told.append(f"{name}: {' → '.join(ends if before != after else ends[:1])}")
    return ", ".join(told)
