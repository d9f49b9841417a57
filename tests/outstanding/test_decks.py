"""Customers without a deck."""

from tollbook.account.database import shared
from tollbook.account.models import Customer
from tollbook.outstanding.decks import without_deck


def test_customers_without_a_deck_are_listed_and_the_first_is_helped(charged):
    db = shared(charged)
    (item,) = without_deck(db)
    assert item.words == "1 customer has no deck, so its calls have no charge: quiet"
    assert item.remedy == "tollbook deck import FILE --customer quiet"
    with db.session() as session:
        session.add(Customer(id="a b", name="Blank"))
    (item,) = without_deck(db)
    assert item.words == "2 customers have no deck, so their calls have no charge: a b, quiet"
    assert item.remedy == "tollbook deck import FILE --customer 'a b'"


def test_where_all_have_one_nothing_is_outstanding(charged):
    db = shared(charged)
    with db.session() as session:
        session.delete(session.get_one(Customer, "quiet"))
    assert list(without_deck(db)) == []
