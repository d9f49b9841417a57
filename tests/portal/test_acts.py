"""What admins do with an invoice on its page, and nobody else."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.doors import Visitor, cookie_of
from portal.paper import issued
from tollbook.account.database import shared
from tollbook.account.ledger import Payment
from tollbook.account.models import Invoice
from tollbook.account.people.models import AuditEvent
from tollbook.errors import UsageError
from tollbook.portal.acts import day_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def numbers(billable):
    """Two invoices of alpha, 4.92 each; the first is overdue."""
    return [issued(billable, "2024-10-05", days_ago=30).number, issued(billable, "2024-10-06").number]


@pytest.fixture
def anna(billable, billing):
    return Visitor(billing, cookie_of(billable.home, "anna", role="admin"))


def status(billable, number):
    with shared(billable).reading() as session:
        return session.scalar(select(Invoice.status).where(Invoice.number == number))


def audited(billable):
    with shared(billable).reading() as session:
        rows = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
        return [(row.login, row.action, row.resource, row.outcome) for row in rows]


def test_the_page_of_an_invoice_tells_what_has_become_of_it(anna, numbers):
    text = " ".join(re.sub("<[^>]*>", " ", anna.get(f"/invoices/{numbers[0]}").text).split())
    assert "Overdue for 16 days" in text
    assert "€4.92" in text
    assert "Mark as paid" in text
    assert "Credit this invoice" in text


@pytest.mark.parametrize(("login", "fields"), [("an", {"role": "analyst"}), ("carl", {"customer": "alpha"})])
def test_others_see_it_and_are_offered_nothing_and_refused_if_they_ask(
    billable, billing, numbers, login, fields
):
    reader = Visitor(billing, cookie_of(billable.home, login, **fields))
    text = reader.get(f"/invoices/{numbers[0]}").text
    assert "Overdue" in text
    assert "<form" not in text.partition("tollbook-standing")[2]
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    assert reader.post(f"/invoices/{numbers[0]}/paid", method="cash", day=day).status == 403
    assert reader.post(f"/invoices/{numbers[0]}/credit", reason="x", sure="1").status == 403
    assert (status(billable, numbers[0]), status(billable, numbers[1])) == ("issued", "issued")
    assert (login, "change", "credits", "refused") in audited(billable)


@pytest.mark.parametrize(
    ("act", "typed", "said"),
    [
        ("paid", {"method": "cash", "day": ""}, "Choose the day on which the money came."),
        ("paid", {"method": "gold", "day": "2024-11-01"}, "method: 'gold' is none of"),
        ("credit", {"reason": " ", "sure": "1"}, "Say why: the reason stands on the credit note."),
        ("credit", {"reason": "wrong"}, "Confirm that the invoice is to be taken back."),
    ],
)
def test_what_is_missing_is_told_and_nothing_is_done(anna, billable, numbers, act, typed, said):
    seen = anna.post(f"/invoices/{numbers[0]}/{act}", **typed)
    assert seen.status == 400
    assert seen.said[0].startswith(said)
    assert "data-open" in seen.text
    assert status(billable, numbers[0]) == "issued"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Choose a line, or write an amount."),
        ({"amount": "1,00"}, "'1,00' is no amount: write it with a point"),
        ({"amount-1": "5"}, "5.00 EUR cannot be credited of line 1, of which 4.92 EUR is left"),
        ({"line": "1", "seen": "0.5"}, "has been credited in part meanwhile: look again."),
    ],
)
def test_a_part_that_cannot_be_credited_is_told(anna, billable, numbers, typed, said):
    seen = anna.post(f"/invoices/{numbers[1]}/credit", **{"how": "part", "reason": "x", "seen": "0", **typed})
    assert (seen.status, said in seen.said[0]) == (400, True), seen.said
    assert 'id="credit-part"' in seen.text.partition("data-open")[0].rpartition("<div")[2]


def test_a_part_is_credited_once_and_the_pages_tell_so(anna, billable, numbers):
    typed = {"how": "part", "reason": "too dear", "seen": "0", "amount-1": "0.92"}
    told = [anna.post(f"/invoices/{numbers[1]}/credit", **typed) for _ in range(2)]
    assert [seen.status for seen in told] == [303, 400]  # sent twice it is credited once
    with shared(billable).reading() as session:
        note = session.scalars(select(Invoice).where(Invoice.kind == "credit_note")).one()
        assert (note.number, str(note.total)) == ("CRN-2026-000001", "0.92")
    assert told[0].leads == f"/invoices/{note.number}?done=credited_part"
    seen = anna.get(told[0].leads)
    assert seen.said == ["This credit note takes a part of the invoice back."]
    assert f"<h1>Credit note {note.number}</h1>" in seen.text
    text = " ".join(re.sub("<[^>]*>", " ", anna.get(f"/invoices/{numbers[1]}").text).split())
    assert "Part-credited" in text
    assert "Credited in part by CRN-2026-000001" in text
    assert "€4.00" in text  # what is open


def test_where_no_mail_server_is_named_nothing_is_sent(anna, numbers):
    seen = anna.post(f"/invoices/{numbers[0]}/send")
    assert (seen.status, seen.said) == (400, ["params/site.yml: mail.host is empty, so that nothing is sent"])
    assert 'popovertarget="send"' not in anna.get(f"/invoices/{numbers[0]}").text


def test_a_day_that_has_not_come_is_none() -> None:
    with pytest.raises(UsageError, match="has not come yet"):
        day_of(f"{datetime.now(UTC) + timedelta(days=2):%Y-%m-%d}")
    assert day_of("2024-10-05") == datetime(2024, 10, 5, tzinfo=UTC)


def test_an_unknown_invoice_is_none_for_an_act_either(anna):
    assert anna.post("/invoices/INV-1/paid", method="cash", day="2024-11-01").status == 404
    assert anna.get("/invoices/INV-1/paid").status == 405


def test_marking_as_paid_books_all_that_is_open_once(anna, billable, numbers):
    typed = {"method": "bank_transfer", "day": "2024-11-01", "reference": "statement 7"}
    seen = anna.post(f"/invoices/{numbers[0]}/paid", **typed)
    assert seen.leads == f"/invoices/{numbers[0]}?done=paid"
    assert anna.get(seen.leads).said == ["The payment is booked."]
    with shared(billable).reading() as session:
        (row,) = session.scalars(select(Payment)).all()
        assert (str(row.amount), row.method, row.reference) == ("4.92", "bank_transfer", "statement 7")
        assert row.received_at == datetime(2024, 11, 1, tzinfo=UTC)
    assert status(billable, numbers[0]) == "paid"
    again = anna.post(f"/invoices/{numbers[0]}/paid", **typed)
    assert (again.status, again.said) == (400, [f"Nothing is open of {numbers[0]}."])
    assert ("anna", "add", f"payment {row.id}", "done") in audited(billable)
