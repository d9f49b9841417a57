"""Passwords set and changed, by oneself or by an operator; other sessions end with the old one. The first admin."""

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from tollbook.account.audit import COMMAND_LINE, Actor, record
from tollbook.account.database import Database
from tollbook.account.people import limits, passwords, sessions
from tollbook.account.people.models import Person
from tollbook.account.people.persons import add, found
from tollbook.errors import UsageError
from tollbook.language import tr

FIRST: Final = "admin"


def set_password(db: Database, login: str, password: str, by: Actor, at: datetime) -> None:
    """Give somebody a password; all their sessions end.

    Raises:
        UsageError: no such login name, or the password is too weak.
    """
    with db.reading() as session:
        person = found(session, login)
    stored = passwords.hashed(passwords.checked(password, *known(person)))
    with db.session() as session:
        store(session, found(session, login, locked=True), stored, by, at)


def generate_password(db: Database, login: str, by: Actor, at: datetime) -> str:
    """Give somebody a random password, which is told once; all their sessions end.

    Raises:
        UsageError: no such login name.
    """
    made = passwords.generated()
    set_password(db, login, made, by, at)
    return made


def change_password(db: Database, by: Actor, old: str, new: str, keep: int | None, at: datetime) -> None:
    """Change one's own password; all sessions but the one to keep end.

    Raises:
        UsageError: the old one is wrong, wrong tries have to wait, or the new one is too weak.
    """
    with db.reading() as session:
        person = session.get_one(Person, by.as_oneself())
    stored = passwords.hashed(passwords.checked(new, *known(person)))
    confirm_password(db, by, old, at)
    with db.session() as session:
        store(session, found(session, person.login, locked=True), stored, by, at, keep=keep)


def confirm_password(db: Database, by: Actor, password: str, at: datetime) -> None:
    """Make sure that it is the person themselves, as before the second factor is turned off; limits are those of signing in.

    Raises:
        UsageError: the password is wrong, or wrong tries have to wait.
    """
    with db.reading() as session:
        person = session.get_one(Person, by.as_oneself())
    tried = limits.attempt(db, by.address, person.login, at)
    if tried.wait_s:
        raise UsageError(limits.words(tried.wait_s))
    right = passwords.matches(person.password_hash, password)
    with db.session() as session:
        if right:
            limits.forgive(session, tried.keys, at)
        else:
            record(session, by, "confirm_password", f"person {person.login}", "failed", at=at)
    if not right:
        raise UsageError(tr("The password is wrong"))


def store(
    session: Session, person: Person, stored: str, by: Actor, at: datetime, *, keep: int | None = None
) -> None:
    """Write a hash, and end what was signed in with the old one."""
    person.password_hash, person.password_changed_at = stored, at
    record(session, by, "set_password", f"person {person.login}", at=at)
    sessions.end_others(session, person.id, keep, by, at)


def known(person: Person) -> tuple[str, ...]:
    """What everybody knows of a person, and a password should not be made of."""
    return person.login, person.name, person.email, person.department, person.customer_id or ""


def first_admin(db: Database, at: datetime) -> tuple[str, str] | None:
    """Where there is no user yet, make an admin with a random password. Returns login name and password, told once.

    Null where there is one, or another process was first.
    """
    if is_a_user(db):
        return None
    password = passwords.generated()
    stored, by = passwords.hashed(password), Actor(None, "first start", via=COMMAND_LINE)
    try:
        with db.session() as session:
            if _is_a_user(session):
                return None
            add(session, "user", FIRST, {"role": "admin"}, by)
            store(session, found(session, FIRST), stored, by, at)
    except UsageError:  # the other process has added it meanwhile
        return None
    return FIRST, password


def is_a_user(db: Database) -> bool:
    """Whether there is any user of the account."""
    with db.reading() as session:
        return _is_a_user(session)


def _is_a_user(session: Session) -> bool:
    return session.scalar(select(Person.id).where(Person.role != "contact").limit(1)) is not None
