"""Customers and carriers entered, listed, changed and imported. `kind` is the model; every change is audited."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final, cast

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tollbook.account import intake, scheduled
from tollbook.account.audit import Actor, changed, command_line, record
from tollbook.account.fields import FIELDS, FieldError, Kind, checked, checked_id
from tollbook.account.ledger import Payment, Schedule
from tollbook.account.models import Carrier, Customer, Deck, Invoice
from tollbook.account.register import Register
from tollbook.errors import UsageError, did_you_mean
from tollbook.language import tr

Row = dict[str, Any]
Party = Customer | Carrier

SCHEDULE: Final = "schedule"
"""The field that is a row of its own, with an audit of its own."""


def add(
    session: Session, kind: Kind, party_id: str, entered: Mapping[str, object], by: Actor | None = None
) -> Row:
    """Enter a new one; what is not entered has its default. Returns its row.

    `by` is who does it: null is whoever types the command.

    Raises:
        UsageError: the id is taken or cannot be one, a field is unknown, a value cannot be.
    """
    values = {"name": party_id, **checked(kind, entered)}
    view = values.pop(SCHEDULE, "")
    by = by or command_line()
    try:
        with session.begin_nested():
            session.execute(insert(kind).values(id=checked_id(party_id), **values))
    except IntegrityError:
        word = kind.__tablename__
        raise UsageError(
            f"there is a {word} '{party_id}' already: change it with `tollbook {word} set`"
        ) from None
    if view:
        scheduled.put_view(session, by, party_id, view)
    row = show(session, kind, party_id)
    told = {name: value for name, value in row.items() if value not in ("", None) and name != SCHEDULE}
    record(session, by, "add", f"{kind.__tablename__} {party_id}", after=told)
    return row


def change(
    session: Session, kind: Kind, party_id: str, entered: Mapping[str, object], by: Actor | None = None
) -> Row:
    """Change the fields that are entered and no other. Returns the row as it is then.

    Raises:
        UsageError: no such id, an unknown field, a value that cannot be, or a currency already in use.
    """
    party, by = _found(session, kind, party_id, locked=True), by or command_line()
    before = _row(session, party)
    values = check(session, kind, party_id, before, entered)
    if SCHEDULE in values:
        scheduled.put_view(session, by, party_id, values.pop(SCHEDULE))
    for name, value in values.items():
        setattr(party, name, value)
    session.flush()
    row = _row(session, party)
    was, became = (_own(half) for half in changed(before, row))
    if became:
        record(session, by, "change", f"{kind.__tablename__} {party_id}", before=was, after=became)
    return row


def check(
    session: Session, kind: Kind, party_id: str, before: Row | None, entered: Mapping[str, object]
) -> Row:
    """The values of what is entered of one that is there as `before`, or of a new one; nothing is changed.

    Raises:
        UsageError: an unknown field, a value that cannot be, or a currency already in use.
    """
    values = checked(kind, entered)
    if before is not None and values.get("currency", before["currency"]) != before["currency"]:
        _refuse_other_currency(session, kind, party_id, values["currency"])
    return values


def show(session: Session, kind: Kind, party_id: str) -> Row:
    """Everything that was entered of one.

    Raises:
        UsageError: no such id (with the nearest one).
    """
    return _row(session, _found(session, kind, party_id))


def listing(session: Session, kind: Kind) -> list[Row]:
    """All that were entered, by id."""
    parties: Iterable[Party] = session.scalars(select(kind))
    return sorted(rows_of(session, [*parties]), key=lambda row: row["id"])


def unconfirmed(lake_ids: Iterable[str | None], db_ids: Iterable[str]) -> list[Row]:
    """Rows for the ids that calls name and nobody has entered."""
    unknown = {name for name in lake_ids if name is not None} - set(db_ids)
    return [{"id": name, "confirmed": False} for name in sorted(unknown)]


def import_file(session: Session, kind: Kind, path: Path, by: Actor | None = None) -> list[Row]:
    """Enter or change one per line of a CSV or XLSX file with the columns id and any field; an empty cell says nothing.

    All or nothing: an exception leaves the session to be rolled back. Returns the rows as they are then.

    Raises:
        UsageError: the file, the line, the value, and the nearest right answer.
    """
    return intake.import_file(session, register(kind), path, by or command_line())


def register(kind: Kind) -> Register:
    """Customers or carriers as a register."""
    return Register(
        word=kind.__tablename__,
        resource="master_data",
        key="id",
        fields=FIELDS[kind],
        named=checked_id,
        find=partial(_find, kind),
        lock=partial(_find, kind, locked=True),
        listing=lambda session: listing(session, kind),
        check=lambda session, *told: check(session, kind, *told),
        add=lambda session, *told: add(session, kind, *told),
        change=lambda session, *told: change(session, kind, *told),
    )


def _find(kind: Kind, session: Session, party_id: str, *, locked: bool = False) -> Row | None:
    party = _get(session, kind, party_id, locked=locked)
    return None if party is None else _row(session, party)


def _get(session: Session, kind: Kind, party_id: str, *, locked: bool) -> Party | None:
    found = session.get(kind, party_id, with_for_update=locked or None, populate_existing=locked)
    return cast("Party | None", found)


def _found(session: Session, kind: Kind, party_id: str, *, locked: bool = False) -> Party:
    party = _get(session, kind, party_id, locked=locked)
    if party is None:
        known = session.scalars(select(kind.id)).all()
        word = kind.__tablename__
        near = did_you_mean(party_id, known)
        raise UsageError(f"no {word} '{party_id}'{near} (`tollbook {word} add` enters one)")
    return party


def _refuse_other_currency(session: Session, kind: Kind, party_id: str, currency: str | None) -> None:
    """What was priced in one currency must not be read as another's."""
    owner = Deck.customer_id if kind is Customer else Deck.carrier_id
    used = set(session.scalars(select(Deck.currency).where(owner == party_id).distinct()))
    if kind is Customer:
        billed = select(Invoice.currency).where(Invoice.customer_id == party_id)
        paid = select(Payment.currency).where(Payment.customer_id == party_id)
        used.update(session.scalars(billed.union(paid)))
    if used and currency not in used:
        words = tr("currency of '{id}' stays {currencies}: a deck, an invoice or a payment of it is in use")
        told = words.format(id=party_id, currencies=", ".join(sorted(used)))
        raise FieldError({"currency": told}, told)


def rows_of(session: Session, parties: Sequence[Party]) -> list[Row]:
    """Everything that was entered of each, in their order."""
    customers = [party.id for party in parties if isinstance(party, Customer)]
    chosen = select(Schedule.customer_id, Schedule.view)
    if len(customers) == 1:
        chosen = chosen.where(Schedule.customer_id == customers[0])
    views: dict[str, str] = (
        {row.customer_id: row.view for row in session.execute(chosen)} if customers else {}
    )
    return [_row_of(party, views.get(party.id, "")) for party in parties]


def _row(session: Session, party: Party) -> Row:
    return rows_of(session, [party])[0]


def _row_of(party: Party, view: str) -> Row:
    fields = {name: view if name == SCHEDULE else getattr(party, name) for name in FIELDS[type(party)]}
    return {"id": party.id, "confirmed": True, **fields, "created_at": party.created_at}


def _own(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != SCHEDULE}
