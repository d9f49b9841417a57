"""A new version from a file: what is told is what is stored."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import now
from tollbook.account.people.models import AuditEvent
from tollbook.billing.deckfile import read_content
from tollbook.billing.deckimport import Plan, carry_out, plan
from tollbook.billing.decks import SILENT, Terms, deck_book
from tollbook.errors import UsageError
from tollbook.lake.store import Lake
from tollbook.workspace import Workspace

pytestmark = pytest.mark.usefixtures("each_database")

HEAD = "prefix,destination,rate_per_min,initial_increment_s,increment_s,effective_from"
BY = Actor(None, "test")
AT = datetime(2026, 10, 7, tzinfo=UTC)


@pytest.fixture
def db(charged: Workspace) -> Database:
    return Database.of(charged)


@pytest.fixture
def take(db: Database) -> Callable[..., Plan]:
    """Plans lines for acme, which has 44 and 447, and carries that out if it is `real`."""

    def of(*lines: str, terms: Terms = SILENT, real: bool = False, at: datetime = AT) -> Plan:
        file = read_content("new.csv", "\n".join([HEAD, *lines]).encode())
        with db.session() as session:
            made = plan(session, file, "customer", "acme", terms, at)
            return carry_out(session, made, BY) if real else made

    return of


def test_a_plan_stores_nothing_and_tells_everything(take, db: Database, charged: Workspace) -> None:
    made = take("44,UK,0.015,60,60,", "1,USA,0.01,6,6,")
    told = made.preview(Lake(charged))
    assert {name: told[name] for name in ("rows", "currency", "version", "new", "raised", "ended", "gaps")} == {
        "rows": 2, "currency": "EUR", "version": 2, "new": 1, "raised": 1, "ended": 1, "gaps": 0,
    }  # fmt: skip
    assert [row["prefix"] for row in told["biggest"]] == ["44", "447"]
    assert [(row["customer"], row["change"], row["without_rate"]) for row in told["affected"]] == [
        ("acme", Decimal("0.010"), 1)
    ]
    assert [row["destination"] for row in told["destinations"]] == ["UK mobile", "UK"]
    assert deck_book(db).customers["acme"].rates["prefix"].to_list() == ["44", "447"]


def test_carried_out_it_is_in_force_and_in_the_audit(take, db: Database) -> None:
    made = take("44,UK,0.015,60,60,", real=True)
    assert deck_book(db).customers["acme"].rates["rate_per_min"].to_list() == [Decimal("0.015")]
    with db.reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.login == "test")).one()
    assert (event.action, event.resource, event.after["source"]) == (
        "import",
        "deck of customer acme",
        "new.csv",
    )
    assert event.after["deck"] == made.deck.id


def test_prefixes_that_will_have_no_rate_for_a_while_are_counted(take) -> None:
    later = f"{AT + timedelta(days=9):%Y-%m-%d}"
    made = take(f"44,UK,0.015,60,60,{later}", "447,UK mobile,0.028,60,60,")
    assert (made.gaps, made.counts()["raised"], made.effective_from) == (1, 1, None)


def test_terms_are_those_that_are_said_else_the_file_s_else_those_of_the_version_before(
    take, db: Database
) -> None:
    take("44,UK,1,60,60,", terms=Terms(price_precision=4, price_rounding="down"), real=True)
    deck = take("44,UK,1,60,60,", terms=Terms(price_precision=2)).deck
    assert (deck.currency, deck.price_precision, deck.price_rounding, deck.duration_rounding) == (
        "EUR",
        2,
        "down",
        "up",
    )


def test_a_currency_is_said_only_once(db: Database) -> None:
    card = b"""{"schema_version": "1.0.0", "cards": {"a": {"type": "retail", "currency": "EUR",
        "fields": [{"name": "prefix"}, {"name": "name"}, {"name": "rate"}], "rates": [["44", "UK", 1]]}}}"""
    file = read_content("a.json", card)
    with db.reading() as session:
        assert plan(session, file, "customer", "acme", Terms("EUR"), AT).deck.currency == "EUR"
        with pytest.raises(UsageError, match="its amounts are in EUR, and you said USD"):
            plan(session, file, "customer", "acme", Terms("USD"), AT)
        with pytest.raises(UsageError, match="no customer 'acne', did you mean 'acme'"):
            plan(session, file, "customer", "acne", Terms(), AT)


def test_a_prefix_that_has_lost_its_zeros_is_refused_with_its_line(take) -> None:
    take("0044,UK,1,60,60,", "1,USA,1,6,6,", real=True)
    with pytest.raises(
        UsageError, match=r"new.csv: line 3: prefix '44' has lost its leading zeros: the deck has 0044"
    ):
        take("1,USA,1,6,6,", "44,UK,1,60,60,")
    assert take("44,UK,1,60,60,", "0044,UK,1,60,60,").version == 3


def test_calls_that_another_version_rated_make_the_amount_an_estimate(take, charged: Workspace) -> None:
    def exact(made: Plan) -> list[Any]:
        return [row.exact for row in made.touched(Lake(charged))]

    rows = ("44,UK,0.010,60,60,", "447,UK mobile,0.028,60,60,")
    assert exact(take(*rows)) == [True, True]
    take(*rows, real=True)
    assert exact(take(*rows)) == [False, False]
    assert exact(take(*rows, at=now() + timedelta(days=31))) == []
