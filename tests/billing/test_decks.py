"""Decks in the database."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tollbook.account.audit import events
from tollbook.account.database import Database
from tollbook.account.models import Carrier, Customer
from tollbook.billing.decks import Deck, all_decks, deck_book, decks_of, import_deck, named_decks
from tollbook.errors import UsageError
from tollbook.workspace import Workspace

pytestmark = pytest.mark.usefixtures("each_database")

MakeDeck = Callable[..., Deck]


@pytest.fixture
def db(workspace: Workspace) -> Database:
    made = Database.of(workspace)
    with made.session() as session:
        session.add_all([Customer(id="acme", name="ACME"), Customer(id="bolt", name="Bolt", currency="USD")])
        session.add(Carrier(id="kilo", name="Kilo", currency="EUR"))
    return made


def test_deck_comes_back_as_it_was_stored(db: Database, deck: MakeDeck) -> None:
    rates = deck(
        {"prefix": "0082", "rate_per_min": "0.000000001", "connect_fee": Decimal("1.5"), "increment_s": 6},
        {"prefix": "1", "rate_per_min": "999999999.123456789", "blocked": True,
         "effective_from": datetime(2024, 6, 1, tzinfo=UTC), "effective_to": datetime(2025, 1, 1, tzinfo=UTC)},
    ).rates  # fmt: skip
    stored = import_deck(
        db, rates, side="carrier", owner="kilo", source="kilo.csv", duration_rounding="half_down",
        price_precision=4, price_rounding="down",
    )  # fmt: skip
    found = deck_book(db).carriers["kilo"]
    assert found.rates.sort("prefix").equals(rates)
    assert found.rates.schema == rates.schema
    terms = ("id", "owner", "side", "currency", "duration_rounding", "price_precision", "price_rounding")
    assert [getattr(found, name) for name in terms] == [getattr(stored, name) for name in terms]
    assert found.currency == "EUR"


def test_newest_deck_of_each_owner_is_in_force(db: Database, deck: MakeDeck) -> None:
    for rate in ("1", "2"):
        rates = deck({"prefix": "44", "rate_per_min": rate}).rates
        import_deck(db, rates, side="customer", owner="acme", source=f"{rate}.csv", currency="EUR")
    import_deck(db, rates, side="carrier", owner="kilo", source="kilo.csv")
    book = deck_book(db)
    assert {c: d.rates["rate_per_min"].to_list() for c, d in book.customers.items()} == {"acme": [Decimal(2)]}
    assert list(book.carriers) == ["kilo"]
    assert book.named == named_decks(db) == "customer:2 carrier:3"
    assert [d.rates["rate_per_min"][0] for d in decks_of(db, "customer", "acme")] == [2, 1]
    assert [(row["source"], row["rows"]) for row in all_decks(db)] == [
        ("kilo.csv", 1),
        ("2.csv", 1),
        ("1.csv", 1),
    ]


def test_owner_without_a_currency_gets_the_decks(db: Database, deck: MakeDeck) -> None:
    rates = deck({"prefix": "44", "rate_per_min": "1"}).rates
    with pytest.raises(UsageError, match="'acme' has no currency yet: name the deck's, as in --currency EUR"):
        import_deck(db, rates, side="customer", owner="acme", source="a.csv")
    import_deck(db, rates, side="customer", owner="acme", source="a.csv", currency="GBP")
    with db.reading() as session:
        assert session.get_one(Customer, "acme").currency == "GBP"


def test_the_audit_has_the_currency_that_an_owner_gets_from_its_deck(db: Database, deck: MakeDeck) -> None:
    rates = deck({"prefix": "1", "rate_per_min": "0.1"}).rates
    for _ in range(2):
        import_deck(db, rates, side="customer", owner="acme", source="x.csv", currency="CHF")
    with db.reading() as session:
        told = [(e["action"], e["resource"], e["before"], e["after"]) for e in events(session, None, None)]
    assert [each[:2] for each in told] == [
        ("change", "customer acme"),
        ("import", "deck of customer acme"),
        ("import", "deck of customer acme"),
    ]
    assert told[0][2:] == ({"currency": None}, {"currency": "CHF"})


@pytest.mark.parametrize(
    ("owner", "currency", "words"),
    [
        ("bolt", "EUR", "'bolt' has the currency USD, the deck would have EUR"),
        ("bolt", "EURO", "unknown currency 'EURO'"),
        ("blot", None, "no customer 'blot', did you mean 'bolt'?; `tollbook customer add` enters one"),
    ],
)
def test_wrong_owner_or_currency_stores_nothing(
    db: Database, deck: MakeDeck, owner: str, currency: str | None, words: str
) -> None:
    rates = deck({"prefix": "44", "rate_per_min": "1"}).rates
    with pytest.raises(UsageError) as refused:
        import_deck(db, rates, side="customer", owner=owner, source="b.csv", currency=currency)
    assert words in str(refused.value)
    assert all_decks(db) == []


def test_dry_run_checks_and_stores_nothing(db: Database, deck: MakeDeck) -> None:
    rates = deck({"prefix": "44", "rate_per_min": "1"}).rates
    checked = import_deck(
        db, rates, side="customer", owner="acme", source="a.csv", currency="EUR", dry_run=True
    )
    assert (checked.id, checked.currency, all_decks(db)) == (0, "EUR", [])
    with db.reading() as session:
        assert session.get_one(Customer, "acme").currency is None


def test_price_precision_beyond_what_is_kept_is_refused(db: Database, deck: MakeDeck) -> None:
    with pytest.raises(UsageError, match="price precision 10: write 0 to 9 decimals"):
        import_deck(
            db,
            deck({"prefix": "49", "rate_per_min": "1"}).rates,
            side="customer",
            owner="bolt",
            source="b.csv",
            price_precision=10,
        )


def test_without_decks_the_book_is_empty(db: Database) -> None:
    book = deck_book(db)
    assert (book.customers, book.carriers) == ({}, {})


def test_only_the_rows_of_some_prefixes_are_read_where_that_is_asked(db: Database, deck: MakeDeck) -> None:
    rates = deck(*({"prefix": prefix, "rate_per_min": "1"} for prefix in ("4", "44", "33"))).rates
    import_deck(db, rates, side="customer", owner="bolt", source="bolt.csv")
    (found,) = decks_of(db, "customer", "bolt", prefixes=["4", "44", "447"])
    assert sorted(found.rates["prefix"]) == ["4", "44"]


def test_a_deck_knows_its_customers_rules_and_other_rules_are_another_book(
    db: Database, deck: MakeDeck
) -> None:
    import_deck(
        db,
        deck({"prefix": "49", "rate_per_min": "1"}).rates,
        side="customer",
        owner="acme",
        source="x",
        currency="EUR",
    )
    before = deck_book(db)
    with db.session() as session:
        session.get_one(Customer, "acme").number_rules = "00> 0>49"
    after = deck_book(db)
    assert (before.customers["acme"].number_rules, after.customers["acme"].number_rules) == ("", "00> 0>49")
    assert decks_of(db, "customer", "acme")[0].number_rules == "00> 0>49"
    assert before.named != after.named
