"""All that a document says."""

from typing import Any

import pytest

from billing.documents.records import (
    SELLER,
    make_credit,
    make_difference,
    make_part,
    make_record,
    of_customer,
)
from tollbook.billing.documents.document import Document
from tollbook.billing.documents.words import words_of


def words(**changed: Any) -> dict[str, Any]:
    return words_of(Document(make_record(**changed)))


def plainly(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_totals_are_the_records_and_the_amount_due_is_the_total() -> None:
    told = words()
    assert told["totals"] == {
        "rows": [("Net", "€512.61"), ("VAT 19%", "€97.40")],
        "total": ("Total", "€610.01"),
    }
    assert told["due"] == {"label": "Amount due", "amount": "€610.01", "by": "Please pay by 16 November 2026"}


def test_numbers_days_and_texts_are_in_the_customers_language() -> None:
    told = words(customer=of_customer(language="de"))
    assert (told["language"], told["direction"]) == ("de", "ltr")
    assert plainly(told["due"]["amount"]) == "610,01 €"
    assert [plainly(cell) for cell in told["lines"]["rows"][1]] == [
        "Latvia",
        "0,0311",
        "907",
        "2.185:16",
        "67,96 €",
    ]
    assert "2. November 2026" in dict(told["facts"]).values()


@pytest.mark.parametrize(
    ("currency", "total"), [("JPY", "JP¥609"), ("KWD", "KWD 610.004"), ("EUR", "€610.01")]
)
def test_an_amount_has_the_decimals_of_its_currency(currency: str, total: str) -> None:
    assert plainly(words(currency=currency)["totals"]["total"][1]) == total


def test_from_right_to_left_foreign_words_are_held_together() -> None:
    told = words(customer=of_customer(language="ar", name="شركة"))
    assert told["direction"] == "rtl"
    assert told["buyer"]["name"] == "شركة"
    assert "\u2066+49 40 5550123\u2069" in told["seller"]["contact"]


def test_a_credit_note_says_so_and_asks_for_nothing() -> None:
    told = words_of(make_credit())
    assert (told["title"], told["due"]["label"], told["payment"]) == ("Credit note", "Amount credited", {})
    assert {"Credits invoice": "INV-2026-000042", "Reason": "Wrong rate for Latvia"}.items() <= dict(
        told["facts"]
    ).items()


def test_a_draft_says_that_it_is_no_invoice() -> None:
    told = words(number=None, issued_at=None)
    assert (told["draft"], told["number"], told["payment"]) == ("Draft, not an invoice", "", {})


@pytest.mark.parametrize(
    ("changed", "notes"),
    [
        ({"tax_category": "AE"}, ["Reverse charge: the customer accounts for the VAT."]),
        ({"tax_category": "E", "tax_note": "Section 4 No 11"}, ["Section 4 No 11"]),
        ({}, []),
    ],
)
def test_why_there_is_no_tax_is_said_where_it_was_settled(changed: dict[str, str], notes: list[str]) -> None:
    assert words(tax_rate=None, customer=of_customer(**changed))["notes"] == notes


def test_the_code_of_a_transfer_is_for_euros_to_an_account() -> None:
    assert words()["payment"]["code"].startswith("<svg")
    assert words(currency="JPY")["payment"]["code"] == ""
    assert words(seller=SELLER.model_copy(update={"iban": ""}))["payment"] == {}


def test_countries_are_named_where_the_parties_are_in_two() -> None:
    assert words()["buyer"]["address"] == ["Invalidenstraße 3", "10115 Berlin"]
    assert words(customer=of_customer(country="FR", language="de"))["buyer"]["address"][-1] == "Frankreich"


def test_a_note_of_a_difference_says_which_invoice_it_corrects_and_by_how_much() -> None:
    credit, debit = (words_of(make_difference(kind)) for kind in ("credit_note", "debit_note"))
    assert (credit["title"], debit["title"]) == ("Credit note", "Debit note")
    for words in (credit, debit):
        assert ("Corrects invoice", "INV-2026-000042") in words["facts"]
        assert words["lines"]["heads"] == ["Destination", "Calls", "Minutes", "Net"]
        assert words["lines"]["rows"] == [
            ["Latvia", "907", "1:01", "€20.35"],
            ["UK", "12,480", "0:00", "-€3.12"],
        ]
        assert words["exact"]["rows"][0] == ("Exact difference", "17.2249")
    assert (credit["due"]["label"], credit["payment"]) == ("Amount credited", {})
    assert (debit["due"]["label"], debit["due"]["by"]) == ("Amount due", "Please pay by 16 November 2026")
    assert debit["payment"]["rows"][-1] == ("Purpose", "DBN-2026-000001")


def test_a_note_of_a_part_names_its_lines_and_what_is_of_none() -> None:
    words = words_of(make_part())
    assert ("Corrects invoice", "INV-2026-000042") in words["facts"]
    assert words["lines"]["rows"] == [
        ["Latvia", "0.0311", "907", "2,185:16", "€67.96"],
        ["UK", "0.0064", "–", "–", "€136.15"],
        ["Credited before", "–", "–", "–", "-€7.00"],
    ]
    assert words["usage"]["rows"] == []
    assert "Calls" not in dict(words["proof"]["rows"])
    assert words["due"]["label"] == "Amount credited"
