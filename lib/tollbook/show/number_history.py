"""Who did what with numbers, the newest first, as far as the reader has them."""

from typing import Final

import polars as pl
from sqlalchemy.orm import Session

from tollbook.account import audited
from tollbook.account.audited import Wanted, difference
from tollbook.account.numbering.history import KINDS, people
from tollbook.account.people.models import AuditEvent
from tollbook.account.scope import Scope
from tollbook.language import tr
from tollbook.show.audit_words import who
from tollbook.show.grid_values import GridColumn
from tollbook.show.words import NOTHING

MOST: Final = 200
"""Entries that the page lists."""
HISTORY: Final = pl.Schema(
    {
        "entry": pl.String(),
        "at": pl.Datetime("us", "UTC"),
        **{name: pl.String() for name in ("who", "action", "what", "values")},
    }
)


def history_frame(session: Session, scope: Scope) -> pl.DataFrame:
    """The entries. A contact has those of its customer, and is told its own people alone."""
    known = people(session, scope.customers)
    wanted = Wanted(kinds=KINDS, outcomes=("done",), customers=scope.customers, files=False)
    rows = [
        {
            "entry": str(event.id),
            "at": event.at.replace(microsecond=0),
            "who": who(event) if known is None or event.login in known else NOTHING,
            "action": event.action.replace("_", " "),
            "what": event.resource,
            "values": _values(event),
        }
        for event in audited.page(session, wanted, rows=MOST).entries
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


def _values(event: AuditEvent) -> str:
    """`name: Desk → Lobby`, or what there was or is."""
    told = []
    for name, before, after in difference(event.before, event.after):
        if name != "block":
            ends = [text for text in (before, after) if text is not None]
            told.append(f"{name}: {' → '.join(ends if before != after else ends[:1])}")
    return ", ".join(told)
