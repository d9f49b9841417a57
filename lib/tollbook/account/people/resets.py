"""Reset links: whoever has one sets a new password, once, within the hour. Only the hash is stored."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tollbook.account.audit import PORTAL, Actor, record
from tollbook.account.database import Database
from tollbook.account.people import addresses, passwords
from tollbook.account.people.bearer import digest, token
from tollbook.account.people.credentials import known, store
from tollbook.account.people.models import Person, ResetLink
from tollbook.account.people.persons import found
from tollbook.errors import UsageError
from tollbook.language import tr

VALID: Final = timedelta(hours=1)


def make(session: Session, login: str, by: Actor, at: datetime) -> str:
    """The token of a new link; earlier ones of the same person no longer count.

    Raises:
        UsageError: no such login name, or the person is disabled.
    """
    person = found(session, login, locked=True)
    if person.disabled_at is not None:
        raise UsageError(f"'{person.login}' is disabled: `tollbook user enable {person.login}` first")
    session.execute(delete(ResetLink).where(ResetLink.person_id == person.id))
    made = token()
    link = ResetLink(hash=digest(made), person_id=person.id, created_at=at, expires_at=at + VALID)
    session.add(link)
    record(session, by, "reset_link", f"person {person.login}", at=at)
    session.flush()
    return made


def path(token: str, base_url: str = "/") -> str:
    """Where a link leads: the address of the portal, and the token."""
    return f"{base_url.rstrip('/')}/reset/{token}"


def holder(session: Session, token: str, at: datetime) -> str | None:
    """The login name of whom a link is for; null where it is none, was used, or is too old."""
    link = _valid(session, token, at)
    return session.get_one(Person, link.person_id).login if link else None


def use(db: Database, token: str, password: str, address: str, at: datetime) -> None:
    """Set the password; the link no longer counts, and all sessions of the person end.

    Raises:
        UsageError: the link does not count, or the password is too weak (the link then still counts).
    """
    with db.reading() as session:
        person = _person(session, token, at)
    stored = passwords.hashed(passwords.checked(password, *known(person)))
    with db.session() as session:
        person = _person(session, token, at, spend=True)
        store(
            session, person, stored, Actor(person.id, person.login, addresses.normal(address), via=PORTAL), at
        )


def _person(session: Session, token: str, at: datetime, *, spend: bool = False) -> Person:
    link = _valid(session, token, at, locked=spend)
    person = session.get_one(Person, link.person_id, with_for_update=spend or None) if link else None
    if link is None or person is None or person.disabled_at is not None:
        raise UsageError(tr("This link no longer counts: ask for another one"))
    if spend:
        link.used_at = at
    return person


def _valid(session: Session, token: str, at: datetime, *, locked: bool = False) -> ResetLink | None:
    wanted = select(ResetLink).where(ResetLink.hash == digest(token))
    link = session.scalar(wanted.with_for_update() if locked else wanted)
    return link if link and link.used_at is None and at < link.expires_at else None
