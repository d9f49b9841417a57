"""What counts once: a challenge or a state that was used is remembered until it would count no more anyway."""

from datetime import datetime

from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tollbook.account.database import Database
from tollbook.account.people.bearer import digest
from tollbook.account.people.models import Spent


def spend_in(session: Session, text: str, until: datetime) -> bool:
    """As `spend`, in a transaction that holds the lock of whose it is."""
    if session.get(Spent, digest(text)) is not None:
        return False
    session.add(Spent(hash=digest(text), until=until))
    return True


def spend(db: Database, text: str, until: datetime, at: datetime) -> bool:
    """Use it; false where it was used before, also by another process at the same moment."""
    try:
        with db.session() as session:
            session.execute(delete(Spent).where(Spent.until <= at))
            session.execute(insert(Spent).values(hash=digest(text), until=until))
    except IntegrityError:
        return False
    return True
