"""Customers that were entered and have no deck: their calls can have no charge."""

from collections.abc import Iterator
from functools import lru_cache
from shlex import quote

from sqlalchemy import select

from tollbook.account.database import Database
from tollbook.account.models import Customer, Deck
from tollbook.language import trn
from tollbook.outstanding.item import Item, named


def without_deck(db: Database) -> Iterator[Item]:
    """The customers, by id."""
    found = list(_without(db, db.committed()))
    if not found:
        return
    words = trn(
        "{count} customer has no deck, so its calls have no charge: {names}",
        "{count} customers have no deck, so their calls have no charge: {names}",
        len(found),
    )
    remedy = f"tollbook deck import FILE --customer {quote(found[0])}"
    yield Item("without_deck", named(words, found), remedy, "decks", {"customer": found[0]})


@lru_cache(maxsize=8)
def _without(db: Database, committed: str) -> tuple[str, ...]:  # noqa: ARG001 - in the key
    decked = select(Deck.customer_id).where(Deck.customer_id.is_not(None))
    with db.reading() as session:
        return tuple(
            session.scalars(select(Customer.id).where(Customer.id.not_in(decked)).order_by(Customer.id))
        )
