"""Rows of the Summary that somebody wants invoiced."""

from datetime import UTC, datetime

import pytest

from tollbook.errors import UsageError
from tollbook.params import Invoice
from tollbook.periods import parse_period
from tollbook.runs.invoices import Bill
from tollbook.runs.wanted import MOST_ROWS, Wanted, in_summary, make, refused, wanted

OCTOBER = {"customer": "acme", "period": "2026-10"}


def row(customer: str, period: str) -> Wanted:
    return Wanted(customer, parse_period(period))


def test_each_row_is_wanted_once_in_its_order():
    asked = [OCTOBER, {"customer": "acme", "period": "2026-W41"}, OCTOBER]
    assert wanted(asked) == [row("acme", "2026-10"), row("acme", "2026-W41")]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ([], "at least one row"),
        ("acme", "at least one row"),
        ([OCTOBER] * (MOST_ROWS + 1), "501 rows are more than the 500"),
        (["acme"], "each row is"),
        ([{"customer": "acme"}], "each row is"),
        ([{**OCTOBER, "charge": "0"}], "each row is"),
        ([{"customer": "acme", "period": 202610}], "each row is"),
        ([{"customer": "acme", "period": "live"}], "period 'live': write a day"),
        ([{"customer": "acme", "period": "../../etc"}], "write a day"),
        ([{"customer": "acme", "period": "2026-13"}], "period '2026-13'"),
    ],
)
def test_what_is_no_list_of_rows_is_refused(asked, said):
    with pytest.raises(UsageError, match=said):
        wanted(asked)


def test_only_rows_that_the_summary_has_are_there(charged):
    # acme called on the 5th and the 6th
    there = {row("acme", "2026-10-05"), row("acme", "2026-W41"), row("acme", "2026-10")}
    others = {
        row("acme", "2026-10-04"),
        row("acme", "2026-09"),
        row("nobody", "2026-10"),
        row("quiet", "2026-10"),
    }
    assert in_summary(charged, there | others) == there


def bill(workspace, period, customer="acme", at=datetime(2026, 11, 2, 9, tzinfo=UTC)):
    return Bill(workspace, customer, parse_period(period), at, Invoice())


def test_a_draft_tells_when_it_settles_an_invoice_its_number_and_an_overlap_the_other_invoice(charged):
    # 3 x 0.056 -> 0.17 and 2 x 0.010 -> 0.02, and 15 % of 0.19 -> 0.03
    early = make(bill(charged, "2026-10-05", at=datetime(2026, 10, 6, 23, tzinfo=UTC)))
    assert (early["status"], early["number"], early["settles_at"]) == ("draft", None, "2026-10-07T00:00:00Z")
    made = make(bill(charged, "2026-10"))
    assert (made["status"], made["number"], made["total"]) == ("issued", "INV-2026-000001", "0.22")
    other = make(bill(charged, "2026-10-06"))
    assert other["status"] == "refused"
    assert other["why"] == "invoice INV-2026-000001 of 'acme' for 2026-10 covers part of 2026-10-06"


def test_of_a_customer_without_charges_nothing_is_made(charged):
    assert make(bill(charged, "2026-10", customer="quiet"))["status"] == "nothing"
    unknown = make(bill(charged, "2026-10", customer="acne"))
    assert unknown["status"] == "refused"
    assert "did you mean 'acme'" in unknown["why"]


def test_a_refused_row_has_no_figures():
    told = refused(row("acme", "2026-10"), "because")
    assert told == {
        "customer": "acme", "period": "2026-10", "status": "refused", "number": None,
        "total": None, "currency": None, "settles_at": None, "why": "because",
    }  # fmt: skip
