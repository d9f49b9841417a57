"""Whether the account's rows are as they were: what pages are remembered by, and what people do at the door is no part of."""

from functools import lru_cache
from hashlib import sha256
from typing import Final

from sqlalchemy import select

from tollbook.account.database import Database
from tollbook.account.models import Carrier, Customer, Deck, Invoice

TABLES: Final = (Customer, Carrier, Deck, Invoice)
"""The rows that a page can show; a deck's rates come and go with it."""


def state(db: Database) -> str:
    """A text that is another one once a row of the account has changed; signing in and the audit change nothing.

    Raises:
        TollbookError: the database cannot be reached.
    """
    return _digest(db, db.committed())


@lru_cache(maxsize=8)
def _digest(db: Database, committed: str) -> str:  # noqa: ARG001 - in the key
    made = sha256()
    with db.reading() as session:
        for kind in TABLES:
            columns = [column for column in kind.__table__.columns if column.name != "record"]
            for row in session.execute(select(*columns).order_by(kind.id)):
                made.update(repr(tuple(row)).encode())
    return made.hexdigest()
