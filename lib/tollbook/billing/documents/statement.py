"""The statement of account as PDF, in the customer's language: set by Typst as invoices are, of the same parts."""

import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from tollbook.billing.documents.detail import Pairs, Words
from tollbook.billing.documents.document import Look
from tollbook.billing.documents.isolate import isolated
from tollbook.billing.documents.pdf import typeset
from tollbook.billing.documents.words import customer_of, fours, seller_of
from tollbook.billing.documents.written import Written
from tollbook.billing.payments import Row
from tollbook.billing.record import Seller
from tollbook.billing.statements import Account, what_of
from tollbook.errors import UsageError
from tollbook.language import direction, speaking, tr
from tollbook.money import minor_digits, round_to

TEMPLATE: Final = "statement.typ"
_PICTURES: Final = frozenset({"So", "Co", "Cn"})
_NOTHING: Final = Decimal(0)


def statement_pdf(account: Account, seller: Seller, look: Look) -> bytes:
    """The statement as PDF; the same account gives the same bytes.

    Raises:
        UsageError: the customer has no currency.
        TollbookError: a character that no font has.
    """
    name = f"the statement of {account.owner.id}"
    return typeset(name, TEMPLATE, words_of(account, seller), look, at=account.at)


def words_of(account: Account, seller: Seller) -> Words:
    """All that it says, texts throughout."""
    if account.currency is None:
        raise UsageError(f"'{account.owner.id}' has no currency: `tollbook customer set` gives it one")
    with speaking(account.owner.language):
        write = Written(account.owner.language, account.currency)
        words = {
            "language": write.language,
            "direction": direction(write.language),
            "country": account.owner.country,
            "title": tr("Statement of account"),
            "number": "",
            "draft": "",
            "seller": seller_of(seller, account.owner),
            "buyer": customer_of(account.owner, seller),
            "facts": _facts(account, write),
            "due": _due(account, write),
            "summary": _summary(account, write),
            "lines": _lines(account, write),
            "open": _open(account, write),
            "payment": _payment(account, seller),
            "page": tr("Page {page} of {pages}"),
        }
    return isolated(words) if words["direction"] == "rtl" else words


def _facts(account: Account, write: Written) -> Pairs:
    return [
        (tr("Date"), write.day(account.at.date())),
        (tr("Period"), _span(account, write)),
        (tr("Customer number"), account.owner.id),
        (tr("Currency"), account.currency or ""),
    ]


def _span(account: Account, write: Written) -> str:
    """The days that the statement is of, both ends in it."""
    first, last = account.rows[0]["at"], account.rows[-1]["at"]
    if account.end:
        last = account.end - timedelta(microseconds=1)
    return write.days(first.date(), max(first, last).date())


def _due(account: Account, write: Written) -> Words:
    """What is open, at a glance; of which this much is overdue."""
    late = tr("of which {amount} is overdue").format(amount=write.money(account.overdue))
    return {
        "label": tr("Open invoices"),
        "amount": write.money(account.due),
        "by": late if account.overdue else "",
    }


def _summary(account: Account, write: Written) -> Words:
    """The way to the balance; usage is exact there and rounded here, half up."""
    told = account.balance
    refunds = [(tr("Refunds"), -told["refunded"])] if told["refunded"] else []
    rows = [
        (tr("Payments"), told["payments"] + told["refunded"]),
        *refunds,
        (tr("Issued charges"), -told["invoiced"]),
        (tr("Usage not yet invoiced, without VAT"), -told["uninvoiced"]),
    ]
    limit = [(tr("Debit limit"), write.money(told["debit_limit"]))] if told["debit_limit"] else []
    available = [(tr("Available"), _rounded(told["available"], write, account))] if limit else []
    at = f"{write.short_day(account.at.date())} {account.at:%H:%M} UTC"
    return {
        "heading": tr("Balance as of {at}").format(at=at),
        "rows": [(name, _rounded(amount, write, account)) for name, amount in rows],
        "total": (tr("Balance"), _rounded(told["balance"], write, account)),
        "after": [*limit, *available],
    }


def _rounded(amount: Decimal, write: Written, account: Account) -> str:
    return write.money(round_to(amount, minor_digits(account.currency or ""), "half_up"))


def _lines(account: Account, write: Written) -> Words:
    heads = [tr("Day"), tr("What"), tr("Reference"), tr("Charged"), tr("Paid"), tr("Balance")]
    rows = [
        [
            write.short_day(row["at"].date()),
            what_of(row),
            _typed(row["reference"]),
            _amount(row["charged"], write),
            _amount(row["paid"], write),
            write.money(row["balance"]),
        ]
        for row in _moved(account)
    ]
    said = tr("Days are in UTC. The balance here is payments less issued charges.")
    return {"heading": tr("Charges and payments"), "said": said, "heads": heads, "rows": rows}


def _typed(text: str) -> str:
    """What somebody typed: a picture sign, for which no font is there, keeps nobody from their statement."""
    return "".join("?" if unicodedata.category(sign) in _PICTURES else sign for sign in text)


def _moved(account: Account) -> Sequence[Row]:
    """The rows; the last one stands at the last instant of the span, not at the first after it."""
    *rows, last = account.rows
    at: datetime = last["at"]
    return [*rows, {**last, "at": at - timedelta(microseconds=1)} if account.end else last]


def _amount(amount: Decimal, write: Written) -> str:
    return write.money(amount) if amount else ""


def _open(account: Account, write: Written) -> Words:
    heads = [tr("Number"), tr("Period"), tr("Due"), tr("Total"), tr("Paid"), tr("Open amount")]
    rows = [
        [
            one.number or "",
            one.period,
            write.short_day(one.due_on) if one.due_on else "",
            write.money(one.total),
            write.money(one.paid),
            write.money(one.open),
        ]
        for one in account.open
    ]
    nothing = tr("Nothing is open.")
    late = [bool(one.overdue_days) for one in account.open]
    return {
        "heading": tr("Open invoices"),
        "said": "" if rows else nothing,
        "heads": heads,
        "rows": rows,
        "late": late,
    }


def _payment(account: Account, seller: Seller) -> Words:
    rows = (
        [(tr("Payee"), seller.name), ("IBAN", fours(seller.iban)), ("BIC", seller.bic)] if seller.iban else []
    )
    rows = [(label, text) for label, text in rows if text]
    if account.due <= _NOTHING or not (rows or seller.payment_details):
        return {}
    return {"heading": tr("How to pay"), "rows": rows, "lines": seller.payment_details.splitlines()}
