"""The audit, read: the entries that are asked for, a page at a time or all of them, and what one of them changed.

What an entry is about is text such as `customer acme` or `token 5 of carl`: its first word is the kind, the rest whose or
which. Entries are never changed, so that a page of them that begins behind an entry stays the same page.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from tollbook.account.audit import told
from tollbook.account.people.models import AuditEvent
from tollbook.errors import UsageError
from tollbook.language import later, tr
from tollbook.periods import iso_z

KINDS: Final[Mapping[str, str]] = {
    "customer": later("Customers"),
    "carrier": later("Carriers"),
    "deck": later("Decks"),
    "user": later("Users"),
    "contact": later("Contacts"),
    "person": later("Sign-in, password and factors"),
    "portal": later("The portal's door"),
    "token": later("API tokens"),
    "invoice": later("Invoices"),
    "credit note": later("Credit notes"),
    "debit note": later("Debit notes"),
    "run": later("Runs that make invoices"),
    "payment": later("Payments"),
    "refund": later("Refunds"),
    "notification": later("Notifications of payments"),
    "statement": later("Statements of account"),
    "schedule": later("Schedules"),
    "block": later("Number blocks"),
    "extension": later("Extensions"),
    "calls": later("Calls"),
    "rejects": later("Refused records"),
    "dashboard": later("Dashboard"),
    "summary": later("Customer Summary"),
    "alert": later("Alerts"),
    "message": later("Messages"),
    "webhook": later("Webhooks"),
    "audit": later("Audit"),
    "/api": later("Files by the API"),
}
"""Kinds that a reader chooses from, and what they are called; what is refused to somebody may be of others."""

_FILES: Final[Mapping[str, Sequence[str]]] = {
    **dict.fromkeys(("customer", "carrier"), ("master_data",)),
    **dict.fromkeys(("contact", "user"), ("people",)),
}
"""What files of a kind are recorded as, beside its plural."""


@dataclass(frozen=True)
class Wanted:
    """Which entries: all that every part of this has; what is empty asks nothing.

    `since` belongs to the span, `until` does not. `who` is how a login name begins, that of whom somebody looks as too.
    `customers` are those that entries name; null: whichever, or none.
    Of a kind are also the files in which many of it came or went, unless `files` says otherwise.
    """

    since: datetime | None = None
    until: datetime | None = None
    who: str = ""
    kinds: Collection[str] = ()
    id: str = ""
    outcomes: Collection[str] = ()
    customers: Collection[str] | None = None
    files: bool = True

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """As the database has it."""
        if self.since is not None:
            yield AuditEvent.at >= self.since
        if self.until is not None:
            yield AuditEvent.at < self.until
        if self.who:
            yield or_(*(name.istartswith(self.who, autoescape=True) for name in _LOGINS))
        if self.kinds:
            words = (words_of(kind) if self.files else (kind,) for kind in self.kinds)
            yield or_(*map(_begins, chain.from_iterable(words)))
        if self.id:
            last = AuditEvent.resource.endswith(f" {self.id}", autoescape=True)
            inside = (AuditEvent.resource.contains(f" {self.id}{sign}", autoescape=True) for sign in " :")
            yield or_(last, *inside)
        if self.outcomes:
            yield AuditEvent.outcome.in_(self.outcomes)
        if self.customers is not None:
            yield AuditEvent.customer.in_(self.customers)


_ENDS: Final = " :/"
"""What can stand behind the word that an entry begins with."""
_LOGINS: Final = (AuditEvent.login, AuditEvent.as_login)


@dataclass(frozen=True)
class Page:
    """Some entries, the newest first, and whether there are more in the direction in which they were read."""

    entries: list[AuditEvent]
    more: bool


def page(
    session: Session, wanted: Wanted, *, rows: int, after: int | None = None, before: int | None = None
) -> Page:
    """At most `rows` entries, the newest first: from the newest, those older than `after`, or those just newer than `before`.

    Before 0, which is no entry, are the oldest ones.

    Raises:
        UsageError: there is no such entry.
    """
    found = list(session.scalars(asked(session, wanted, after=after, before=before).limit(rows + 1)))
    shown = found[:rows]
    return Page(shown if before is None else shown[::-1], len(found) > rows)


def asked(
    session: Session, wanted: Wanted, *, after: int | None = None, before: int | None = None
) -> Select[AuditEvent]:
    """The entries from where a page starts on, in the direction in which it is read; as of `page`."""
    chosen = select(AuditEvent).where(*wanted.conditions())
    for place, newer in ((before, True), (after, False)):
        if place:
            chosen = chosen.where(_beside(session, place, newer=newer))
    return _ordered(chosen, newest=before is None)


def entries(session: Session, wanted: Wanted, *, newest: bool = False) -> Iterator[AuditEvent]:
    """All of them, the oldest first unless told, read as they are asked for."""
    chosen = _ordered(select(AuditEvent).where(*wanted.conditions()), newest=newest)
    yield from session.scalars(chosen.execution_options(yield_per=1000))


def cells(event: AuditEvent) -> list[object]:
    """An entry as cells of a file, in the order of COLUMNS.

    Instants stand to the microsecond, as an audit is put in order with others, and documents as JSON.
    """
    return [_cell(value) for value in told(event).values()]


def _cell(value: Any) -> object:  # noqa: ANN401 - a column of any kind
    if isinstance(value, datetime):
        return iso_z(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, Mapping) else value


def count(session: Session, wanted: Wanted) -> int:
    """How many there are."""
    return session.scalar(select(func.count()).select_from(AuditEvent).where(*wanted.conditions())) or 0


def newest(session: Session) -> int:
    """The number of the newest entry; 0 where there is none."""
    return session.scalar(select(func.max(AuditEvent.id))) or 0


def ends(session: Session) -> tuple[datetime | None, datetime | None]:
    """When the first and the latest entry were made; null where there is none."""
    first, latest = (session.scalar(select(end(AuditEvent.at))) for end in (func.min, func.max))
    return first, latest


def entry(session: Session, number: int) -> AuditEvent:
    """One of them.

    Raises:
        UsageError: there is none of this number.
    """
    found = session.get(AuditEvent, number)
    if found is None:
        raise UsageError(tr("The audit has no entry {number}.").format(number=number))
    return found


def difference(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> list[tuple[str, str | None, str | None]]:
    """Each name with its value before and after as text; null where it was not there."""
    was, became = before or {}, after or {}
    return [(name, _text(was, name), _text(became, name)) for name in dict.fromkeys((*was, *became))]


def _text(values: Mapping[str, Any], name: str) -> str | None:
    if name not in values:
        return None
    value = values[name]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def words_of(kind: str) -> Sequence[str]:
    """What an entry of a kind begins with: of one of it, and of a file of many."""
    return (kind, f"{kind}s", *_FILES.get(kind, ()))


def _begins(word: str) -> ColumnElement[bool]:
    begun = (AuditEvent.resource.startswith(f"{word}{sign}", autoescape=True) for sign in _ENDS)
    return or_(AuditEvent.resource == word, *begun)


def _beside(session: Session, number: int, *, newer: bool) -> ColumnElement[bool]:
    """Those on one side of an entry, in the order of their instants and numbers."""
    at = entry(session, number).at
    if newer:
        return and_(AuditEvent.at >= at, or_(AuditEvent.at > at, AuditEvent.id > number))
    return and_(AuditEvent.at <= at, or_(AuditEvent.at < at, AuditEvent.id < number))


def _ordered(chosen: Select[AuditEvent], *, newest: bool) -> Select[AuditEvent]:
    if newest:
        return chosen.order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
    return chosen.order_by(AuditEvent.at, AuditEvent.id)
