from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.account.people.models import AuditEvent, Person

NOON = datetime(2026, 10, 5, 12, 30, 0, 123456, UTC)


def kept(database: Database, **values: object) -> Customer:
    """A customer as it comes back from the database."""
    with database.session() as session:
        session.add(Customer(id="acme", name="ACME", **values))
    with database.reading() as session:
        return session.get_one(Customer, "acme")


@pytest.mark.parametrize(
    "amount",
    [
        "0.000000001",
        "-0.000000001",
        "0.1",
        "0",
        "12345678901234567890123456789.123456789",
        "-99999999999999999999999999999.999999999",
        "12345678901234567890123456789",
    ],
)
def test_an_amount_comes_back_to_the_last_digit(database: Database, amount: str) -> None:
    assert kept(database, debit_limit=Decimal(amount)).debit_limit == Decimal(amount)


@pytest.mark.parametrize("amount", ["1200", "1200.000", "1.2E+3"])
def test_both_databases_write_an_amount_the_same_way(database: Database, amount: str) -> None:
    assert str(kept(database, debit_limit=Decimal(amount)).debit_limit) == "1200"


@pytest.mark.parametrize(
    "amount",
    [0.1, Decimal("NaN"), Decimal("Infinity"), Decimal("0.0000000001"), Decimal(10**29), "1"],
    ids=str,
)
def test_what_cannot_be_kept_exactly_is_refused(database: Database, amount: object) -> None:
    with pytest.raises(StatementError, match=r"exact amount|more than"):
        kept(database, debit_limit=amount)


def test_no_amount_stays_none(database: Database) -> None:
    assert kept(database, tax_rate=None).tax_rate is None


@pytest.mark.parametrize("offset_h", [-5, 0, 2, 5.75])
def test_an_instant_comes_back_in_utc_whatever_zone_it_was_in(database: Database, offset_h: float) -> None:
    elsewhere = NOON.astimezone(timezone(timedelta(hours=offset_h)))
    back = kept(database, created_at=elsewhere).created_at
    assert (back, back.tzinfo) == (NOON, UTC)


def test_an_instant_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="names no zone"):
        kept(database, created_at=NOON.replace(tzinfo=None))


def test_lists_and_documents_come_back_as_they_were(database: Database) -> None:
    after = {"b": [1, None, "é"], "a": {}}
    words = Person(login="a", role="admin", name="A", allowed_addresses=("192.0.2.0/24", "2001:db8::/32"))
    with database.session() as session:
        session.add_all([words, Person(login="b", role="admin", name="B")])
        session.add(AuditEvent(login="a", action="add", resource="user b", after=after))
    with database.reading() as session:
        first, second = session.scalars(select(Person).order_by(Person.login))
        event = session.scalars(select(AuditEvent)).one()
    assert (first.allowed_addresses, second.allowed_addresses) == (("192.0.2.0/24", "2001:db8::/32"), ())
    assert (event.before, event.after) == (None, after)
