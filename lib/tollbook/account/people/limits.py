"""Limits of signing in: the more often it goes wrong, the longer the wait, per address and per login name.

Failures are counted before the password is looked at, so that tries at the same moment all count, and what must
wait is turned away before any work is done and without being counted. A failure fades by half in 6 hours.

Where a person has signed in before, from the same address, only their own failures there count. So nobody can
lock a person out of their usual place by trying their name from elsewhere, or everybody behind one address by
trying other names from it.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_network
from math import ceil
from typing import Final

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tollbook.account.database import Database
from tollbook.account.people.addresses import parsed
from tollbook.account.people.bearer import digest
from tollbook.account.people.models import Person, PersonSession, SignInFailure
from tollbook.language import trn

FREE: Final = {"address": 20, "login": 5, "pair": 5}
"""Failures that cost no wait: people mistype, and an office shares an address."""
LONGEST_S: Final = 900
"""No wait is longer: a quarter of an hour."""
HALF_LIFE: Final = timedelta(hours=6)
_FORGOTTEN: Final = timedelta(days=3)
_FORGOTTEN_AT_ONCE: Final = 100
_KNOWN: Final = timedelta(days=30)
"""How long an address stays one from which the person has signed in."""
_OWN_NETWORK: Final = 64
"""Bits of an IPv6 address that a provider gives out; the others are the customer's to choose."""


@dataclass(frozen=True)
class Key:
    """What failures are counted by."""

    kind: str
    key: str


@dataclass(frozen=True)
class Attempt:
    """One try to sign in: what it is counted by, and how long it has to wait; 0 where it may go on."""

    keys: tuple[Key, ...]
    wait_s: int = 0


def attempt(db: Database, address: str, login: str, at: datetime) -> Attempt:
    """Count a try, unless it has to wait; then nothing is written, so that a flood of tries disturbs nobody."""
    with db.reading() as session:
        keys = keys_of(session, address, login, at)
    return counted(db, keys, at)


def counted(db: Database, keys: tuple[Key, ...], at: datetime) -> Attempt:
    """As `attempt`, of whatever is limited by these keys."""
    with db.reading() as session:
        if wait := wait_s(session, keys, at):
            return Attempt(keys, wait)
    with db.session() as session:
        rows = [_row(session, key, at) for key in keys]
        if wait := _longest(rows, at):
            return Attempt(keys, wait)
        _count(session, rows, at)
    return Attempt(keys)


def keys_of(session: Session, address: str, login: str, at: datetime) -> tuple[Key, ...]:
    """What a try with this login name from this address is counted by."""
    if is_usual(session, address, login, at):
        return (Key("pair", _hashed(login, address)),)
    return Key("address", _hashed(network(address))), Key("login", _hashed(login))


def keys_for(purpose: str, address: str, name: str = "") -> tuple[Key, ...]:
    """What something else than signing in is counted by: per address and, where there is one, per name."""
    of_address = Key("address", _hashed(purpose, network(address)))
    return (of_address, Key("login", _hashed(purpose, name))) if name else (of_address,)


def wait_s(session: Session, keys: Sequence[Key], at: datetime) -> int:
    """Seconds until the next try is looked at; 0: it is at once."""
    rows = (session.get(SignInFailure, (key.kind, key.key)) for key in keys)
    return _longest([row for row in rows if row], at)


def words(seconds: int) -> str:
    """What somebody is told who has to wait."""
    text = trn(
        "Too many wrong sign-ins: wait {seconds} second",
        "Too many wrong sign-ins: wait {seconds} seconds",
        seconds,
    )
    return text.format(seconds=seconds)


def words_to_ask(seconds: int) -> str:
    """What somebody is told who has asked for too much and has to wait."""
    text = trn(
        "Asked for too often: wait {seconds} second",
        "Asked for too often: wait {seconds} seconds",
        seconds,
    )
    return text.format(seconds=seconds)


def forgive(session: Session, keys: Sequence[Key], at: datetime) -> None:
    """It went well: a name's failures are forgotten, an address gets back the one that was counted ahead."""
    names = [key for key in keys if key.kind != "address"]
    take_back(session, [key for key in keys if key.kind == "address"], at)
    for key in names:
        session.execute(
            delete(SignInFailure).where(SignInFailure.kind == key.kind, SignInFailure.key == key.key)
        )
    session.flush()


def take_back(session: Session, keys: Sequence[Key], at: datetime) -> None:
    """It went well so far: the one that was counted ahead is not a failure, those before it stay."""
    for key in keys:
        row = _row(session, key, at)
        row.failures, row.at, row.until = max(_faded(row, at) - 1, 0), at, at
    session.flush()


def delay_s(kind: str, failures: float) -> float:
    """How long the next try has to wait after so many failures: 1, 2, 4, ... seconds beyond the free ones."""
    beyond = round(failures) - FREE[kind]
    return min(2.0 ** min(beyond - 1, 32), LONGEST_S) if beyond > 0 else 0


def _longest(rows: Sequence[SignInFailure], at: datetime) -> int:
    """Seconds until the last of them is over; no more than there can be, should the clock have been set back."""
    waits = [0, *(ceil((row.until - at).total_seconds()) for row in rows)]
    return min(max(waits), LONGEST_S)


def _count(session: Session, rows: Sequence[SignInFailure], at: datetime) -> None:
    """One more failure of each, and how long the next try has to wait."""
    for row in rows:
        row.failures = _faded(row, at) + 1
        row.at, row.until = at, at + timedelta(seconds=delay_s(row.kind, row.failures))
    session.flush()
    # Rows that another transaction holds are left to it: two that wait for each other would end in an error.
    old = select(SignInFailure).where(SignInFailure.at < at - _FORGOTTEN).limit(_FORGOTTEN_AT_ONCE)
    for row in session.scalars(old.with_for_update(skip_locked=True)):
        session.delete(row)
    session.flush()


def _faded(row: SignInFailure, at: datetime) -> float:
    elapsed = max(at - row.at, timedelta(0))
    return float(row.failures * 0.5 ** (elapsed / HALF_LIFE))


def _row(session: Session, key: Key, at: datetime) -> SignInFailure:
    """The row of a key, held until the transaction ends; made if need be, by one of those who come at once."""
    identity = {"kind": key.kind, "key": key.key}
    if session.get(SignInFailure, (key.kind, key.key), with_for_update=True) is None:
        with suppress(IntegrityError), session.begin_nested():
            session.execute(insert(SignInFailure).values(**identity, failures=0.0, at=at, until=at))
    return session.get_one(SignInFailure, (key.kind, key.key), with_for_update=True)


def is_usual(session: Session, address: str, login: str, at: datetime) -> bool:
    """Whether the person has signed in from this address before, not too long ago."""
    found = (
        select(PersonSession.id)
        .join(Person, Person.id == PersonSession.person_id)
        .where(Person.login == login, PersonSession.address == address)
        .where(PersonSession.last_used_at >= at - _KNOWN)
    )
    return session.scalar(found.limit(1)) is not None


def network(address: str) -> str:
    """What an address is counted by: of IPv6 the network that a provider gives out."""
    known = parsed(address)
    if isinstance(known, IPv6Address):
        return str(ip_network((known, _OWN_NETWORK), strict=False))
    return str(known or address)


def _hashed(*parts: str) -> str:
    return digest("|".join(parts))
