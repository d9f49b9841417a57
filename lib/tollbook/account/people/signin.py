"""Signing in: name and password or another way, then the second factor where there is one.

Whatever is wrong has one answer, after the same work: whether a name is known, somebody is disabled or an
address is not allowed is told by the audit alone.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from tollbook.account.audit import PORTAL, Actor, record
from tollbook.account.database import Database
from tollbook.account.people import addresses, limits, once, passwords, sessions, twofactor
from tollbook.account.people.bearer import storable
from tollbook.account.people.fields import folded
from tollbook.account.people.limits import Attempt
from tollbook.account.people.models import Person
from tollbook.account.secret import Secret
from tollbook.language import tr

TICKET: Final = timedelta(minutes=5)
"""How long the second factor may take after the password."""
MEANS: Final = "password"
"""How somebody signs in who types one; the audit keeps it, as it keeps the other ways."""
_PURPOSE: Final = "sign-in ticket"


@dataclass(frozen=True)
class Place:
    """Where somebody signs in from: the address and what the browser calls itself."""

    address: str
    agent: str = ""


@dataclass(frozen=True)
class Answer:
    """What became of a step: `in` with a session's token, `code` with a ticket for `second_step`, else `wrong` or `wait`."""

    state: Literal["in", "code", "wrong", "wait"]
    words: str = ""
    token: str = field(default="", repr=False)
    ticket: str = field(default="", repr=False)
    wait_s: int = 0


def sign_in(db: Database, secret: Secret, login: str, password: str, place: Place, at: datetime) -> Answer:
    """The first step. Nothing is looked at while the address or the name has to wait.

    Raises:
        TollbookError: the database cannot be reached.
    """
    name, address = folded(login), addresses.normal(place.address)
    tried = limits.attempt(db, address, name, at)
    if tried.wait_s:
        return wait(tried)
    person = _person(db, name)
    right = passwords.matches(person.password_hash if person else None, password)
    renewed = _renewed(person, password) if right else None
    with db.session() as session:
        why = _refusal(session, person, address, right=right)
        if person is None or why:
            return turn_away(session, person, address, why, at)
        return first_step(session, secret, person, tried, place, at, renewed=renewed)


def is_usual(db: Database, login: str, place: Place, at: datetime) -> bool:
    """Whether somebody of this name has signed in from there before: whoever tries it now is hardly a stranger.

    Raises:
        TollbookError: the database cannot be reached.
    """
    with db.reading() as session:
        return limits.is_usual(session, addresses.normal(place.address), folded(login), at)


def turned_away_unseen(seconds: int) -> Answer:
    """The answer to somebody at whose password nobody has looked, because too many others wait; it counts as nothing."""
    return wait(Attempt((), seconds))


def second_step(db: Database, secret: Secret, ticket: str, code: str, place: Place, at: datetime) -> Answer:
    """The second step: the ticket of the first, and a code of the app or a recovery code.

    Raises:
        TollbookError: the database cannot be reached.
    """
    address = addresses.normal(place.address)
    person, means = _ticket_holder(db, secret, ticket, at)
    if person is None:
        return Answer("wrong", tr("This took too long: sign in again"))
    tried = limits.attempt(db, address, person.login, at)
    if tried.wait_s:
        return wait(tried)
    with db.session() as session:
        locked = session.get_one(Person, person.id, with_for_update=True)
        why = _refusal(session, person, address, right=True)
        if why or not twofactor.passes(session, secret, locked, code, at):
            return turn_away(session, locked, address, why or "wrong code", at, means)
        if not once.spend_in(session, ticket, at + TICKET):
            return turn_away(session, locked, address, "ticket used before", at, means)
        return let_in(session, locked, tried, place, at, means)


def first_step(
    session: Session,
    secret: Secret,
    person: Person,
    tried: Attempt,
    place: Place,
    at: datetime,
    means: str = MEANS,
    renewed: str | None = None,
) -> Answer:
    """It is they: a session, or a ticket for the second step. `renewed` is a hash in place of the stored one."""
    locked = session.get_one(Person, person.id, with_for_update=True)
    if renewed:
        locked.password_hash = renewed
    if locked.totp_confirmed_at is None:
        return let_in(session, locked, tried, place, at, means)
    limits.take_back(session, tried.keys, at)
    told = {"person": locked.id, "since": _since(locked), "at": at.isoformat(), "means": means}
    return Answer("code", ticket=secret.seal(json.dumps(told), _PURPOSE))


def let_in(
    session: Session, person: Person, tried: Attempt, place: Place, at: datetime, means: str = MEANS
) -> Answer:
    """Begin a session; `means` tells the audit what somebody signed in with."""
    limits.forgive(session, tried.keys, at)
    token = sessions.begin(session, person, place.address, place.agent, at)
    by = _actor(person, addresses.normal(place.address))
    record(session, by, "sign_in", "portal", after={"means": means}, at=at)
    return Answer("in", token=token)


def turn_away(
    session: Session, person: Person | None, address: str, why: str, at: datetime, means: str = MEANS
) -> Answer:
    """The one answer to whatever is wrong; why is for the audit.

    An unknown name is not kept: what people type there by mistake may be their password.
    """
    by = _actor(person, address) if person else Actor(None, "", address, via=PORTAL)
    after = {"why": storable(why), "means": means}
    record(session, by, "sign_in", "portal", "failed", after=after, at=at)
    typed = tr("Name, password or code is wrong")
    return Answer("wrong", typed if means == MEANS else tr("Signing in did not work: try again"))


def barred(person: Person, address: str) -> str:
    """Why somebody who is who they say may not come in, for the audit; empty where they may."""
    if person.disabled_at is not None:
        return "disabled"
    return "" if addresses.allowed(person.allowed_addresses, address) else "address not allowed"


def wait(tried: Attempt) -> Answer:
    """The answer to a try that has to wait, whatever way in it is."""
    return Answer("wait", limits.words(tried.wait_s), wait_s=tried.wait_s)


def _refusal(session: Session, person: Person | None, address: str, *, right: bool) -> str:
    """Why this person may not come in, for the audit; empty where they may. Looks at the row as it is now."""
    if person is None:
        return "unknown name"
    now = session.get_one(Person, person.id)
    if not right or _since(now) != _since(person):
        return "wrong password"
    return barred(now, address)


def _person(db: Database, login: str) -> Person | None:
    with db.reading() as session:
        return session.scalar(select(Person).where(Person.login == login))


def _renewed(person: Person | None, password: str) -> str | None:
    """A hash with today's parameters, where the stored one has others."""
    stored = person.password_hash if person else None
    return passwords.hashed(password) if stored and passwords.outdated(stored) else None


def _ticket_holder(db: Database, secret: Secret, ticket: str, at: datetime) -> tuple[Person | None, str]:
    """Whom a ticket was given to, and for what; null where it is none, too old, or the password has changed since."""
    text = secret.unseal(ticket, _PURPOSE)
    told = json.loads(text) if text else None
    if told is None or at - datetime.fromisoformat(told["at"]) > TICKET:
        return None, ""
    with db.reading() as session:
        person = session.get(Person, told["person"])
    return person if person and _since(person) == told["since"] else None, told["means"]


def _since(person: Person) -> str:
    return person.password_changed_at.isoformat() if person.password_changed_at else ""


def _actor(person: Person, address: str) -> Actor:
    return Actor(person.id, person.login, address, via=PORTAL)
