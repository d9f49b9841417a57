"""The audit: who did what, when, from where, and what became of it. Written in the transaction of the change."""

import getpass
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, Literal, Self
from weakref import WeakKeyDictionary

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from tollbook.account.database import Database
from tollbook.account.models import now
from tollbook.account.people.models import AuditEvent
from tollbook.errors import UsageError
from tollbook.language import tr
from tollbook.money import plain
from tollbook.periods import iso_z

Outcome = Literal["done", "refused", "failed"]
Document = Mapping[str, Any]
Change = tuple[str, Document | None, Document | None]
"""What was changed, as it was, and as it is."""

COLUMNS: Final = (
    *("id", "at", "person_id", "login", "as_login", "via", "address"),
    *("action", "resource", "outcome", "before", "after"),
)
COMMAND_LINE: Final = "command line"
PORTAL: Final = "portal"
SCHEDULE: Final = "schedule"
PROVIDER: Final = "provider"
TOKEN: Final = "token"  # noqa: S105 - a word
"""Ways by which something comes; behind that of a token of the API stands its number."""
_SECRET: Final = frozenset(
    {"password", "secret", "token", "hash", "totp", "otp", "recovery", "cookie", "pin", "key"}
)
"""Words in the name of a field whose value is never kept."""
_TELLS_NOTHING: Final = frozenset({"at", "id", "count", "step"})
"""Last words of names that only say when or how many, as in `password_changed_at`."""
HIDDEN: Final = "***"
REFUSED_AGAIN: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Actor:
    """Who does something: a person, or with `person_id` null something else; `seen_as` is whom they look as.

    `via` is the way by which it comes: the portal, the command line, `token 5` of the API, or what runs by itself.
    """

    person_id: int | None
    login: str
    address: str = ""
    seen_as: str = ""
    via: str = ""

    def text(self) -> str:
        """The actor as one line, for a process that acts in its name; `parse` reads it."""
        return json.dumps(asdict(self))

    @classmethod
    def parse(cls, text: str) -> Self:
        """The actor that `text` wrote.

        Raises:
            ValueError: it is none; nothing may then be done.
        """
        try:
            return cls(**json.loads(text))
        except TypeError as error:
            raise ValueError(f"no actor: {error}") from None

    def as_oneself(self) -> int:
        """The id of a person who changes what is their own.

        Raises:
            UsageError: they look at the portal as another, whose it would seem to be.
        """
        self.refuse_another()
        if self.person_id is None:
            raise UsageError(tr("This can be changed only by the person themselves"))
        return self.person_id

    def refuse_another(self) -> None:
        """Keep whoever looks as another from what is that person's own, such as tokens and sessions.

        Raises:
            UsageError: they do.
        """
        if self.seen_as:
            raise UsageError(tr("This can be changed only by the person themselves"))


def command_line() -> Actor:
    """Whoever types the command, by the name that the machine knows them by."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        user = "somebody"
    return Actor(None, f"{user} (command line)", via=COMMAND_LINE)


def record(
    session: Session,
    by: Actor,
    action: str,
    resource: str,
    outcome: Outcome = "done",
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> None:
    """Add a row in this session's transaction: it is kept if, and only if, the change is."""
    session.add(AuditEvent(**_row(by, action, resource, outcome, before, after, at or now())))


def record_each(session: Session, by: Actor, action: str, changes: Iterable[Change], at: datetime) -> None:
    """Add a row for each of many changes that are made at once."""
    rows = [_row(by, action, resource, "done", before, after, at) for resource, before, after in changes]
    if rows:
        session.execute(insert(AuditEvent), rows)


def _row(
    by: Actor,
    action: str,
    resource: str,
    outcome: Outcome,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    at: datetime,
) -> dict[str, Any]:
    return {
        "at": at,
        "person_id": by.person_id,
        "login": by.login,
        "as_login": by.seen_as,
        "via": by.via,
        "address": by.address,
        "action": action,
        "resource": resource,
        "customer": _customer(after) or _customer(before),
        "outcome": outcome,
        "before": None if before is None else without_secrets(before),
        "after": None if after is None else without_secrets(after),
    }


def _customer(document: Mapping[str, Any] | None) -> str | None:
    named = (document or {}).get("customer")
    return named if isinstance(named, str) else None


_refusals: Final[WeakKeyDictionary[Database, dict[tuple[Actor, str, str], datetime]]] = WeakKeyDictionary()
"""When this process has added each refusal last."""


def refused(db: Database, by: Actor, action: str, resource: str, at: datetime | None = None) -> None:
    """Add that somebody was not allowed to do this, in a transaction of its own: what was tried is taken back.

    The same within a minute is not added again: whoever goes on asking fills no table, from which nothing is removed.
    """
    at = at or now()
    known = _refusals.setdefault(db, {})
    for told, since in list(known.items()):
        if at - since >= REFUSED_AGAIN:
            known.pop(told, None)
    if known.setdefault((by, action, resource), at) != at:
        return
    with db.session() as session:
        record(session, by, action, resource, "refused", at=at)


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of two states of a row what differs: as it was, and as it is."""
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}


def without_secrets(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document as JSON can hold it, with stars for whatever is secret by its name, at any depth."""
    return {name: HIDDEN if _is_secret(name) and value else _kept(value) for name, value in document.items()}


def _is_secret(name: str) -> bool:
    words = name.lower().replace("-", "_").split("_")
    return bool(_SECRET & set(words)) and words[-1] not in _TELLS_NOTHING


def _kept(value: object) -> Any:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, Mapping):
        return without_secrets(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_kept(one) for one in value]
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime):
        return iso_z(value)
    return str(value) if isinstance(value, date) else value


def events(session: Session, start: datetime | None, end: datetime | None) -> Iterator[dict[str, Any]]:
    """Rows from `start` until before `end`, the oldest first, read as they are asked for."""
    wanted = select(AuditEvent).order_by(AuditEvent.at, AuditEvent.id)
    if start:
        wanted = wanted.where(AuditEvent.at >= start)
    if end:
        wanted = wanted.where(AuditEvent.at < end)
    for event in session.scalars(wanted.execution_options(yield_per=1000)):
        yield told(event)


def told(event: AuditEvent) -> dict[str, Any]:
    """A row by its columns."""
    return {name: getattr(event, name) for name in COLUMNS}
