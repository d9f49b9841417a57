"""Decks that are missing or end soon: calls beyond them can have no charge."""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from shlex import quote

from sqlalchemy import select

from tollbook.account.database import Database
from tollbook.account.models import Customer, Deck
from tollbook.billing.versions import ENDS_SOON_DAYS, Ending, deck_name, ending
from tollbook.language import trn
from tollbook.outstanding.item import Item, named


def without_deck(db: Database) -> Iterator[Item]:
    """Customers that were entered and have none, by id."""
    found = list(_without(db, db.committed()))
    if not found:
        return
    words = trn(
        "{count} customer has no deck, so its calls have no charge: {names}",
        "{count} customers have no deck, so their calls have no charge: {names}",
        len(found),
    )
    remedy = f"tollbook deck import FILE --customer {quote(found[0])}"
    yield Item(
        "without_deck", named(words, found), remedy, "decks", {"deck": deck_name("customer", found[0])}
    )


@lru_cache(maxsize=8)
def _without(db: Database, committed: str) -> tuple[str, ...]:  # noqa: ARG001 - in the key
    decked = select(Deck.customer_id).where(Deck.customer_id.is_not(None))
    with db.reading() as session:
        return tuple(
            session.scalars(select(Customer.id).where(Customer.id.not_in(decked)).order_by(Customer.id))
        )


def ending_soon(db: Database, at: datetime) -> Iterator[Item]:
    """Decks that will have no rate in force before long, or have none any more."""
    if not (found := _ending(db, db.committed(), at.replace(minute=0, second=0, microsecond=0))):
        return
    words = trn(
        "{count} deck has no rate in force after {at}: {names}",
        "{count} decks will soon have no rate in force, the first after {at}: {names}",
        len(found),
    )
    first = found[0]
    told = named(words.replace("{at}", f"{first.ends_at:%Y-%m-%d %H:%M} UTC"), [one.owner for one in found])
    remedy = f"tollbook deck import FILE --{first.side} {quote(first.owner)}"
    yield Item("deck_ends", told, remedy, "decks", {"deck": deck_name(first.side, first.owner)})


@lru_cache(maxsize=8)
def _ending(db: Database, committed: str, at: datetime) -> list[Ending]:  # noqa: ARG001 - in the key
    with db.reading() as session:
        return ending(session, at, ENDS_SOON_DAYS)
