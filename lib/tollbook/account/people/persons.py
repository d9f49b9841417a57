"""People entered, listed, changed, disabled and imported. `kind` is user or contact; every change is audited."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tollbook.account import intake
from tollbook.account.audit import Actor, changed, record
from tollbook.account.fields import FieldError
from tollbook.account.models import Customer, now
from tollbook.account.people.fields import FIELDS, OWN, Kind, checked, checked_login, folded
from tollbook.account.people.models import Person, PersonSession
from tollbook.account.register import Register
from tollbook.errors import UsageError, did_you_mean
from tollbook.language import suggested, tr

Row = dict[str, Any]

_VERIFIED: Final = {"email": "email_verified_at", "mobile": "mobile_verified_at"}


def add(session: Session, kind: Kind, login: str, entered: Mapping[str, object], by: Actor) -> Row:
    """Enter a new one, who cannot sign in before there is a password. Returns its row.

    Raises:
        UsageError: the login name is taken or cannot be one, a field is unknown, a value cannot be.
    """
    name = checked_login(login)
    values = {"name": login.strip(), **checked(kind, entered)}
    _refuse_no_customer(session, kind, values)
    try:
        with session.begin_nested():
            session.execute(insert(Person).values(login=name, **_columns(kind, values)))
    except IntegrityError:
        raise UsageError(
            f"there is a person '{name}' already: change it with `tollbook {kind} set`"
        ) from None
    row = show(session, kind, name)
    told = {column: value for column, value in row.items() if value not in ("", None, [])}
    record(session, by, "add", f"{kind} {name}", after=told)
    return row


def change(session: Session, kind: Kind, login: str, entered: Mapping[str, object], by: Actor) -> Row:
    """Change the fields that are entered and no other. Returns the row as it is then.

    Raises:
        UsageError: no such login name, an unknown field, a value that cannot be, another customer, or the last
            admin losing its role.
    """
    person = found(session, login, kind, locked=True)
    return _apply(session, kind, person, _checked_change(session, person, kind, entered), by)


def change_own(session: Session, by: Actor, entered: Mapping[str, object]) -> Row:
    """Change one's own profile, of which rights, customer and allowed addresses are no part.

    Raises:
        UsageError: a field that one may not change, a value that cannot be, or somebody looking as another.
    """
    own_id = by.as_oneself()
    for name in entered:
        if name not in OWN:
            raise UsageError(tr("{field} can only be changed by an admin").format(field=name))
    person = session.get_one(Person, own_id, with_for_update=True)
    kind = kind_of(person)
    was = person.email
    row = _apply(session, kind, person, checked(kind, entered), by)
    person.email_claimed = person.email_claimed if person.email == was else True
    session.flush()
    return row


def show(session: Session, kind: Kind, login: str) -> Row:
    """Everything that was entered of one.

    Raises:
        UsageError: no such login name (with the nearest one).
    """
    return row_of(found(session, login, kind))


def listing(session: Session, kind: Kind) -> list[Row]:
    """All that were entered, by login name."""
    people = session.scalars(select(Person).order_by(Person.login))
    return [row_of(person) for person in people if kind_of(person) == kind]


def disable(session: Session, login: str, by: Actor, at: datetime | None = None) -> Row:
    """Let somebody in no longer, and end their sessions; tokens and links rest until they are enabled.

    Raises:
        UsageError: no such login name, or it is the last admin.
    """
    person = found(session, login, locked=True)
    if person.disabled_at is None:
        _refuse_no_admin(session, person)
        person.disabled_at = at or now()
        open_ones = PersonSession.person_id == person.id, PersonSession.ended_at.is_(None)
        session.execute(update(PersonSession).where(*open_ones).values(ended_at=person.disabled_at))
        at = person.disabled_at
        record(
            session,
            by,
            "disable",
            _named(person),
            before={"disabled_at": None},
            after={"disabled_at": at},
            at=at,
        )
    session.flush()
    return row_of(person)


def enable(session: Session, login: str, by: Actor) -> Row:
    """Let somebody in again.

    Raises:
        UsageError: no such login name.
    """
    person = found(session, login, locked=True)
    if person.disabled_at is not None:
        before = {"disabled_at": person.disabled_at}
        person.disabled_at = None
        record(session, by, "enable", _named(person), before=before, after={"disabled_at": None})
    session.flush()
    return row_of(person)


def import_file(session: Session, kind: Kind, path: Path, by: Actor) -> list[Row]:
    """Enter or change one per line of a CSV file with the columns login and any field; an empty cell says nothing.

    All or nothing: an exception leaves the session to be rolled back. Returns the rows as they are then.

    Raises:
        UsageError: the file, the line, the value, and the nearest right answer.
    """
    return intake.import_file(session, register(kind), path, by)


def register(kind: Kind) -> Register:
    """Users or contacts as a register."""
    return Register(
        word=kind,
        resource="people",
        key="login",
        fields=FIELDS[kind],
        named=checked_login,
        find=partial(_find, kind),
        lock=partial(_find, kind, locked=True),
        listing=lambda session: listing(session, kind),
        check=lambda session, *told: check(session, kind, *told),
        add=lambda session, *told: add(session, kind, *told),
        change=lambda session, *told: change(session, kind, *told),
    )


def check(
    session: Session, kind: Kind, login: str, before: Row | None, entered: Mapping[str, object]
) -> dict[str, Any]:
    """The values of what is entered of one who is there as `before`, or of a new one; nothing is changed.

    Raises:
        UsageError: as `add` and `change`.
    """
    if before is not None:
        return _checked_change(session, found(session, login, kind), kind, entered)
    if session.scalar(select(Person.id).where(Person.login == login)) is not None:
        found(session, login, kind)
    values = {"name": login, **checked(kind, entered)}
    _refuse_no_customer(session, kind, values)
    return {name: value for name, value in values.items() if name in entered}


def _checked_change(
    session: Session, person: Person, kind: Kind, entered: Mapping[str, object]
) -> dict[str, Any]:
    values = checked(kind, entered)
    if values.get("customer", person.customer_id) != person.customer_id:
        words = tr("'{login}' stays a contact of '{customer}': disable it, and add another login name")
        told = words.format(login=person.login, customer=person.customer_id)
        raise FieldError({"customer": told}, told)
    if values.get("role", person.role) != person.role:
        _refuse_no_admin(session, person)
    return values


def _find(kind: Kind, session: Session, login: str, *, locked: bool = False) -> Row | None:
    wanted = select(Person).where(Person.login == login).execution_options(populate_existing=locked)
    person = session.scalar(wanted.with_for_update() if locked else wanted)
    return None if person is None or kind_of(person) != kind else row_of(person)


def found(session: Session, login: str, kind: Kind | None = None, *, locked: bool = False) -> Person:
    """The person of a login name; `locked` until the transaction ends.

    Raises:
        UsageError: no such login name (with the nearest one), or it is one of the other kind.
    """
    name, word = folded(login), kind or "person"
    wanted = select(Person).where(Person.login == name)
    person = session.scalar(wanted.with_for_update() if locked else wanted)
    if person is None:
        near = did_you_mean(name, session.scalars(select(Person.login)).all())
        raise UsageError(f"no {word} '{name}'{near} (`tollbook {kind or 'user'} add` enters one)")
    if kind and kind_of(person) != kind:
        raise UsageError(f"'{name}' is a {kind_of(person)}, not a {kind}: use `tollbook {kind_of(person)}`")
    return person


def of_email(session: Session, email: str) -> list[Person]:
    """Those whose e-mail address this is, by an operator's word or a code; what one only says of oneself is not.

    A disabled person is one of them.
    """
    name, trusted = folded(email), select(Person).where(Person.email != "", Person.email_claimed.is_(False))
    return [person for person in session.scalars(trusted.order_by(Person.id)) if folded(person.email) == name]


def kind_of(person: Person) -> Kind:
    """What a person is: `contact` of a customer, or `user` of the account."""
    return "contact" if person.role == "contact" else "user"


def row_of(person: Person) -> Row:
    """What may be shown of a person: nothing that they sign in with."""
    kind = kind_of(person)
    fields = {name: _value(person, name) for name in FIELDS[kind]}
    told = {name: getattr(person, name) for name in (*_VERIFIED.values(), "password_changed_at")}
    state = {"two_factor": person.totp_confirmed_at is not None, "disabled_at": person.disabled_at}
    return {"login": person.login, **fields, **told, **state, "created_at": person.created_at}


def _value(person: Person, name: str) -> object:
    value = person.customer_id if name == "customer" else getattr(person, name)
    return list(value) if isinstance(value, tuple) else value


def _columns(kind: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
    """What is stored of the values that were entered."""
    if kind == "user":
        return {"role": "analyst", **values}
    rest = {name: value for name, value in values.items() if name != "customer"}
    return {"role": "contact", "customer_id": values["customer"], **rest}


def _apply(session: Session, kind: Kind, person: Person, values: Mapping[str, Any], by: Actor) -> Row:
    before = row_of(person)
    for name, verified in _VERIFIED.items():
        if values.get(name, before[name]) != before[name]:
            setattr(person, verified, None)
            if name == "email":
                person.email_claimed = False
    for name, value in values.items():
        if name != "customer":
            setattr(person, name, value)
    session.flush()
    was, became = changed(before, row_of(person))
    if became:
        record(session, by, "change", f"{kind} {person.login}", before=was, after=became)
    return row_of(person)


def _refuse_no_customer(session: Session, kind: Kind, values: Mapping[str, Any]) -> None:
    if kind == "user":
        return
    known = session.scalars(select(Customer.id)).all()
    customer = values.get("customer")
    if customer is None:
        words = tr("whose contact? Name a customer")
        raise FieldError({"customer": words}, words)
    if customer not in known:
        words = tr("there is no customer '{name}'").format(name=customer) + suggested(customer, known)
        raise FieldError({"customer": words}, words)


def _refuse_no_admin(session: Session, person: Person) -> None:
    """Somebody must be left who can let the others in."""
    if person.role != "admin" or person.disabled_at is not None:
        return
    able = select(Person.id).where(Person.role == "admin", Person.disabled_at.is_(None)).order_by(Person.id)
    if list(session.scalars(able.with_for_update())) == [person.id]:
        raise UsageError(tr("'{login}' is the only admin: make another one first").format(login=person.login))


def _named(person: Person) -> str:
    return f"{kind_of(person)} {person.login}"
