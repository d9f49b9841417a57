"""Whether an e-mail address or a mobile telephone is somebody's: they type a code that was sent to it.

The code has six digits, counts for a quarter of an hour and for five tries, and for what it was sent to alone.
Kept is what only the workspace's secret can compare: a hash of so few digits would be found by trying them all.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest, digest
from typing import Final, Literal, get_args

from sqlalchemy.orm import Session

from tollbook.account.audit import Actor, record
from tollbook.account.database import Database
from tollbook.account.people import letters, limits
from tollbook.account.people.models import Person, VerificationCode
from tollbook.account.post import outbox
from tollbook.account.post.message import Channel as Post
from tollbook.account.post.message import Message
from tollbook.account.secret import Secret
from tollbook.errors import UsageError
from tollbook.language import later, tr
from tollbook.params import Site

What = Literal["email", "mobile"]

VALID: Final = timedelta(minutes=15)
TRIES: Final = 5
_MINUTES: Final = int(VALID.total_seconds()) // 60
_PURPOSE: Final = "verification code"
_NO_LONGER: Final = later("This code no longer counts: ask for another one")


@dataclass(frozen=True)
class _Way:
    """How one of them is reached, and what is said where it cannot be."""

    post: Post
    none: str
    unsent: str


_WAYS: Final[dict[What, _Way]] = {
    "email": _Way(
        "mail",
        later("There is no e-mail address to verify: enter one first"),
        later("No mail is sent from here: an admin has to set it up first"),
    ),
    "mobile": _Way(
        "sms",
        later("There is no mobile telephone to verify: enter one first"),
        later("No text messages are sent from here: an admin has to set it up first"),
    ),
}


def offered(site: Site, what: What) -> bool:
    """Whether a code can be sent, so that a page should offer it."""
    return outbox.ready(site, _WAYS[what].post)


def begin(db: Database, secret: Secret, site: Site, by: Actor, what: What, at: datetime) -> None:
    """Send a code, which takes the place of an earlier one; it goes out with the next `deliver`.

    Raises:
        UsageError: nothing is sent from here, none is entered, it is verified, or too many were asked for.
    """
    _known(what)
    with db.reading() as session:
        person = session.get_one(Person, by.as_oneself())
    _refuse_needless(site, person, what)
    tried = limits.counted(db, limits.keys_for(f"verify {what}", by.address, person.login), at)
    if tried.wait_s:
        raise UsageError(limits.words_to_ask(tried.wait_s))
    code = f"{secrets.randbelow(10**6):06}"
    with db.session() as session:
        locked = session.get_one(Person, person.id, with_for_update=True)
        _refuse_needless(site, locked, what)
        row = _row(session, locked, what) or VerificationCode(person_id=locked.id, channel=what)
        row.hash, row.tries = _hash(secret, locked, what, code), 0
        row.created_at, row.expires_at = at, at + VALID
        session.add(row)
        outbox.put(session, secret, _message(site, locked, what, code), f"verify_{what}", at, at + VALID)
        record(session, by, "verification_code", f"person {locked.login}", after={"for": what}, at=at)


def confirm(db: Database, secret: Secret, by: Actor, what: What, code: str, at: datetime) -> None:
    """Verify it with the code that came. A wrong one counts as a try.

    Raises:
        UsageError: the code is wrong, too old, was tried too often, or was sent to what is entered no more.
    """
    _known(what)
    own_id = by.as_oneself()
    with db.session() as session:
        person = session.get_one(Person, own_id, with_for_update=True)
        row = _row(session, person, what)
        if row is None or row.expires_at <= at or row.tries >= TRIES:
            raise UsageError(tr(_NO_LONGER))
        row.tries += 1
        right = compare_digest(row.hash, _hash(secret, person, what, "".join(code.split())))
        if right:
            session.delete(row)
            setattr(person, f"{what}_verified_at", at)
            if what == "email":
                person.email_claimed = False
        outcome = "done" if right else "failed"
        after = {what: getattr(person, what)} if right else {"for": what}
        record(session, by, "verify", f"person {person.login}", outcome, after=after, at=at)  # type: ignore[arg-type]
    if not right:
        raise UsageError(tr("This code is wrong: type the one that came last"))


def _refuse_needless(site: Site, person: Person, what: What) -> None:
    if not offered(site, what):
        raise UsageError(tr(_WAYS[what].unsent))
    if not getattr(person, what):
        raise UsageError(tr(_WAYS[what].none))
    if getattr(person, f"{what}_verified_at") is not None:
        raise UsageError(tr("It is verified already"))


def _message(site: Site, person: Person, what: What, code: str) -> Message:
    write = letters.code_by_mail if what == "email" else letters.code_by_sms
    return write(site, person, code, _MINUTES)


def _hash(secret: Secret, person: Person, what: What, code: str) -> str:
    text = "|".join((str(person.id), what, getattr(person, what), code))
    return digest(secret.key(_PURPOSE), text.encode(errors="replace"), sha256).hex()


def _row(session: Session, person: Person, what: What) -> VerificationCode | None:
    return session.get(VerificationCode, (person.id, what), with_for_update=True)


def _known(what: str) -> None:
    if what not in get_args(What):
        raise ValueError(f"'{what}' is none of {get_args(What)}")
