"""Whether the account's rows are as they were: what pages are remembered by, and what people do at the door is no part of."""

from functools import lru_cache
from hashlib import sha256
from typing import Final

from sqlalchemy import func, select

from tollbook.account.alerts.models import Alert, AlertDelivery, AlertEvent, AlertState
from tollbook.account.database import Database
from tollbook.account.ledger import Allocation, Payment, Refund, Schedule
from tollbook.account.models import Carrier, Customer, Deck, Invoice
from tollbook.account.numbering.models import Extension, NumberBlock, NumberSettings
from tollbook.account.people.models import Person
from tollbook.account.post.models import Outgoing

TABLES: Final = (
    *(Customer, Carrier, Schedule, Deck, Invoice, Payment, Allocation, Refund),
    *(NumberSettings, NumberBlock, Alert, AlertState),
)
"""The rows that a page can show; a deck's rates come and go with it. Of extensions and of what alerts did, which are
many, the last one tells, and of their mails how many have come how far."""


def state(db: Database, *, people: bool = False) -> str:
    """A text that is another one once a row of the account has changed; signing in and the audit change nothing.

    With `people` those who may sign in are rows of it too, for a page that shows them.

    Raises:
        TollbookError: the database cannot be reached.
    """
    return _digest(db, db.committed(), people)


@lru_cache(maxsize=8)
def _digest(db: Database, committed: str, people: bool) -> str:  # noqa: ARG001, FBT001 - in the key
    made = sha256()
    with db.reading() as session:
        for kind in (*TABLES, *((Person,) if people else ())):
            columns = [column for column in kind.__table__.columns if column.name != "record"]
            for row in session.execute(select(*columns).order_by(*kind.__table__.primary_key)):
                made.update(repr(tuple(row)).encode())
        counted = session.execute(select(func.count(), func.max(Extension.changed_at))).one()
        made.update(repr(tuple(counted)).encode())
        made.update(repr(session.scalar(select(func.max(AlertEvent.id)))).encode())
        mails = select(Outgoing.state, func.count(), func.max(Outgoing.tried_at)).group_by(Outgoing.state)
        told = mails.join(AlertDelivery, AlertDelivery.outgoing_id == Outgoing.id).order_by(Outgoing.state)
        made.update(repr([tuple(row) for row in session.execute(told)]).encode())
    return made.hexdigest()
