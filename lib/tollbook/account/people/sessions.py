"""Sessions: who is signed in, from where, since when, and until when.

The browser has a random token, the database its hash. A session ends when it is ended, when nothing was asked
for as long as params/site.yml says, when it is as old as that says, and while its person may not come in.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from tollbook.account.audit import PORTAL, Actor, record, refused
from tollbook.account.database import Database
from tollbook.account.people import addresses
from tollbook.account.people.bearer import digest, token
from tollbook.account.people.models import Person, PersonSession
from tollbook.account.people.persons import found
from tollbook.account.people.who import Who, scope_of
from tollbook.account.rights import may
from tollbook.account.scope import Scope
from tollbook.errors import UsageError
from tollbook.language import tr
from tollbook.params import Site

NOTED: Final = timedelta(minutes=1)
"""How often at most it is written that a session is in use."""
LONGEST_AGENT: Final = 200
_KEPT: Final = timedelta(days=90)


@dataclass(frozen=True)
class Signed:
    """A session in use: who it is, as whom an operator looks through it, and what of the data it has."""

    id: int
    who: Who
    seen_as: Who | None
    scope: Scope
    address: str
    last_used_at: datetime

    @property
    def actor(self) -> Actor:
        """Who does what is done in it."""
        seen_as = self.seen_as.login if self.seen_as else ""
        return Actor(self.who.id, self.who.login, self.address, seen_as, PORTAL)


def begin(session: Session, person: Person, address: str, agent: str, at: datetime) -> str:
    """A new session; returns its token, which is told once. Sessions of long ago are forgotten."""
    old = PersonSession.person_id == person.id, PersonSession.last_used_at < at - _KEPT
    session.execute(delete(PersonSession).where(*old))
    made = token()
    session.add(
        PersonSession(
            hash=digest(made),
            person_id=person.id,
            created_at=at,
            last_used_at=at,
            address=addresses.normal(address),
            agent=agent[:LONGEST_AGENT],
        )
    )
    session.flush()
    return made


def find(session: Session, token: str, address: str, site: Site, at: datetime) -> Signed | None:
    """The session of a token; null if there is none, it is over, or its person may not come in from this address."""
    return _signed(
        session,
        session.scalar(select(PersonSession).where(PersonSession.hash == digest(token))),
        address,
        site,
        at,
    )


def again(session: Session, session_id: int, address: str, site: Site, at: datetime) -> Signed | None:
    """As `find`, of a session that was found before: what it is now."""
    return _signed(session, session.get(PersonSession, session_id), address, site, at)


def _signed(
    session: Session, row: PersonSession | None, address: str, site: Site, at: datetime
) -> Signed | None:
    if row is None or not _open(row, site, at):
        return None
    person = session.get_one(Person, row.person_id)
    if person.disabled_at is not None or not addresses.allowed(person.allowed_addresses, address):
        return None
    seen_as = session.get(Person, row.as_person_id) if row.as_person_id else None
    scope = scope_of(session, seen_as or person)
    shown = Who.of(seen_as) if seen_as else None
    return Signed(row.id, Who.of(person), shown, scope, addresses.normal(address), row.last_used_at)


def due(signed: Signed, at: datetime) -> bool:
    """Whether it is time to write that a session is in use: then `touch` it, in a transaction that writes."""
    return at - signed.last_used_at >= NOTED


def touch(session: Session, session_id: int, at: datetime) -> None:
    """Write that a session is in use; does nothing within a minute of the last time."""
    stale = PersonSession.id == session_id, PersonSession.last_used_at <= at - NOTED
    session.execute(update(PersonSession).where(*stale).values(last_used_at=at))


def own(session: Session, person_id: int, site: Site, at: datetime) -> list[dict[str, Any]]:
    """A person's open sessions, the one used last first."""
    rows = session.scalars(select(PersonSession).where(PersonSession.person_id == person_id))
    live = sorted(
        (row for row in rows if _open(row, site, at)), key=lambda row: row.last_used_at, reverse=True
    )
    columns = ("id", "created_at", "last_used_at", "address", "agent")
    return [{name: getattr(row, name) for name in columns} for row in live]


def end(session: Session, person_id: int, session_id: int, by: Actor, at: datetime) -> bool:
    """End one of a person's sessions, as by signing out; false if they have no such open one."""
    return _end(session, person_id, by, at, only=session_id) > 0


def end_others(session: Session, person_id: int, keep: int | None, by: Actor, at: datetime) -> int:
    """End all of a person's sessions but the one to keep; null keeps none. Returns how many."""
    return _end(session, person_id, by, at, keep=keep)


def view_as(db: Database, signed: Signed, login: str, at: datetime) -> None:
    """Look through this session as a contact, with its rights and no more, until `view_as_oneself`.

    Raises:
        UsageError: this person may not, or there is no such contact.
    """
    if not may(signed.who.role, "see", "view_as"):
        refused(db, signed.actor, "view_as", "contact", at)
        raise UsageError(tr("Only users of the account can look at the portal as a contact"))
    with db.session() as session:
        contact = found(session, login, "contact")
        _look(session, signed.id, contact.id)
        record(session, signed.actor, "view_as", f"contact {contact.login}", at=at)


def view_as_oneself(session: Session, signed: Signed, at: datetime) -> None:
    """End looking as a contact."""
    if signed.seen_as:
        _look(session, signed.id, None)
        record(session, signed.actor, "view_as_oneself", f"contact {signed.seen_as.login}", at=at)


def _look(session: Session, session_id: int, person_id: int | None) -> None:
    session.execute(
        update(PersonSession).where(PersonSession.id == session_id).values(as_person_id=person_id)
    )


def _open(row: PersonSession, site: Site, at: datetime) -> bool:
    idle, age = at - row.last_used_at, at - row.created_at
    in_time = idle < timedelta(minutes=site.idle_minutes) and age < timedelta(hours=site.session_hours)
    return row.ended_at is None and in_time


def _end(
    session: Session,
    person_id: int,
    by: Actor,
    at: datetime,
    *,
    only: int | None = None,
    keep: int | None = None,
) -> int:
    wanted = select(PersonSession).where(
        PersonSession.person_id == person_id, PersonSession.ended_at.is_(None)
    )
    rows = [row for row in session.scalars(wanted) if row.id != keep and only in {None, row.id}]
    for row in rows:
        row.ended_at = at
    if rows:
        login = session.get_one(Person, person_id).login
        record(session, by, "end_sessions", f"person {login}", after={"sessions": len(rows)}, at=at)
    session.flush()
    return len(rows)
