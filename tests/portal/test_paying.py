"""The balance at the top of a contact's pages, and the ways to pay."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from portal.conftest import served
from portal.doors import Visitor, cookie_of
from tollbook import language
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.scope import Scope
from tollbook.billing import payments, refunds
from tollbook.billing.links import named
from tollbook.billing.record import Record
from tollbook.lake.store import now
from tollbook.params import Invoice
from tollbook.periods import parse_period
from tollbook.portal.paying import due, ways_of
from tollbook.runs.invoices import Bill, make_invoice
from tollbook.workspace import Workspace

AT = datetime(2026, 12, 2, tzinfo=UTC)
CARD = "https://buy.stripe.com/x?client_reference_id={reference}&a={amount}"
PAYPAL = "https://www.paypal.com/paypalme/carrier/{amount}{currency}"
ACME = Scope("contact", "acme")


@pytest.fixture
def site(charged: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Writes params/payments.yml."""
    monkeypatch.setenv("TOLLBOOK_HOME", str(charged.home))
    monkeypatch.setenv("TOLLBOOK_PARAMS", str(tmp_path))
    return lambda **told: (tmp_path / "payments.yml").write_text(yaml.safe_dump(told))


def pay(charged: Workspace, amount: str) -> None:
    with Database.of(charged).session() as session:
        payments.add(session, Actor(None, "x"), "acme", amount, "cash", received_at=AT)


def test_a_contact_has_its_balance_and_what_is_owed_in_the_links(
    charged: Workspace, site: Callable[..., None], bill: Callable[..., Record]
) -> None:
    bill("2026-10")
    site(card_link=CARD, paypal_link=PAYPAL)
    told = due(ACME)
    assert told is not None
    assert (told.words, told.exceeded) == ("-€0.22", True)
    assert [label for label, _ in told.ways] == ["Pay by card", "Pay with PayPal"]
    query = parse_qs(urlsplit(told.ways[0][1]).query)
    assert (query["a"], named(query["client_reference_id"][0])) == (["0.22"], ("acme", ""))
    pay(charged, "5")
    told = due(ACME)
    assert told is not None
    assert (told.words, told.exceeded, told.ways) == ("€4.78", False, [])
    with Database.of(charged).session() as session:
        refunds.refund(session, Actor(None, "x"), 1, "4.78", at=AT)
    told = due(ACME)
    assert told is not None
    assert told.words == "€0.00"


def test_nobody_else_has_one_nor_where_nothing_is_set(charged: Workspace, site: Callable[..., None]) -> None:
    site()
    assert due(ACME) is None
    site(card_link=CARD)
    assert due(ACME) is not None
    assert due(None) is None
    assert due(Scope("admin")) is None
    assert due(Scope("contact", "nobody")) is None


def test_an_open_invoice_is_paid_by_what_is_left_of_it(
    charged: Workspace, site: Callable[..., None], bill: Callable[..., Record]
) -> None:
    number, db = bill("2026-10").number, Database.of(charged)
    site(card_link=CARD)
    pay(charged, "0.20")
    ((label, address),) = ways_of(db, number)
    query = parse_qs(urlsplit(address).query)
    assert (label, query["a"]) == ("Pay by card", ["0.02"])
    assert named(query["client_reference_id"][0]) == ("acme", number)
    pay(charged, "0.02")
    assert ways_of(db, number) == ways_of(db, None) == ways_of(db, "INV-9") == []


def test_they_are_in_the_readers_language(charged: Workspace, site: Callable[..., None]) -> None:
    site(card_link="https://buy.stripe.com/x")
    with language.speaking("de"):
        told = due(ACME)
    assert told is not None
    assert told.ways[0][0] == "Mit Karte zahlen"


@pytest.mark.slow
def test_the_pages_show_them_to_a_contact_alone(charged: Workspace, site: Callable[..., None]) -> None:
    number = make_invoice(Bill(charged, "acme", parse_period("2026-10-05"), now(), Invoice(settle_hours=0)))[
        "number"
    ]
    site(card_link=CARD)
    with served(charged.home) as address:
        contact = Visitor(address, cookie_of(charged.home, "carl", customer="acme"))
        admin = Visitor(address, cookie_of(charged.home, "root", role="admin"))
        assert 'class="tollbook-due tollbook-due-exceeded"' in contact.get("/pages").text
        assert "https://buy.stripe.com/x?client_reference_id=tb-" in contact.get("/pages").text
        assert "tollbook-due" not in admin.get("/pages").text
        page = contact.get(f"/invoices/{number}").text
        assert page.count("https://buy.stripe.com/x?client_reference_id=tb-") == 2
        assert 'rel="noopener noreferrer">Pay by card</a>' in page
