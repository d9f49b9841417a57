"""Signing in by another provider (OpenID Connect): authorization code with PKCE, state and nonce.

A person exists already: nobody is made. At the first sign-in the provider's verified e-mail address or login name says
who it is; from then on its subject does, and the address never again: addresses are given to others. Whoever
has set up a second factor is asked for it as after a password.
"""

import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tollbook.account.audit import PORTAL, Actor, record
from tollbook.account.database import Database
from tollbook.account.people import addresses, limits, provider
from tollbook.account.people.bearer import storable
from tollbook.account.people.fields import folded
from tollbook.account.people.limits import Attempt
from tollbook.account.people.models import Person, ProviderIdentity
from tollbook.account.people.once import spend
from tollbook.account.people.persons import of_email
from tollbook.account.people.provider import ProviderError
from tollbook.account.people.signin import Answer, Place, barred, first_step, turn_away, wait
from tollbook.account.secret import Secret
from tollbook.servers import Oidc

VALID: Final = timedelta(minutes=10)
"""How long somebody may be at the provider's."""
MEANS: Final = "oidc"
_PURPOSE: Final = "oidc state"


@dataclass(frozen=True)
class _State:
    """What has to be known when somebody comes back from the provider."""

    issuer: str
    redirect_uri: str
    state: str
    nonce: str
    verifier: str
    at: str


@dataclass(frozen=True)
class _Subject:
    """Whom the provider means, and what it knows of them."""

    issuer: str
    subject: str
    told: Mapping[str, Any]


def label(oidc: Oidc) -> str:
    """What the button says; empty where nobody signs in so."""
    return oidc.label or urlsplit(oidc.issuer).netloc


def start(oidc: Oidc, secret: Secret, redirect_uri: str, at: datetime) -> tuple[str, str]:
    """Where somebody is sent to, and what their browser keeps meanwhile in a cookie that scripts cannot read.

    Raises:
        ProviderError: the provider cannot be reached.
    """
    found = provider.discovered(oidc.issuer, at)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = {
        "response_type": "code",
        "client_id": oidc.client_id,
        "redirect_uri": redirect_uri,
        "scope": "openid email profile",
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    kept = _State(oidc.issuer, redirect_uri, state, nonce, verifier, at.isoformat())
    separator = "&" if "?" in found.authorization_endpoint else "?"
    url = f"{found.authorization_endpoint}{separator}{urlencode(query)}"
    return url, secret.seal(json.dumps(asdict(kept)), _PURPOSE)


def finish(
    db: Database,
    secret: Secret,
    oidc: Oidc,
    query: Mapping[str, str],
    sealed_state: str,
    place: Place,
    at: datetime,
) -> Answer:
    """Let somebody in who comes back from the provider with this query, or ask for their second factor.

    What the browser kept counts once; the caller has it forgotten.

    Raises:
        TollbookError: the database cannot be reached.
    """
    address = addresses.normal(place.address)
    tried = limits.counted(db, limits.keys_for(MEANS, address), at)
    if tried.wait_s:
        return wait(tried)
    try:
        who = _told(db, secret, oidc, query, sealed_state, at)
        return _known(db, secret, oidc, who, tried, place, at)
    except (ProviderError, IntegrityError) as error:
        why = str(error) if isinstance(error, ProviderError) else "another sign-in was first"
        with db.session() as session:
            return turn_away(session, None, address, why, at, MEANS)


def unbind(session: Session, person: Person, by: Actor, at: datetime) -> int:
    """Forget whom providers mean by this person: the next sign-in binds anew. Returns how many were known."""
    rows = list(session.scalars(select(ProviderIdentity).where(ProviderIdentity.person_id == person.id)))
    for row in rows:
        before = {"issuer": row.issuer, "subject": row.subject}
        record(session, by, "oidc_unbind", f"person {person.login}", before=before, at=at)
        session.delete(row)
    session.flush()
    return len(rows)


def bound(session: Session, person: Person) -> list[dict[str, Any]]:
    """By which provider this person signs in, and as whom."""
    rows = session.scalars(select(ProviderIdentity).where(ProviderIdentity.person_id == person.id))
    columns = ("issuer", "subject", "created_at", "last_used_at")
    return [{name: getattr(row, name) for name in columns} for row in rows]


def _told(
    db: Database, secret: Secret, oidc: Oidc, query: Mapping[str, str], sealed_state: str, at: datetime
) -> _Subject:
    """Whom the provider means, once everything on the way was right."""
    kept = _kept(secret, oidc, query, sealed_state, at)
    found = provider.discovered(oidc.issuer, at)
    if "iss" in query or found.names_itself:
        _require(query.get("iss") == oidc.issuer, "oidc: the answer is another provider's")
    until = datetime.fromisoformat(kept.at) + VALID
    _require(spend(db, f"{_PURPOSE} {kept.state}", until, at), "oidc: the state was used before")
    _require("error" not in query, f"oidc: the provider refuses: {query.get('error', '')[:100]}")
    _require(bool(query.get("code")), "oidc: the answer holds no code")
    given = provider.tokens(found, oidc, query["code"], kept.verifier, kept.redirect_uri)
    told = provider.claims(found, oidc, given.get("id_token"), kept.nonce, at)
    if oidc.login_claim not in told:
        told = {**provider.userinfo(found, given.get("access_token"), told["sub"]), **told}
    return _Subject(oidc.issuer, told["sub"], told)


def _kept(secret: Secret, oidc: Oidc, query: Mapping[str, str], sealed_state: str, at: datetime) -> _State:
    """What the browser kept, if it belongs to this answer."""
    text = secret.unseal(sealed_state, _PURPOSE)
    if text is None:
        raise ProviderError("oidc: this browser has not begun a sign-in")
    kept = _State(**json.loads(text))
    _require(
        compare_digest(kept.state.encode(), storable(query.get("state", "")).encode()), "oidc: another state"
    )
    _require(at - datetime.fromisoformat(kept.at) < VALID, "oidc: it took too long")
    _require(kept.issuer == oidc.issuer, "oidc: it was begun with another provider")
    return kept


def _known(
    db: Database, secret: Secret, oidc: Oidc, who: _Subject, tried: Attempt, place: Place, at: datetime
) -> Answer:
    """Let in whom the subject is bound to, or bind it to whom the provider's claim means."""
    address = addresses.normal(place.address)
    with db.session() as session:
        row = session.get(ProviderIdentity, (who.issuer, who.subject), with_for_update=True)
        person, why = (session.get(Person, row.person_id), "") if row else _meant(session, oidc, who)
        if person is None:
            return turn_away(session, None, address, why, at, MEANS)
        locked = session.get_one(Person, person.id, with_for_update=True, populate_existing=True)
        if why := why or barred(locked, address):
            return turn_away(session, locked, address, why, at, MEANS)
        if row is None:
            _bind(session, locked, who, address, at)
        else:
            row.last_used_at = at
        return first_step(session, secret, locked, tried, place, at, MEANS)


def _meant(session: Session, oidc: Oidc, who: _Subject) -> tuple[Person | None, str]:
    """Whom a subject means that is not bound yet, and why it cannot be they."""
    claim = who.told.get(oidc.login_claim)
    if not isinstance(claim, str) or not claim.strip():
        return None, f"oidc: no claim {oidc.login_claim}"
    if oidc.login_claim == "email" and who.told.get("email_verified") is not True:
        return None, "oidc: the e-mail address is not verified there"
    name = folded(claim)
    people = list(session.scalars(select(Person).where(Person.login == name)))
    if not people and oidc.login_claim == "email":
        people = of_email(session, name)
    if len(people) != 1:
        return None, "oidc: nobody of this name" if not people else "oidc: several people of this address"
    taken = select(ProviderIdentity).where(
        ProviderIdentity.person_id == people[0].id, ProviderIdentity.issuer == who.issuer
    )
    return people[0], "oidc: bound to another subject" if session.scalar(taken) else ""


def _bind(session: Session, person: Person, who: _Subject, address: str, at: datetime) -> None:
    session.add(
        ProviderIdentity(
            issuer=who.issuer, subject=who.subject, person_id=person.id, created_at=at, last_used_at=at
        )
    )
    by, after = (
        Actor(person.id, person.login, address, via=PORTAL),
        {"issuer": who.issuer, "subject": who.subject},
    )
    record(session, by, "oidc_bind", f"person {person.login}", after=after, at=at)
    session.flush()


def _require(right: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not right:
        raise ProviderError(otherwise)
