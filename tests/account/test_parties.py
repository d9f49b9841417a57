from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tollbook.account import parties
from tollbook.account.database import Database
from tollbook.account.fields import Kind
from tollbook.account.ledger import Payment
from tollbook.account.models import Carrier, Customer, Deck, Invoice
from tollbook.errors import UsageError

KINDS = pytest.mark.parametrize("kind", [Customer, Carrier], ids=["customer", "carrier"])


def add(database: Database, kind: Kind, party_id: str, **entered: object) -> dict[str, Any]:
    with database.session() as session:
        return parties.add(session, kind, party_id, entered)


def change(database: Database, kind: Kind, party_id: str, **entered: object) -> dict[str, Any]:
    with database.session() as session:
        return parties.change(session, kind, party_id, entered)


def ids(database: Database, kind: Kind = Customer) -> list[str]:
    with database.reading() as session:
        return [row["id"] for row in parties.listing(session, kind)]


EMPTY = (
    "country",
    "postcode",
    "city",
    "tax_id",
    "endpoint",
    "language",
    "reference",
    "tax_category",
    "tax_note",
    "invoice_mail",
    "schedule",
    "number_rules",
)


def test_what_is_not_entered_has_its_default(database: Database) -> None:
    row = add(database, Customer, "acme")
    assert row.pop("created_at").tzinfo is UTC
    assert row == {
        "id": "acme",
        "confirmed": True,
        "name": "acme",
        "currency": None,
        "channels": None,
        "debit_limit": Decimal(0),
        "zone": "UTC",
        "carriers_shown": "aliases",
        "due_days": 14,
        "tax_rate": None,
        "invoice_grouping": "destination",
        "address": "",
        **dict.fromkeys(EMPTY, ""),
    }


@KINDS
def test_an_id_is_taken_once(database: Database, kind: Kind) -> None:
    add(database, kind, "acme", name="ACME")
    with pytest.raises(UsageError, match=r"there is a \w+ 'acme' already: change it with"):
        add(database, kind, "acme", name="Other")
    with database.reading() as session:
        assert parties.show(session, kind, "acme")["name"] == "ACME"


@KINDS
def test_a_change_leaves_the_other_fields(database: Database, kind: Kind) -> None:
    add(database, kind, "acme", name="ACME", channels=30)
    row = change(database, kind, "acme", channels="60")
    assert (row["name"], row["channels"]) == ("ACME", 60)


@KINDS
def test_an_unknown_id_names_the_nearest(database: Database, kind: Kind) -> None:
    add(database, kind, "acme")
    with pytest.raises(UsageError, match=r"^no \w+ 'acne', did you mean 'acme'\?"):
        change(database, kind, "acne", name="ACME")
    with pytest.raises(UsageError, match=r"^no \w+ 'acne'"), database.reading() as session:
        parties.show(session, kind, "acne")


def test_customers_and_carriers_may_have_the_same_id(database: Database) -> None:
    add(database, Customer, "acme")
    add(database, Carrier, "acme")
    assert ids(database, Customer) == ids(database, Carrier) == ["acme"]


def test_the_list_is_in_the_same_order_on_both_databases(database: Database) -> None:
    for party_id in ("b", "a", "C", "ä", "10", "9"):
        add(database, Customer, party_id)
    assert ids(database) == ["10", "9", "C", "a", "b", "ä"]


@KINDS
def test_a_currency_can_change_until_it_is_used(database: Database, kind: Kind) -> None:
    add(database, kind, "acme", currency="EUR")
    assert change(database, kind, "acme", currency="USD")["currency"] == "USD"
    assert change(database, kind, "acme", currency=None)["currency"] is None


@KINDS
@pytest.mark.parametrize("currency", ["USD", None])
def test_the_currency_of_a_deck_stays(database: Database, kind: Kind, currency: str | None) -> None:
    add(database, kind, "acme", currency="EUR")
    with database.session() as session:
        session.add(Deck(**{f"{kind.__tablename__}_id": "acme"}, currency="EUR", source="uk.csv"))
    with pytest.raises(UsageError, match="currency of 'acme' stays EUR"):
        change(database, kind, "acme", currency=currency)
    assert change(database, kind, "acme", currency="EUR", name="ACME")["name"] == "ACME"


def test_the_currency_of_an_invoice_stays(database: Database) -> None:
    add(database, Customer, "acme", currency="EUR")
    amounts = dict.fromkeys(("net", "tax", "total", "exact_charge", "rounding"), Decimal(0))
    with database.session() as session:
        session.add(
            Invoice(
                customer_id="acme",
                period_name="2026-10",
                period_start=datetime(2026, 10, 1, tzinfo=UTC),
                period_end=datetime(2026, 11, 1, tzinfo=UTC),
                currency="EUR",
                record="{}",
                **amounts,
            )
        )
    with pytest.raises(UsageError, match="currency of 'acme' stays EUR"):
        change(database, Customer, "acme", currency="USD")


def test_the_currency_of_a_payment_stays(database: Database) -> None:
    add(database, Customer, "acme", currency="EUR")
    with database.session() as session:
        paid = {"amount": Decimal(5), "currency": "EUR", "method": "cash", "status": "pending"}
        session.add(Payment(customer_id="acme", **paid))
    with pytest.raises(UsageError, match="currency of 'acme' stays EUR: a deck, an invoice or a payment"):
        change(database, Customer, "acme", currency="USD")


def test_ids_that_only_calls_name_are_unconfirmed() -> None:
    assert parties.unconfirmed(["zulu", None, "acme", "bolt", "zulu"], ["acme"]) == [
        {"id": "bolt", "confirmed": False},
        {"id": "zulu", "confirmed": False},
    ]


def load(database: Database, tmp_path: Path, *lines: str) -> list[dict[str, Any]]:
    path = tmp_path / "who.csv"
    path.write_text("\n".join(lines))
    with database.session() as session:
        return parties.import_file(session, Customer, path)


def test_a_file_enters_new_ones_and_changes_known_ones(database: Database, tmp_path: Path) -> None:
    add(database, Customer, "acme", name="ACME", currency="EUR", due_days=30)
    rows = load(database, tmp_path, "id,name,due_days", "bolt,Bolt,7", "acme,,10")
    assert [(row["id"], row["name"], row["currency"], row["due_days"]) for row in rows] == [
        ("bolt", "Bolt", None, 7),
        ("acme", "ACME", "EUR", 10),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("bolt,EUX", r"line 3: currency: unknown currency 'EUX', did you mean"),
        ("a/b,EUR", r"line 3: id 'a/b': no leading dot, no /"),
        (",EUR", r"line 3: id '': write at least one character"),
        ("new,EUR", r"line 3: id 'new' is on line 2 already"),
        ("used,USD", r"line 3: currency of 'used' stays EUR"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_entered(
    database: Database, tmp_path: Path, line: str, reason: str
) -> None:
    add(database, Customer, "used", currency="EUR")
    with database.session() as session:
        session.add(Deck(customer_id="used", currency="EUR", source="uk.csv"))
    with pytest.raises(UsageError, match=f"^who.csv: {reason}"):
        load(database, tmp_path, "id,currency", "new,EUR", line)
    assert ids(database) == ["used"]


def test_a_file_without_rows_is_a_mistake(database: Database, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"who\.csv: no rows below the header"):
        load(database, tmp_path, "id,currency")
