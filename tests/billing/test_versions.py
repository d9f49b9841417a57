"""Versions of decks, on both databases."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from tollbook.account.database import Database
from tollbook.account.models import Carrier, Customer
from tollbook.billing.decks import RATES, import_deck
from tollbook.billing.versions import (
    Ending,
    NoDeckError,
    ending,
    newest,
    parse_deck,
    rate_row,
    rates_of,
    version_of,
    versions,
)
from tollbook.errors import UsageError
from tollbook.workspace import Workspace

JUNE, JULY = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)
NOW = datetime(2026, 6, 20, tzinfo=UTC)


pytestmark = pytest.mark.usefixtures("each_database")


@pytest.fixture
def db(workspace: Workspace) -> Database:
    return Database.of(workspace)


@pytest.fixture
def put(db: Database) -> Callable[..., None]:
    """Imports rates, each a prefix and when it begins and ends; acme and kilo are there."""
    with db.session() as session:
        session.add_all(
            [
                Customer(id="acme", name="ACME", currency="EUR"),
                Carrier(id="kilo", name="Kilo", currency="EUR"),
            ]
        )

    def imported(side: Any, owner: str, *rows: tuple[str, datetime | None, datetime | None]) -> None:
        told = [
            {"prefix": prefix, "destination": "UK", "rate_per_min": Decimal(1), "connect_fee": Decimal(0),
             "initial_increment_s": 1, "increment_s": 1, "effective_from": since, "effective_to": until, "blocked": False}
            for prefix, since, until in rows
        ]  # fmt: skip
        import_deck(db, pl.DataFrame(told, schema=RATES), side=side, owner=owner, source=f"{len(rows)}.csv")

    return imported


def test_each_import_is_a_version_and_the_newest_is_in_force(db: Database, put: Callable[..., None]) -> None:
    put("customer", "acme", ("44", JUNE, JULY))
    put("carrier", "kilo", ("44", None, None))
    put("customer", "acme", ("44", JUNE, JULY), ("45", JULY, None))
    with db.reading() as session:
        found = newest(session)
        assert [(one.name, one.version, one.versions, one.rates, one.since, one.until) for one in found] == [
            ("customer:acme", 2, 2, 2, JUNE, None),
            ("carrier:kilo", 1, 1, 1, None, None),
        ]
        second, first = versions(session, "customer", "acme")
        assert (first.version, first.since, first.until, first.source) == (1, JUNE, JULY, "1.csv")
        assert (first.replaced_at, second.replaced_at) == (second.imported_at, None)
        assert version_of(session, "customer", "acme", 1) == first
        assert version_of(session, "customer", "acme") == second
        with pytest.raises(NoDeckError, match="no version 3 of its deck: there are 1 to 2"):
            version_of(session, "customer", "acme", 3)
        with pytest.raises(NoDeckError, match="carrier 'lima' has no deck"):
            version_of(session, "carrier", "lima")


def test_a_deck_ends_with_its_last_rate_and_only_the_version_in_force_counts(
    db: Database, put: Callable[..., None]
) -> None:
    put("customer", "acme", ("44", None, None))
    put("customer", "acme", ("44", None, JUNE), ("45", None, JULY))
    put("carrier", "kilo", ("44", None, JULY))
    put("carrier", "kilo", ("44", None, JULY), ("45", None, JULY + timedelta(days=9)))
    with db.reading() as session:
        assert ending(session, NOW, 10) == []
        assert ending(session, NOW, 11) == [Ending("customer", "acme", JULY)]
        assert [one.owner for one in ending(session, NOW, 20)] == ["acme", "kilo"]


def test_rates_are_found_by_prefix_by_number_and_by_instant_page_by_page(
    db: Database, put: Callable[..., None]
) -> None:
    put("customer", "acme", ("447", None, None), ("44", JUNE, None), ("44", None, JUNE), ("5", None, None))
    with db.reading() as session:
        deck = version_of(session, "customer", "acme").id

        def found(**asked: Any) -> list[tuple[str, datetime | None]]:
            return [(rate.prefix, rate.effective_from) for rate in rates_of(session, deck, **asked)]

        assert found() == [("44", None), ("44", JUNE), ("447", None), ("5", None)]
        assert found(prefix="44", at=NOW) == [("44", JUNE), ("447", None)]
        assert found(number="4420") == [("44", None), ("44", JUNE)]
        assert found(number="") == found(number="44#") == []  # what rules may leave of a number
        assert found(prefix="%") == []
        (first,) = rates_of(session, deck, limit=1)
        assert found(after=(first.prefix, first.id), limit=2) == [("44", JUNE), ("447", None)]
        assert set(rate_row(first)) == set(RATES)


def test_a_deck_is_named_by_its_owner() -> None:
    assert parse_deck("carrier:a:b") == ("carrier", "a:b")
    for wrong in ("acme", "customer:", "user:acme", ""):
        with pytest.raises(UsageError, match="names no deck: write customer:ID or carrier:ID"):
            parse_deck(wrong)
