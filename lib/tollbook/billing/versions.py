"""The versions of decks: each import of an owner's rates, numbered from 1; the last one is in force.

A version is in force as a whole from its import on. Its rates have a validity of their own: `since` the first of them
counts, `until` the last of them ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sql
from sqlalchemy.orm import Session, aliased

from tollbook.account.models import Deck as DeckRow
from tollbook.account.models import DeckRate
from tollbook.billing.decks import RATES, Side
from tollbook.billing.prefixes import DIGITS
from tollbook.errors import TollbookError, UsageError

ENDS_SOON_DAYS: Final = 14
"""For so long before the last rate of a deck ends somebody is reminded of it."""
SIDES: Final[tuple[Side, ...]] = ("customer", "carrier")


class NoDeckError(TollbookError):
    """There is no such deck, or no such version of it."""


@dataclass(frozen=True)
class Version:
    """One version of a deck. `since` and `until` are null where its rates are open: always, until further notice.

    `replaced_at` is when the next version came; null: it is in force. `versions` are all of its owner.
    """

    id: int
    side: Side
    owner: str
    version: int
    versions: int
    currency: str
    rates: int
    since: datetime | None
    until: datetime | None
    duration_rounding: str
    price_precision: int
    price_rounding: str
    source: str
    imported_at: datetime
    replaced_at: datetime | None

    @property
    def name(self) -> str:
        """Which deck it is a version of."""
        return deck_name(self.side, self.owner)


@dataclass(frozen=True)
class Ending:
    """A deck of which no rate is in force from `ends_at` on."""

    side: Side
    owner: str
    ends_at: datetime


def deck_name(side: Side, owner: str) -> str:
    """What a deck is called where one text has to name it: `customer:acme`."""
    return f"{side}:{owner}"


def parse_deck(name: str) -> tuple[Side, str]:
    """Whose deck a name means.

    Raises:
        UsageError: it is no such name.
    """
    side, _, owner = name.partition(":")
    for known in SIDES:
        if side == known and owner:
            return known, owner
    raise UsageError(f"'{name}' names no deck: write customer:ID or carrier:ID")


def newest(session: Session) -> list[Version]:
    """The version in force of each deck, by side and owner, customers first."""
    found = _versions(session, _numbered().subquery(), newest_only=True)
    return sorted(found, key=lambda one: (-len(one.side), one.owner))


def versions(session: Session, side: Side, owner: str) -> list[Version]:
    """All versions of a deck, the newest first."""
    column = DeckRow.customer_id if side == "customer" else DeckRow.carrier_id
    return _versions(session, _numbered().where(column == owner).subquery())


def version_of(session: Session, side: Side, owner: str, number: int | None = None) -> Version:
    """One version of a deck; without a number the one in force.

    Raises:
        NoDeckError: the owner has no deck, or no such version.
    """
    found = versions(session, side, owner)
    if not found:
        raise NoDeckError(f"{side} '{owner}' has no deck: `tollbook deck import FILE --{side} {owner}`")
    for one in found:
        if number in {None, one.version}:
            return one
    raise NoDeckError(f"{side} '{owner}' has no version {number} of its deck: there are 1 to {len(found)}")


def ending(session: Session, now: datetime, days: int) -> list[Ending]:
    """Decks that have no rate in force after so many days from now on, those that end first before the others."""
    horizon = now + timedelta(days=days)
    numbers = sql.select(sql.func.max(DeckRow.id)).group_by(DeckRow.customer_id, DeckRow.carrier_id)
    other = aliased(DeckRate)
    lasting = sql.exists().where(
        other.deck_id == DeckRow.id, sql.or_(other.effective_to.is_(None), other.effective_to > horizon)
    )
    wanted = (
        sql.select(DeckRow.customer_id, DeckRow.carrier_id, sql.func.max(DeckRate.effective_to))
        .join(DeckRate, DeckRate.deck_id == DeckRow.id)
        .where(DeckRow.id.in_(numbers), ~lasting)
        .group_by(DeckRow.id, DeckRow.customer_id, DeckRow.carrier_id)
    )
    found = [
        Ending("customer" if customer else "carrier", customer or carrier or "", ends)
        for customer, carrier, ends in session.execute(wanted)
        if ends is not None
    ]
    return sorted(found, key=lambda one: (one.ends_at, one.side, one.owner))


def rates_of(
    session: Session,
    deck: int,
    *,
    prefix: str = "",
    number: str | None = None,
    at: datetime | None = None,
    limit: int | None = None,
    after: tuple[str, int] | None = None,
) -> Sequence[DeckRate]:
    """Rates of a version in the order of their prefixes and times: those that begin with `prefix`, those that could
    fit `number`, which is as the owner's rules write it, those in force `at` an instant. `after` is the prefix and id
    of the last of a page."""
    chosen = sql.select(DeckRate).where(DeckRate.deck_id == deck).order_by(DeckRate.prefix, DeckRate.id)
    if prefix:
        chosen = chosen.where(DeckRate.prefix.startswith(prefix, autoescape=True))
    if number is not None:
        sizes = range(1, DIGITS + 1) if number.isascii() and number.isdigit() else ()
        chosen = chosen.where(DeckRate.prefix.in_([number[:size] for size in sizes]))
    if at is not None:
        begun = sql.or_(DeckRate.effective_from.is_(None), DeckRate.effective_from <= at)
        chosen = chosen.where(begun, sql.or_(DeckRate.effective_to.is_(None), DeckRate.effective_to > at))
    if after is not None:
        later = sql.and_(DeckRate.prefix == after[0], DeckRate.id > after[1])
        chosen = chosen.where(sql.or_(DeckRate.prefix > after[0], later))
    return session.scalars(chosen.limit(limit)).all()


def rate_row(rate: DeckRate) -> dict[str, Any]:
    """A rate by the names of a deck's columns."""
    return {name: getattr(rate, name) for name in RATES}


def _numbered() -> sql.Select[*tuple[Any, ...]]:
    """All decks, each with its number among its owner's and when the next one came."""
    whose = (DeckRow.customer_id, DeckRow.carrier_id)
    following = sql.func.lead(DeckRow.imported_at, type_=DeckRow.imported_at.type)
    return sql.select(
        DeckRow,
        sql.func.row_number().over(partition_by=whose, order_by=DeckRow.id).label("version"),
        sql.func.count().over(partition_by=whose).label("versions"),
        following.over(partition_by=whose, order_by=DeckRow.id).label("replaced_at"),
    )


def _versions(session: Session, numbered: sql.Subquery, *, newest_only: bool = False) -> list[Version]:
    chosen = sql.select(numbered).order_by(numbered.c.id.desc())
    if newest_only:
        chosen = chosen.where(numbered.c.version == numbered.c.versions)
    rows = session.execute(chosen).mappings().all()
    spans = _spans(session, [row["id"] for row in rows])
    return [_version(row, spans.get(row["id"], _NO_RATES)) for row in rows]


_Span = tuple[int, datetime | None, datetime | None]
_NO_RATES: Final[_Span] = (0, None, None)


def _spans(session: Session, decks: list[int]) -> dict[int, _Span]:
    """Of each deck how many rates it has, when the first begins and the last ends; null where one is open."""
    begin, end = DeckRate.effective_from, DeckRate.effective_to
    count = sql.func.count()
    wanted = (
        sql.select(
            DeckRate.deck_id,
            count,
            sql.case((count == sql.func.count(begin), sql.func.min(begin)), else_=None),
            sql.case((count == sql.func.count(end), sql.func.max(end)), else_=None),
        )
        .where(DeckRate.deck_id.in_(decks))
        .group_by(DeckRate.deck_id)
    )
    return {deck: (rates, since, until) for deck, rates, since, until in session.execute(wanted)}


def _version(row: Any, span: _Span) -> Version:  # noqa: ANN401 - a row by names
    same = ("id", "version", "versions", "currency", "duration_rounding", "price_precision", "price_rounding")
    rates, since, until = span
    return Version(
        **{name: row[name] for name in same},
        side="customer" if row["customer_id"] else "carrier",
        owner=row["customer_id"] or row["carrier_id"],
        rates=rates,
        since=since,
        until=until,
        source=row["source"],
        imported_at=row["imported_at"],
        replaced_at=row["replaced_at"],
    )
