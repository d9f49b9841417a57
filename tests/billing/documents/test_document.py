"""What a document is: its type, its dates, its sign, its tax category."""

from datetime import date

import pytest

from billing.documents.records import make_credit, make_record, of_customer
from tollbook.billing.documents.document import Document, Preceding, preceding_of


def test_an_invoice_is_380_and_due_when_its_days_are_over() -> None:
    document = Document(make_record(due_days=14))
    assert (document.type_code, document.issued_on, document.due_on) == (
        "380",
        date(2026, 11, 2),
        date(2026, 11, 16),
    )


def test_a_credit_note_is_381_and_never_due() -> None:
    document = make_credit()
    assert (document.type_code, document.due_on) == ("381", None)


def test_a_draft_has_no_date_and_is_named_by_customer_and_period() -> None:
    draft = Document(make_record(number=None, issued_at=None))
    assert (draft.issued_on, draft.due_on, draft.name) == (None, None, "the draft of acme for 2026-10")


@pytest.mark.parametrize(
    ("rate", "category", "told"),
    [("19", "", "S"), ("0", "", "Z"), (None, "", "O"), (None, "AE", "AE"), ("0", "E", "E")],
)
def test_the_tax_category_is_the_customers_else_what_the_rate_says(
    rate: str | None, category: str, told: str
) -> None:
    assert (
        Document(make_record(tax_rate=rate, customer=of_customer(tax_category=category))).tax_category == told
    )


def test_what_a_credit_note_takes_back_stands_in_its_record() -> None:
    record = make_record()
    assert preceding_of(record) is None
    assert preceding_of(record.credited("Wrong rate")) == Preceding(
        "INV-2026-000042", date(2026, 11, 2), "Wrong rate"
    )
