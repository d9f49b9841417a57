"""Customers and carriers entered, listed, changed and imported. `kind` is the model: Customer or Carrier."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tollbook.account.audit import Actor, changed, command_line, record
from tollbook.account.fields import FIELDS, Kind, checked, checked_id
from tollbook.account.models import Carrier, Customer, Deck, Invoice
from tollbook.account.sheets import read_rows
from tollbook.errors import UsageError, did_you_mean

Row = dict[str, Any]


def add(
    session: Session, kind: Kind, party_id: str, entered: Mapping[str, object], by: Actor | None = None
) -> Row:
    """Enter a new one; what is not entered has its default. Returns its row. `by` is the command line where nobody else.

    Raises:
        UsageError: the id is taken or cannot be one, a field is unknown, a value cannot be.
    """
    values = {"name": party_id, **checked(kind, entered)}
    try:
        with session.begin_nested():
            session.execute(insert(kind).values(id=checked_id(party_id), **values))
    except IntegrityError:
        word = kind.__tablename__
        raise UsageError(
            f"there is a {word} '{party_id}' already: change it with `tollbook {word} set`"
        ) from None
    row = show(session, kind, party_id)
    told = {name: value for name, value in row.items() if value not in ("", None) and name != "confirmed"}
    record(session, by or command_line(), "add", f"{kind.__tablename__} {party_id}", after=told)
    return row


def change(
    session: Session, kind: Kind, party_id: str, entered: Mapping[str, object], by: Actor | None = None
) -> Row:
    """Change the fields that are entered and no other. Returns the row as it is then. `by` is as of `add`.

    Raises:
        UsageError: no such id, an unknown field, a value that cannot be, or a currency already in use.
    """
    party = _found(session, kind, party_id, locked=True)
    values = checked(kind, entered)
    if "currency" in values:
        _refuse_other_currency(session, party, values["currency"])
    before = row_of(party)
    for name, value in values.items():
        setattr(party, name, value)
    session.flush()
    was, became = changed(before, row_of(party))
    if became:
        resource = f"{kind.__tablename__} {party_id}"
        record(session, by or command_line(), "change", resource, before=was, after=became)
    return row_of(party)


def show(session: Session, kind: Kind, party_id: str) -> Row:
    """Everything that was entered of one.

    Raises:
        UsageError: no such id (with the nearest one).
    """
    return row_of(_found(session, kind, party_id))


def listing(session: Session, kind: Kind) -> list[Row]:
    """All that were entered, by id."""
    parties: Iterable[Customer | Carrier] = session.scalars(select(kind))
    return sorted((row_of(party) for party in parties), key=lambda row: row["id"])


def unconfirmed(lake_ids: Iterable[str | None], db_ids: Iterable[str]) -> list[Row]:
    """Rows for the ids that calls name and nobody has entered."""
    unknown = {name for name in lake_ids if name is not None} - set(db_ids)
    return [{"id": name, "confirmed": False} for name in sorted(unknown)]


def import_file(session: Session, kind: Kind, path: Path, by: Actor | None = None) -> list[Row]:
    """Enter or change one per line of a CSV file with the columns id and any field; an empty cell says nothing.

    All or nothing: an exception leaves the session to be rolled back. Returns the rows as they are then.

    Raises:
        UsageError: the file, the line, the value, and the nearest right answer.
    """
    lines: dict[str, int] = {}
    rows = []
    for line, cells in read_rows(path, ("id", *FIELDS[kind]), ("id",)):
        where = f"{path.name}: line {line}"
        party_id = cells.pop("id")
        if party_id in lines:
            raise UsageError(f"{where}: id '{party_id}' is on line {lines[party_id]} already")
        lines[party_id] = line
        rows.append(_enter(session, kind, party_id, cells, where, by))
    if not rows:
        raise UsageError(f"{path.name}: no rows below the header")
    return rows


def _enter(
    session: Session, kind: Kind, party_id: str, cells: Mapping[str, str], where: str, by: Actor | None
) -> Row:
    entered = {name: cell for name, cell in cells.items() if cell}
    try:
        known = session.get(kind, checked_id(party_id)) is not None
        return (change if known else add)(session, kind, party_id, entered, by)
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from None


def _found(session: Session, kind: Kind, party_id: str, *, locked: bool = False) -> Customer | Carrier:
    party = cast("Customer | Carrier | None", session.get(kind, party_id, with_for_update=locked or None))
    if party is None:
        known = session.scalars(select(kind.id)).all()
        word = kind.__tablename__
        near = did_you_mean(party_id, known)
        raise UsageError(f"no {word} '{party_id}'{near} (`tollbook {word} add` enters one)")
    return party


def _refuse_other_currency(session: Session, party: Customer | Carrier, currency: str | None) -> None:
    """What was priced in one currency must not be read as another's."""
    owner = Deck.customer_id if isinstance(party, Customer) else Deck.carrier_id
    used = set(session.scalars(select(Deck.currency).where(owner == party.id).distinct()))
    if isinstance(party, Customer):
        billed = select(Invoice.currency).where(Invoice.customer_id == party.id).distinct()
        used.update(session.scalars(billed))
    if used and currency not in used:
        raise UsageError(
            f"currency of '{party.id}' stays {', '.join(sorted(used))}: a deck or an invoice of it is in use"
        )


def row_of(party: Customer | Carrier) -> Row:
    """Everything that was entered of one."""
    fields = {name: getattr(party, name) for name in FIELDS[type(party)]}
    return {"id": party.id, "confirmed": True, **fields, "created_at": party.created_at}
