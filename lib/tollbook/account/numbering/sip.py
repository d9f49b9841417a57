"""Secrets by which devices register, made here, told once and never kept: only what switches compare them with is.

A switch that checks a digest (RFC 2617) needs HA1, the MD5 of `number:realm:secret`; Kamailio compares HA1B where a
device sends its number with the domain. Whoever has a HA1 can register with it, so it is sealed in the database.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import md5
from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tollbook.account.audit import Actor, record
from tollbook.account.models import now
from tollbook.account.numbering.blocks import checked_realm, settings
from tollbook.account.numbering.book import alone
from tollbook.account.numbering.digits import checked_number, key_of
from tollbook.account.numbering.models import Extension
from tollbook.account.people.bearer import readable
from tollbook.account.secret import Secret
from tollbook.errors import TollbookError, UsageError

GROUPS: Final = 4
LETTERS: Final = 5
_PURPOSE: Final = "sip"


@dataclass(frozen=True)
class Told:
    """A new secret, to be told once."""

    number: str
    customer: str
    realm: str
    secret: str


@dataclass(frozen=True)
class Device:
    """What a switch is told of an extension."""

    number: str
    name: str
    realm: str
    ha1: str
    ha1b: str


def numbered(numbers: Iterable[str]) -> Select[Extension]:
    """The extensions of these numbers, in order."""
    keys = [key_of(checked_number(number)) for number in numbers]
    return select(Extension).where(Extension.key.in_(keys)).order_by(Extension.key)


def without_secret(customer: str) -> Select[Extension]:
    """A customer's extensions that have none yet, in order."""
    wanted = select(Extension).where(Extension.customer_id == customer, Extension.sip_hashes.is_(None))
    return wanted.order_by(Extension.key)


def make(
    session: Session, by: Actor, wanted: Select[Extension], secret: Secret, realm: str = ""
) -> list[Told]:
    """New secrets for extensions; older ones of theirs count no more once switches are told.

    `realm` is the SIP domain in which they count, by default the account's.

    Raises:
        UsageError: the realm is none.
        TollbookError: no realm is named, and the account has none.
    """
    alone(session)
    realm = checked_realm(realm) or settings(session)["realm"]
    if not realm:
        raise TollbookError(
            "a secret counts in one SIP domain: name it with --realm, or once with `block settings`"
        )
    told, at = [], now()
    for extension in session.scalars(wanted).all():
        made = Told(extension.number, extension.customer_id, realm, readable(GROUPS, LETTERS))
        before = _of_secret(extension) if extension.sip_hashes else None
        extension.sip_realm, extension.sip_made_at = realm, at
        extension.sip_hashes = secret.seal(" ".join(hashes(made.number, realm, made.secret)), _PURPOSE)
        after = _of_secret(extension)
        record(session, by, "make secret", f"extension {made.number}", before=before, after=after)
        told.append(made)
    return told


def hashes(number: str, realm: str, secret: str) -> tuple[str, str]:
    """HA1 and HA1B of a secret, the realm being the domain too."""
    return _md5(f"{number}:{realm}:{secret}"), _md5(f"{number}@{realm}:{realm}:{secret}")


def devices(
    session: Session, secret: Secret, customers: Sequence[str] | None = None
) -> tuple[list[Device], list[str]]:
    """What switches are told, in the order of numbers, and the numbers of extensions that have no secret.

    Raises:
        TollbookError: what is kept of a secret cannot be read, as the workspace's secret is another one.
    """
    wanted = select(Extension).order_by(Extension.key)
    if customers is not None:
        wanted = wanted.where(Extension.customer_id.in_(customers))
    found, without = [], []
    for extension in session.scalars(wanted):
        if extension.sip_hashes is None:
            without.append(extension.number)
        else:
            ha1, ha1b = _unsealed(extension, secret)
            found.append(Device(extension.number, extension.name, extension.sip_realm, ha1, ha1b))
    return found, without


def checked_numbers(session: Session, numbers: Sequence[str]) -> None:
    """Nothing, if there is an extension of each number.

    Raises:
        UsageError: the first that there is not.
    """
    there = {extension.number for extension in session.scalars(numbered(numbers))}
    for number in numbers:
        if number not in there:
            raise UsageError(f"there is no extension {number}")


def _of_secret(extension: Extension) -> dict[str, str]:
    """What the audit tells of a secret."""
    return {"customer": extension.customer_id, "realm": extension.sip_realm}


def _unsealed(extension: Extension, secret: Secret) -> tuple[str, str]:
    text = secret.unseal(extension.sip_hashes or "", _PURPOSE)
    if text is None:
        raise TollbookError(
            f"the secret of extension {extension.number} was sealed by another workspace secret: make it anew"
        )
    ha1, _, ha1b = text.partition(" ")
    return ha1, ha1b


def _md5(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()
