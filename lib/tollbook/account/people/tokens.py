"""API tokens: what a program shows in place of a sign-in. Each belongs to a person or to a customer, and is told once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from tollbook.account.audit import TOKEN, Actor, changed, record
from tollbook.account.fields import parse_name
from tollbook.account.models import Customer
from tollbook.account.people import addresses
from tollbook.account.people.bearer import digest, token
from tollbook.account.people.models import ApiToken, Person
from tollbook.account.people.who import customer_scope, scope_of
from tollbook.account.rights import TOKEN_SCOPES, Verb, token_may
from tollbook.account.scope import Scope
from tollbook.errors import UsageError, did_you_mean
from tollbook.language import tr

PREFIX: Final = "tb_"
"""So that a token that was left in a file is found and known for what it is."""
NOTED: Final = timedelta(minutes=1)
_COLUMNS: Final = ("id", "name", "scopes", "created_at", "expires_at", "revoked_at", "last_used_at")


@dataclass(frozen=True)
class Bearer:
    """Whose token came with a request, what it is for, and what of the data it has."""

    id: int
    actor: Actor
    scope: Scope
    scopes: tuple[str, ...]
    last_used_at: datetime | None

    def may(self, verb: Verb, resource: str) -> bool:
        """Whether the token may do this: never more than its owner, nor more than it is for."""
        return token_may(self.scopes, self.scope.role, verb, resource)


def make(
    session: Session,
    owner: Person | Customer,
    name: str,
    scopes: tuple[str, ...],
    expires_at: datetime | None,
    by: Actor,
    at: datetime,
) -> tuple[str, dict[str, Any]]:
    """A new token, told once, and its row. It may be used until it expires; null: until it is revoked.

    Raises:
        UsageError: it has no name, a scope is unknown or there is none, it would have expired already, or
            somebody looks as the owner.
    """
    by.refuse_another()
    made = token(PREFIX)
    row = ApiToken(
        hash=digest(made),
        person_id=owner.id if isinstance(owner, Person) else None,
        customer_id=owner.id if isinstance(owner, Customer) else None,
        name=_name(name),
        scopes=_scopes(scopes),
        created_at=at,
        expires_at=_later(expires_at, at),
    )
    session.add(row)
    session.flush()
    record(session, by, "add", f"token {row.id} of {_owner(owner)}", after=_shown(row), at=at)
    return made, _shown(row)


def revoke(session: Session, owner: Person | Customer, token_id: int, by: Actor, at: datetime) -> None:
    """Let a token of this owner do nothing any more; one that was revoked stays so.

    Raises:
        UsageError: the owner has no such token, or somebody looks as the owner.
    """
    by.refuse_another()
    row = session.get(ApiToken, token_id, with_for_update=True)
    if row is None or owner.id not in {row.person_id, row.customer_id}:
        raise UsageError(tr("There is no token {number} here").format(number=token_id))
    if row.revoked_at is None:
        before = _shown(row)
        row.revoked_at = at
        was, became = changed(before, _shown(row))
        record(session, by, "revoke", f"token {row.id} of {_owner(owner)}", before=was, after=became, at=at)
    session.flush()


def listing(session: Session, owner: Person | Customer) -> list[dict[str, Any]]:
    """The tokens of a person or a customer, the newest first, without what would let one use them."""
    column = ApiToken.person_id if isinstance(owner, Person) else ApiToken.customer_id
    rows = session.scalars(select(ApiToken).where(column == owner.id).order_by(ApiToken.id.desc()))
    return [_shown(row) for row in rows]


def find(session: Session, token: str, address: str, at: datetime) -> Bearer | None:
    """Whose token this is; null if there is none, it is over, or its person may not come in from this address."""
    row = session.scalar(select(ApiToken).where(ApiToken.hash == digest(token)))
    if row is None or row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= at):
        return None
    where, via = addresses.normal(address), f"{TOKEN} {row.id}"
    if row.person_id is None:
        customer = str(row.customer_id)
        by, scope = Actor(None, f"customer {customer}", where, via=via), customer_scope(session, customer)
    else:
        person = session.get_one(Person, row.person_id)
        if person.disabled_at is not None or not addresses.allowed(person.allowed_addresses, address):
            return None
        by, scope = Actor(person.id, person.login, where, via=via), scope_of(session, person)
    return Bearer(row.id, by, scope, row.scopes, row.last_used_at)


def due(bearer: Bearer, at: datetime) -> bool:
    """Whether it is time to write that a token is in use: then `touch` it, in a transaction that writes."""
    return bearer.last_used_at is None or at - bearer.last_used_at >= NOTED


def touch(session: Session, token_id: int, at: datetime) -> None:
    """Write that a token is in use; does nothing within a minute of the last time."""
    stale = or_(ApiToken.last_used_at.is_(None), ApiToken.last_used_at <= at - NOTED)
    session.execute(update(ApiToken).where(ApiToken.id == token_id, stale).values(last_used_at=at))


def _shown(row: ApiToken) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in _COLUMNS}
    return {**values, "scopes": list(row.scopes)}


def _owner(owner: Person | Customer) -> str:
    return owner.login if isinstance(owner, Person) else f"customer {owner.id}"


def _name(name: str) -> str:
    try:
        return parse_name(name.strip())
    except ValueError as error:
        raise UsageError(tr("A token needs a name in one line")) from error


def _scopes(scopes: tuple[str, ...]) -> tuple[str, ...]:
    for scope in scopes:
        if scope not in TOKEN_SCOPES:
            raise UsageError(
                f"scope '{scope}': there is {', '.join(TOKEN_SCOPES)}{did_you_mean(scope, TOKEN_SCOPES)}"
            )
    if not scopes:
        raise UsageError(tr("Say what the token is for: {scopes}").format(scopes=", ".join(TOKEN_SCOPES)))
    return tuple(sorted(set(scopes)))


def _later(expires_at: datetime | None, at: datetime) -> datetime | None:
    if expires_at is not None and expires_at <= at:
        raise UsageError(tr("The token would have expired already"))
    return expires_at
