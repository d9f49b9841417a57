"""Passkeys (WebAuthn): a key in somebody's device signs in its place, once the device has seen that it is they.

As the device asks for a finger, a face or a PIN, a passkey is both factors. Challenges count once and for five minutes.
"""

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest, digest
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from tollbook.account.audit import Actor, record
from tollbook.account.database import Database
from tollbook.account.fields import parse_name
from tollbook.account.people import addresses, limits
from tollbook.account.people.bearer import storable
from tollbook.account.people.limits import Attempt
from tollbook.account.people.models import Passkey, Person
from tollbook.account.people.once import spend
from tollbook.account.people.signin import Answer, Place, barred, let_in, turn_away, wait
from tollbook.account.secret import Secret
from tollbook.errors import UsageError
from tollbook.language import tr

VALID: Final = timedelta(minutes=5)
MOST: Final = 20
"""Passkeys of one person."""
LONGEST_NAME: Final = 100
MEANS: Final = "passkey"
_MAKE, _USE = "passkey registration", "passkey sign-in"
_HANDLE: Final = "passkey user"
_TRANSPORTS: Final = frozenset({"usb", "nfc", "ble", "smart-card", "hybrid", "internal", "cable"})
_COLUMNS: Final = ("id", "name", "backed_up", "created_at", "last_used_at")


@dataclass(frozen=True)
class Party:
    """Where passkeys are for: the host's name, the origin of its pages, and what people call it."""

    rp_id: str
    origin: str
    name: str


@dataclass(frozen=True)
class _Challenge:
    """What a device has to sign, and until when."""

    value: bytes
    person: int | None
    until: datetime


def begin_registration(
    db: Database, secret: Secret, party: Party, by: Actor, at: datetime
) -> tuple[dict[str, Any], str]:
    """What the page gives to `navigator.credentials.create`, and what it gives back with the answer.

    Raises:
        UsageError: there are too many, or somebody looks as another.
    """
    from webauthn import generate_registration_options, options_to_json  # noqa: PLC0415 - few ask
    from webauthn.helpers import structs  # noqa: PLC0415

    own_id = by.as_oneself()
    with db.reading() as session:
        person = session.get_one(Person, own_id)
        known = _of(session, own_id)
    if len(known) >= MOST:
        raise UsageError(tr("There are {count} passkeys already: remove one first").format(count=len(known)))
    challenge = secrets.token_bytes(32)
    options = generate_registration_options(
        rp_id=party.rp_id,
        rp_name=party.name,
        user_id=_handle(secret, person.id),
        user_name=person.login,
        user_display_name=person.name,
        challenge=challenge,
        timeout=_milliseconds(),
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            structs.PublicKeyCredentialDescriptor(id=_bytes(row.credential_id)) for row in known
        ],
    )
    return json.loads(options_to_json(options)), _sealed(secret, _MAKE, challenge, own_id, at)


def finish_registration(
    db: Database, secret: Secret, party: Party, by: Actor, answer: str, sealed: str, name: str, at: datetime
) -> dict[str, Any]:
    """Keep the passkey that the device made; `answer` is what it said, as JSON. Returns its row.

    Raises:
        UsageError: it took too long, the answer does not fit, or the device did not see that it was the person.
    """
    from webauthn import verify_registration_response  # noqa: PLC0415 - few ask

    own_id, named = by.as_oneself(), _named(name)
    challenge = _spent(db, secret, _MAKE, sealed, at)
    if challenge is None or challenge.person != own_id:
        raise UsageError(tr("This took too long: begin again"))
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge.value,
            expected_rp_id=party.rp_id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
        transports = json.loads(answer)["response"].get("transports") or ()
    except Exception as error:  # noqa: BLE001 - whatever the library meets in what a browser sent
        _failed(db, by, "passkey_add", error, at)
        raise UsageError(tr("The passkey could not be made: begin again")) from None
    row = Passkey(
        credential_id=_text(made.credential_id),
        person_id=own_id,
        public_key=_text(made.credential_public_key),
        sign_count=made.sign_count,
        name=named,
        transports=tuple(one for one in transports if one in _TRANSPORTS),
        backed_up=made.credential_backed_up,
        created_at=at,
    )
    with db.session() as session:
        person = session.get_one(Person, own_id, with_for_update=True)
        if session.scalar(select(Passkey.id).where(Passkey.credential_id == row.credential_id)):
            raise UsageError(tr("This passkey is known already"))
        session.add(row)
        session.flush()
        record(session, by, "passkey_add", f"person {person.login}", after=_told(row), at=at)
        return _shown(row)


def begin_sign_in(secret: Secret, party: Party, at: datetime) -> tuple[dict[str, Any], str]:
    """What the page gives to `navigator.credentials.get`, and what it gives back with the answer. Asks for no name."""
    from webauthn import generate_authentication_options, options_to_json  # noqa: PLC0415 - few ask
    from webauthn.helpers.structs import UserVerificationRequirement  # noqa: PLC0415

    challenge = secrets.token_bytes(32)
    options = generate_authentication_options(
        rp_id=party.rp_id,
        challenge=challenge,
        timeout=_milliseconds(),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return json.loads(options_to_json(options)), _sealed(secret, _USE, challenge, None, at)


def sign_in(
    db: Database, secret: Secret, party: Party, answer: str, sealed: str, place: Place, at: datetime
) -> Answer:
    """Let in whose passkey signed the challenge; `answer` is what the device said, as JSON.

    Raises:
        TollbookError: the database cannot be reached.
    """
    address = addresses.normal(place.address)
    tried = limits.counted(db, limits.keys_for(MEANS, address), at)
    if tried.wait_s:
        return wait(tried)
    challenge = _spent(db, secret, _USE, sealed, at)
    with db.session() as session:
        if challenge is None:
            return turn_away(session, None, address, "passkey: no challenge, or it was used", at, MEANS)
        return _signed(session, secret, party, answer, challenge, tried, place, at)


def listing(session: Session, person: Person) -> list[dict[str, Any]]:
    """Somebody's passkeys, the oldest first."""
    return [_shown(row) for row in _of(session, person.id)]


def remove(session: Session, person: Person, passkey_id: int, by: Actor, at: datetime) -> None:
    """Let one of somebody's passkeys sign in no more.

    Raises:
        UsageError: they have no such passkey, or somebody looks as another.
    """
    by.refuse_another()
    row = session.get(Passkey, passkey_id, with_for_update=True)
    if row is None or row.person_id != person.id:
        raise UsageError(tr("There is no passkey {number} here").format(number=passkey_id))
    record(session, by, "passkey_remove", f"person {person.login}", before=_told(row), at=at)
    session.delete(row)
    session.flush()


def _signed(
    session: Session,
    secret: Secret,
    party: Party,
    answer: str,
    challenge: _Challenge,
    tried: Attempt,
    place: Place,
    at: datetime,
) -> Answer:
    address = addresses.normal(place.address)
    row = _claimed(session, answer)
    if row is None:
        return turn_away(session, None, address, "passkey: unknown", at, MEANS)
    person = session.get_one(Person, row.person_id, with_for_update=True)
    try:
        count = _count(secret, party, row, answer, challenge)
    except Exception as error:  # noqa: BLE001 - whatever the library meets in what a browser sent
        why = f"passkey: {type(error).__name__}: {error}"[:200]
        return turn_away(session, person, address, why, at, MEANS)
    if (count or row.sign_count) and count <= row.sign_count:
        why = f"passkey: its count went from {row.sign_count} back to {count}: there may be a copy of it"
        return turn_away(session, person, address, why, at, MEANS)
    if why := barred(person, address):
        return turn_away(session, person, address, why, at, MEANS)
    row.sign_count, row.last_used_at = count, at
    return let_in(session, person, tried, place, at, MEANS)


def _count(secret: Secret, party: Party, row: Passkey, answer: str, challenge: _Challenge) -> int:
    """How often the device says that the passkey was used, once its signature is seen to be right."""
    from webauthn import verify_authentication_response  # noqa: PLC0415 - few ask

    handle = json.loads(answer)["response"].get("userHandle")
    if not isinstance(handle, str) or not compare_digest(_bytes(handle), _handle(secret, row.person_id)):
        raise ValueError("it is of somebody else")
    verified = verify_authentication_response(
        credential=answer,
        expected_challenge=challenge.value,
        expected_rp_id=party.rp_id,
        expected_origin=party.origin,
        credential_public_key=_bytes(row.public_key),
        credential_current_sign_count=0,
        require_user_verification=True,
    )
    return verified.new_sign_count


def _claimed(session: Session, answer: str) -> Passkey | None:
    """The passkey that an answer says it is, held until the transaction ends."""
    try:
        named = json.loads(answer)["id"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not isinstance(named, str) or not named.isascii() or "\0" in named:
        return None
    return session.scalar(select(Passkey).where(Passkey.credential_id == named).with_for_update())


def _sealed(secret: Secret, purpose: str, challenge: bytes, person: int | None, at: datetime) -> str:
    told = {"challenge": _text(challenge), "person": person, "until": (at + VALID).isoformat()}
    return secret.seal(json.dumps(told), purpose)


def _spent(db: Database, secret: Secret, purpose: str, sealed: str, at: datetime) -> _Challenge | None:
    """The challenge, which counts no more after this; null where it did not count."""
    text = secret.unseal(sealed, purpose)
    if text is None:
        return None
    told = json.loads(text)
    challenge = _Challenge(_bytes(told["challenge"]), told["person"], datetime.fromisoformat(told["until"]))
    fresh = at < challenge.until and spend(db, f"{purpose} {told['challenge']}", challenge.until, at)
    return challenge if fresh else None


def _of(session: Session, person_id: int) -> list[Passkey]:
    return list(session.scalars(select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.id)))


def _failed(db: Database, by: Actor, action: str, error: Exception, at: datetime) -> None:
    why = storable(f"{type(error).__name__}: {error}"[:200])
    with db.session() as session:
        record(session, by, action, f"person {by.login}", "failed", after={"why": why}, at=at)


def _named(name: str) -> str:
    try:
        return parse_name(name.strip())[:LONGEST_NAME]
    except ValueError:
        raise UsageError(tr("A passkey needs a name in one line")) from None


def _shown(row: Passkey) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _COLUMNS}


def _told(row: Passkey) -> dict[str, Any]:
    """What the audit keeps of one."""
    return {"passkey": row.id, "name": row.name}


def _handle(secret: Secret, person_id: int) -> bytes:
    """What a device knows a person by: nothing that tells who it is."""
    return digest(secret.key(_HANDLE), str(person_id).encode(), sha256)


def _milliseconds() -> int:
    return int(VALID.total_seconds() * 1000)


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
