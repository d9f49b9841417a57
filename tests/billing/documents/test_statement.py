"""The statement of account as PDF."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from tollbook.billing.documents.document import Look
from tollbook.billing.documents.statement import statement_pdf, words_of
from tollbook.billing.listed import Listed
from tollbook.billing.record import Buyer, Seller
from tollbook.billing.statements import Account
from tollbook.errors import UsageError
from tollbook.language import LANGUAGES

SELLER = Seller(name="Example Telecom", iban="DE02120300000000202051", address="1 Way\nRiga", country="LV")


def day(number: int, month: int = 12) -> datetime:
    return datetime(2026, month, number, tzinfo=UTC)


def row(at: datetime, what: str, reference: str, charged: str, paid: str, left: str) -> dict[str, object]:
    amounts = (Decimal(charged), Decimal(paid), Decimal(left))
    names = ("at", "what", "reference", "charged", "paid", "balance", "currency")
    return dict(zip(names, (at, what, reference, *amounts, "EUR"), strict=True))


def account(language: str = "", currency: str | None = "EUR", end: datetime | None = None) -> Account:
    one = Listed("INV-2026-000001", "invoice", "acme", "ACME Ltd", "2026-10", day(1, 10), day(1, 11), "part_paid",
                 day(1, 11), day(15, 11).date(), Decimal(100), Decimal(0), Decimal(100), Decimal(40), Decimal(60),
                 "EUR", None, 16)  # fmt: skip
    told = {
        "payments": Decimal(40), "refunded": Decimal(0), "invoiced": Decimal(100), "uninvoiced": Decimal("1.005"),
        "balance": Decimal("-61.005"), "debit_limit": Decimal(50), "available": Decimal("-11.005"), "exceeded": True,
    }  # fmt: skip
    rows = [
        row(day(1, 11), "balance before", "", "0", "0", "0"),
        row(day(1, 11), "invoice", "INV-2026-000001", "100", "0", "-100"),
        row(day(20, 11), "payment (bank_transfer)", "7", "0", "40", "-60"),
        row(end or day(20, 11), "balance", "", "0", "0", "-60"),
    ]
    owner = Buyer(id="acme", name="ACME Ltd", address="2 Street\nLondon", language=language, country="GB")
    return Account(owner, currency, told, [one], [], rows, None, end, day(1))


def text_of(made: bytes) -> str:
    pages = PdfReader(BytesIO(made)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_a_picture_sign_in_a_reference_keeps_nobody_from_the_statement() -> None:
    told = account()
    told.rows[2]["reference"] = "thanks \U0001f389"
    assert "thanks ?" in text_of(statement_pdf(told, SELLER, Look()))


def test_it_tells_the_balance_what_is_open_and_every_movement() -> None:
    text = text_of(statement_pdf(account(), SELLER, Look()))
    for words in ("Statement of account", "ACME Ltd", "INV-2026-000001", "€60.00 is overdue", "-€61.01", "Bank transfer",
                  "DE02 1203 0000 0000 2020 51", "-€60.00"):  # fmt: skip
        assert words in text, words


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_set_in_every_language(language: str) -> None:
    assert statement_pdf(account(language), SELLER, Look()).startswith(b"%PDF")


def test_the_same_account_gives_the_same_bytes() -> None:
    assert statement_pdf(account(), SELLER, Look()) == statement_pdf(account(), SELLER, Look())


def test_the_last_day_of_the_span_is_in_it() -> None:
    told = words_of(account(end=day(1)), SELLER)
    assert dict(told["facts"])["Period"] == "1–30 Nov 2026"
    assert told["lines"]["rows"][-1][0] == "30 Nov 2026"


def test_amounts_are_rounded_half_up_and_a_limit_is_told_where_there_is_one() -> None:
    told = words_of(account(), SELLER)["summary"]
    assert told["rows"][-1] == ("Usage not yet invoiced, without VAT", "-€1.01")
    assert told["total"] == ("Balance", "-€61.01")
    assert told["after"] == [("Debit limit", "€50.00"), ("Available", "-€11.01")]


def test_what_went_back_is_a_row_of_its_own_on_the_way_to_the_balance() -> None:
    told = account()
    back = replace(told, balance={**told.balance, "payments": Decimal(35), "refunded": Decimal(5)})
    assert words_of(back, SELLER)["summary"]["rows"][:2] == [("Payments", "€40.00"), ("Refunds", "-€5.00")]


def test_without_a_currency_there_is_none() -> None:
    with pytest.raises(UsageError, match="'acme' has no currency"):
        statement_pdf(account(currency=None), SELLER, Look())
