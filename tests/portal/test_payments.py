"""The page of payments: balances, one customer's account, its statement, and booking a payment."""

from datetime import UTC, datetime, timedelta
from html import unescape
from types import SimpleNamespace
from typing import Any
from urllib.request import Request, urlopen

import pytest
from sqlalchemy import delete, select
from tornado.web import HTTPError

from aside import run
from portal.doors import BY, Visitor, cookie_of, header
from portal.paper import issued
from tollbook.account.database import shared
from tollbook.account.ledger import Payment, Refund
from tollbook.account.models import Invoice
from tollbook.account.people.models import AuditEvent
from tollbook.account.scope import Scope
from tollbook.billing import payments
from tollbook.billing.balance import balance, statement
from tollbook.billing.statements import csv_of
from tollbook.errors import UsageError
from tollbook.lake.store import Lake
from tollbook.portal.lanes import Lane
from tollbook.portal.payments import Chosen, StatementFile

pytestmark = pytest.mark.slow
TODAY = f"{datetime.now(UTC):%Y-%m-%d}"
TYPED = {"do": "book", "amount": "5.00", "method": "cash", "status": "completed", "day": "2024-11-01"}


@pytest.fixture(scope="module")
def numbers(billable):
    """Two invoices of alpha, 4.92 each; the first is overdue."""
    return [issued(billable, "2024-10-05", days_ago=30).number, issued(billable, "2024-10-06").number]


@pytest.fixture
def anna(billable, billing):
    return Visitor(billing, cookie_of(billable.home, "anna", role="admin"))


@pytest.fixture
def nothing_paid(billable):
    """No payment is left of another test."""
    yield
    with shared(billable).session() as session:
        for row in session.scalars(select(Payment).where(Payment.status != "cancelled")):
            payments.change(session, BY, row.id, "cancelled")


def of(billable, number):
    with shared(billable).reading() as session:
        return session.scalar(select(Invoice.status).where(Invoice.number == number))


def booked(billable):
    with shared(billable).reading() as session:
        found = session.scalars(select(Payment).where(Payment.status != "cancelled").order_by(Payment.id))
        return [(row.id, str(row.amount), row.status, row.reference) for row in found]


def test_all_customers_stand_with_their_balance(anna, numbers):
    text = anna.get("/payments").text
    assert 'href="/payments?customer=alpha"' in text
    assert text.index("Alpha") < text.index("Gamma")  # alpha has what is overdue
    assert text.count("€4.92") >= 1


def test_one_customers_account_has_the_figures_of_the_library(anna, billable, numbers):
    text = unescape(anna.get("/payments?customer=alpha").text)
    with shared(billable).reading() as session:
        told = balance(Lake(billable), session, "alpha")
    assert told["invoiced"] == 2 * told["uninvoiced"]  # two days are invoiced, today is not
    assert f"-€{-told['balance']:.2f}" in text
    assert "€9.84" in text  # what is open
    assert all(number in text for number in numbers)
    assert "Book a payment" in text


def test_the_statement_is_the_librarys_as_csv_and_leads_to_the_audit(anna, billable, numbers):
    seen = anna.get("/payments/statement.csv?customer=alpha&start=2024-01-01")
    with shared(billable).reading() as session:
        rows = statement(session, "alpha", datetime(2024, 1, 1, tzinfo=UTC))
    assert seen.text == csv_of(rows)
    assert seen.headers["Content-Disposition"].endswith(f"statement-alpha-{TODAY}.csv")
    with shared(billable).reading() as session:
        told = session.scalars(select(AuditEvent.resource).where(AuditEvent.action == "export")).all()
    assert f"statement: statement-alpha-{TODAY}.csv" in told


def test_the_statement_is_a_pdf(anna, billing, numbers):
    cookie = next(iter(anna.cookies.items()))
    asked = Request(f"{billing}payments/statement.pdf?customer=alpha", headers=header(cookie))
    with urlopen(asked) as answer:
        assert (answer.headers["Content-Type"], answer.read(4)) == ("application/pdf", b"%PDF")


def test_a_form_s_last_day_becomes_the_end_of_the_address(anna):
    seen = anna.get("/payments?customer=alpha&start=2024-10-01&through=2024-10-31")
    assert seen.leads == "/payments?customer=alpha&start=2024-10-01&end=2024-11-01"
    assert Chosen.of({"start": "2024-10-01", "end": "2024-11-01"}, Scope("admin")).last == "2024-10-31"
    with pytest.raises(UsageError, match="The first day is after the last one"):
        Chosen.of({"start": "2024-10-02", "through": "2024-10-01"}, Scope("admin"))


@pytest.mark.usefixtures("nothing_paid")
def test_a_payment_pays_the_oldest_first_or_the_invoice_that_is_named(anna, billable, numbers):
    seen = anna.post("/payments?customer=alpha", **TYPED, reference="r", once="0123456789abcdef")
    assert seen.leads == "/payments?customer=alpha&done=booked"
    assert (of(billable, numbers[0]), of(billable, numbers[1])) == ("paid", "part_paid")  # 4.92 + 0.08
    anna.post("/payments?customer=alpha", **{**TYPED, "amount": "4.84"}, invoice=numbers[1])
    assert of(billable, numbers[1]) == "paid"
    anna.post("/payments?customer=alpha", **TYPED, once="0123456789abcdef")  # sent twice
    assert len(booked(billable)) == 2


@pytest.mark.usefixtures("nothing_paid")
def test_a_pending_payment_counts_once_it_has_arrived_and_a_cancelled_one_no_more(anna, billable, numbers):
    anna.post("/payments?customer=alpha", **{**TYPED, "status": "pending"})
    ((number, *_),) = booked(billable)
    assert of(billable, numbers[0]) == "issued"
    assert anna.post("/payments?customer=alpha", do="arrive", id=str(number)).leads.endswith("done=arrived")
    assert of(billable, numbers[0]) == "paid"
    seen = anna.post("/payments?customer=alpha", do="cancel", id=str(number))
    assert anna.get(seen.leads).said == ["The payment is cancelled. What it paid is open again."]
    assert (of(billable, numbers[0]), booked(billable)) == ("issued", [])


@pytest.mark.usefixtures("nothing_paid")
def test_a_payment_is_used_for_another_invoice(anna, billable, numbers):
    anna.post("/payments?customer=alpha", **{**TYPED, "amount": "4.92"})
    ((number, *_),) = booked(billable)
    typed = {"do": "allocate", "id": str(number), "invoice": numbers[1]}
    assert anna.get(anna.post("/payments?customer=alpha", **typed).leads).said == [
        "The payment pays this invoice first."
    ]
    assert (of(billable, numbers[0]), of(billable, numbers[1])) == ("issued", "paid")
    wrong = anna.post("/payments?customer=alpha", **{**typed, "invoice": "INV-1"})
    assert (wrong.status, "has no invoice 'INV-1'" in wrong.said[0]) == (400, True)


@pytest.mark.usefixtures("nothing_paid")
def test_a_refund_is_booked_once_and_what_was_paid_is_open_again(anna, billable, numbers):
    anna.post("/payments?customer=alpha", **{**TYPED, "amount": "4.92"})
    ((number, *_),) = booked(billable)
    typed = {"do": "refund", "id": str(number), "amount": "1.00", "method": "cash", "day": "2024-11-02"}
    wrong = anna.post("/payments?customer=alpha", **{**typed, "amount": "5"})
    assert (wrong.status, "is more than the 4.92 EUR" in wrong.said[0]) == (400, True)
    assert f'id="refund-{number}"' in wrong.text.partition("data-open")[0].rpartition("<div")[2]
    for _ in range(2):
        seen = anna.post("/payments?customer=alpha", **typed, once="0123456789abcdee")
    assert anna.get(seen.leads).said == [
        "The refund is booked. What the payment no longer reaches is open again."
    ]
    assert of(billable, numbers[0]) == "part_paid"
    other = anna.post("/payments?customer=alpha", **{**typed, "amount": "0.50"}, once="0123456789abcdee")
    assert (other.status, "is booked already: 1 of" in other.said[0]) == (400, True)
    text = unescape(anna.get("/payments?customer=alpha").text)
    assert "Refund of payment" in text
    assert "-€1.00" in text
    anna.post("/payments?customer=alpha", **{**TYPED, "amount": "2.00"})
    *_, (second, *_) = booked(billable)
    anna.post("/payments?customer=alpha", **{**typed, "id": str(second)}, once="0123456789abcdee")
    with shared(billable).reading() as session:
        assert session.scalars(select(Refund.payment_id).order_by(Refund.id)).all() == [number, second]
    with shared(billable).session() as session:
        session.execute(delete(Refund))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"amount": "5,00"}, "'5,00' is no amount: write it with a point, such as 120.50."),
        ({"amount": "-1"}, "amount: '-1' is not above zero"),
        ({"amount": "1.005"}, "amount: '1.005' has more than the 2 decimals of EUR"),
        ({"amount": "9" * 30}, "amount: '999"),
        ({"amount": f"{'1' * 28}.005"}, "amount: '1111"),
        ({"reference": "a\x0bb"}, "reference: "),
        ({"method": "gold"}, "method: 'gold' is none of"),
        ({"day": "2999-01-01"}, "That day has not come yet."),
        ({"invoice": "INV-1"}, "'alpha' has no invoice 'INV-1'"),
        ({"do": "give"}, "Nothing was asked for."),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_booked(anna, billable, numbers, typed, said):
    seen = anna.post("/payments?customer=alpha", **{**TYPED, **typed})
    assert (seen.status, seen.said[0][: len(said)]) == (400, said)
    assert booked(billable) == []
    if "amount" in typed:
        assert f'value="{typed["amount"]}"' in seen.text


def test_an_analyst_sees_all_and_books_nothing(billable, billing, numbers):
    reader = Visitor(billing, cookie_of(billable.home, "an", role="analyst"))
    text = reader.get("/payments?customer=alpha").text
    assert "Book a payment" not in text
    assert reader.post("/payments?customer=alpha", **TYPED).status == 403
    assert booked(billable) == []


def test_a_contact_sees_its_own_account_whatever_it_asks_for(billable, billing, numbers):
    carl = Visitor(billing, cookie_of(billable.home, "carl", customer="alpha"))
    dora = Visitor(billing, cookie_of(billable.home, "dora", customer="gamma"))
    assert numbers[0] in carl.get("/payments").text
    for path in ("/payments", "/payments?customer=alpha", "/payments/statement.csv?customer=alpha"):
        seen = dora.get(path)
        assert seen.status == 200
        assert not any(word in seen.text for word in (*numbers, "Alpha", "€4.92", "€9.84"))
    assert "Book a payment" not in carl.get("/payments").text
    assert carl.post("/payments", **TYPED).status == 403


def test_an_unknown_customer_and_a_statement_of_nobody_are_told(anna):
    assert "no customer" in anna.get("/payments?customer=alfa").text
    assert anna.get("/payments/statement.csv").status == 400
    assert anna.get("/payments/statement.xml").status == 404


def test_no_year_is_too_far_away_to_be_told(anna):
    for span in ("through=9999-12-31", "end=0001-01-01", "start=0001-01-01&end=2026-01-01"):
        assert anna.get(f"/payments?customer=alpha&{span}").status == 400


def test_a_span_is_told_as_days_where_it_is_of_days() -> None:
    assert Chosen().query == {}
    span = Chosen(
        "a", datetime(2024, 1, 1, 13, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=2)
    )
    assert span.query == {"customer": "a", "start": "2024-01-01T13:00Z", "end": "2024-01-03"}


def test_a_statement_finds_no_place_where_too_many_are_typeset(monkeypatch: pytest.MonkeyPatch) -> None:
    async def account(_: object) -> Any:
        return SimpleNamespace(owner=SimpleNamespace(id="alpha"), at=datetime(2024, 11, 1, tzinfo=UTC))

    asking: Any = SimpleNamespace(chosen=lambda: Chosen("alpha"), account=account)
    monkeypatch.setattr("tollbook.portal.payments.PAPERS", Lane("full", threads=1, most=0))
    with pytest.raises(HTTPError) as busy:
        run(StatementFile.get(asking, "pdf"))
    assert busy.value.status_code == 503
