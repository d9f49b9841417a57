"""The second factor: a code of six digits that an app shows (TOTP, RFC 6238), or a recovery code, each taken once."""

from dataclasses import dataclass, field
from datetime import datetime
from hmac import compare_digest
from typing import Final

import pyotp
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from tollbook.account.audit import Actor, record
from tollbook.account.people.bearer import digest, readable, typed
from tollbook.account.people.models import Person, RecoveryCode
from tollbook.account.secret import Secret
from tollbook.errors import UsageError
from tollbook.language import tr

STEP_S: Final = 30
AROUND: Final = 1
"""Steps before and after this one whose code is taken too: clocks differ."""
RECOVERY_CODES: Final = 10
_PURPOSE: Final = "second factor"
_OFF: Final = {"second_factor": "off"}
_ON: Final = {"second_factor": "on"}


@dataclass(frozen=True)
class Enrolment:
    """What an app is told: the secret to type, or the same as an address that a QR code holds."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)


def begin(session: Session, secret: Secret, by: Actor, issuer: str) -> Enrolment:
    """Make a secret for one's app; it counts once `confirm` has seen a code of it. Asked again, there is a new one.

    Raises:
        UsageError: there is a second factor already.
    """
    person = _locked(session, by)
    if person.totp_confirmed_at is not None:
        raise UsageError(tr("There is a second factor already: turn it off first"))
    made = pyotp.random_base32()
    person.totp_secret = secret.seal(made, _PURPOSE)
    session.flush()
    return _enrolment(made, person.login, issuer)


def unconfirmed(secret: Secret, person: Person, issuer: str) -> Enrolment | None:
    """What `begin` told last, to be shown once more until a code confirms it; null where there is none, or it counts."""
    if person.totp_secret is None or person.totp_confirmed_at is not None:
        return None
    made = secret.unseal(person.totp_secret, _PURPOSE)
    return _enrolment(made, person.login, issuer) if made else None


def confirm(session: Session, secret: Secret, by: Actor, code: str, at: datetime) -> list[str]:
    """Turn the second factor on, once a code shows that the app has the secret. Returns the recovery codes, told once.

    Raises:
        UsageError: there was no `begin`, it is on already, or the code is wrong.
    """
    person = _locked(session, by)
    if person.totp_secret is None or person.totp_confirmed_at is not None:
        raise UsageError(tr("There is nothing to confirm"))
    if not _app_code(secret, person, code, at):
        raise UsageError(tr("This code is wrong: type the one that the app shows now"))
    person.totp_confirmed_at = at
    record(session, by, "two_factor_on", f"person {person.login}", before=_OFF, after=_ON, at=at)
    return _recovery_codes(session, person)


def new_recovery_codes(session: Session, by: Actor, at: datetime) -> list[str]:
    """Ten other recovery codes in place of those that there are; told once.

    Raises:
        UsageError: there is no second factor.
    """
    person = _locked(session, by)
    if person.totp_confirmed_at is None:
        raise UsageError(tr("There is no second factor yet"))
    record(session, by, "recovery_codes", f"person {person.login}", at=at)
    return _recovery_codes(session, person)


def recovery_codes_left(session: Session, person_id: int) -> int:
    """How many recovery codes a person has not used."""
    unused = RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None)
    return session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0


def turn_off(session: Session, person: Person, by: Actor, at: datetime) -> bool:
    """Ask this person for no second factor any more; false if there was none."""
    had = person.totp_confirmed_at is not None
    person.totp_secret = person.totp_confirmed_at = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    if had:
        record(session, by, "two_factor_off", f"person {person.login}", before=_ON, after=_OFF, at=at)
    session.flush()
    return had


def passes(session: Session, secret: Secret, person: Person, code: str, at: datetime) -> bool:
    """Whether a code of the app or a recovery code lets this person in; it does so once. The person is locked."""
    return _app_code(secret, person, code, at) or _recovery_code(session, person, code, at)


def _enrolment(made: str, login: str, issuer: str) -> Enrolment:
    return Enrolment(made, pyotp.TOTP(made).provisioning_uri(name=login, issuer_name=issuer))


def _app_code(secret: Secret, person: Person, code: str, at: datetime) -> bool:
    """Whether the app shows this code about now, in a later step than that of the last one taken."""
    bare = "".join(code.split())
    sealed = person.totp_secret and secret.unseal(person.totp_secret, _PURPOSE)
    if not sealed or not bare.isascii():
        return False
    now = int(at.timestamp()) // STEP_S
    app = pyotp.TOTP(sealed, interval=STEP_S)
    for step in range(max(now - AROUND, person.totp_step + 1), now + AROUND + 1):
        if compare_digest(app.generate_otp(step), bare):
            person.totp_step = step
            return True
    return False


def _recovery_code(session: Session, person: Person, code: str, at: datetime) -> bool:
    row = session.get(RecoveryCode, (person.id, digest(typed(code))), with_for_update=True)
    if person.totp_confirmed_at is None or row is None or row.used_at is not None:
        return False
    unused = RecoveryCode.person_id == person.id, RecoveryCode.hash == row.hash
    session.execute(update(RecoveryCode).where(*unused).values(used_at=at))
    return True


def _recovery_codes(session: Session, person: Person) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    codes = [readable(groups=4, letters=4) for _ in range(RECOVERY_CODES)]
    session.add_all([RecoveryCode(person_id=person.id, hash=digest(typed(code))) for code in codes])
    session.flush()
    return codes


def _locked(session: Session, by: Actor) -> Person:
    return session.get_one(Person, by.as_oneself(), with_for_update=True)
