"""Numbers without gaps: one series each for invoices, credit notes and debit notes, from 1 in every year."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Final

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tollbook.account.database import Database
from tollbook.account.models import InvoiceSeries

SERIES: Final[Mapping[str, str]] = {"invoice": "INV", "credit_note": "CRN", "debit_note": "DBN"}
"""What the numbers of each kind begin with."""


def next_number(db: Database, at: datetime, kind: str = "invoice") -> str:
    """The number that the next one issued at `at` will get, as in INV-2026-000001. Takes nothing."""
    with db.reading() as session:
        return following(session, at, kind)


def following(session: Session, at: datetime, kind: str) -> str:
    """As `next_number`, in this transaction."""
    name = f"{SERIES[kind]}-{at.year}"
    series = session.get(InvoiceSeries, name)
    return f"{name}-{(series.last if series else 0) + 1:06d}"


def after(number: str, places: int) -> str:
    """The number so many places after this one."""
    name, _, digits = number.rpartition("-")
    return f"{name}-{int(digits) + places:06d}"


def take(session: Session, number: str) -> bool:
    """Take the number in this transaction, if it is still the next of its series. Others wait for its end."""
    name, _, digits = number.rpartition("-")
    count = int(digits)
    if count == 1 and session.get(InvoiceSeries, name) is None:
        with suppress(IntegrityError), session.begin_nested():  # another one begins it at the same moment
            session.add(InvoiceSeries(name=name, last=0))
    row = InvoiceSeries.__table__.c
    raised = update(InvoiceSeries).where(row.name == name, row.last == count - 1).values(last=count)
    return bool(session.execute(raised.returning(row.last)).all())
