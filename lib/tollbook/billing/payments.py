"""Payments: what customers paid, how, and whether it has arrived; what has pays their invoices."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from tollbook.account.audit import Actor, record
from tollbook.account.fields import parse_name
from tollbook.account.ledger import PAYMENT_METHODS, PAYMENT_STATUSES, Allocation, Payment, Refund
from tollbook.account.models import Customer, Invoice
from tollbook.account.types import DIGITS
from tollbook.billing.allocation import (
    NOTHING,
    PAYABLE,
    left_of,
    refunded_of,
    settle_up,
    take_back,
    used_of,
)
from tollbook.billing.invoices import numbered
from tollbook.errors import UsageError, did_you_mean
from tollbook.language import later, tr
from tollbook.money import SCALE, minor_digits, parse_amount, plain, round_to

Row = dict[str, Any]
_LONGEST: Final = 500
"""Characters of a reference."""
METHODS: Final[Mapping[str, str]] = {
    "bank_transfer": later("Bank transfer"),
    "card": later("Card"),
    "paypal": later("PayPal"),
    "cash": later("Cash"),
}
"""How a payment can be made, and its label."""
STATUSES: Final[Mapping[str, str]] = {
    "pending": later("Pending"),
    "completed": later("Completed"),
    "cancelled": later("Cancelled"),
}
"""Whether it has arrived, and its label."""


def add(
    session: Session,
    by: Actor,
    customer: str,
    amount: str,
    method: str,
    *,
    status: str = "completed",
    reference: str = "",
    event: str | None = None,
    received_at: datetime,
    invoice: str = "",
) -> Row:
    """Book a payment. Once completed it pays `invoice` first, then the oldest open ones; what is left stays credit.

    `event` is what a provider calls the notification that tells of it: told again, the payment is not booked again.

    Raises:
        UsageError: an unknown customer, method, status or invoice, an amount that cannot be, or the event is that of
            another payment.
    """
    owner = session.get(Customer, customer, with_for_update=True)
    if owner is None:
        known = session.scalars(select(Customer.id)).all()
        raise UsageError(f"no customer '{customer}'{did_you_mean(customer, known)}")
    if event and (old := session.scalars(select(Payment).where(Payment.event == event)).one_or_none()):
        _refuse_other(old, customer, amount)
        return row_of(session, old)
    if owner.currency is None:
        raise UsageError(f"'{customer}' has no currency: `tollbook customer set` gives it one")
    row = Payment(
        customer_id=customer,
        received_at=received_at,
        amount=amount_of(amount, owner.currency),
        currency=owner.currency,
        method=word("method", method, PAYMENT_METHODS),
        status=word("status", status, PAYMENT_STATUSES),
        reference=line("reference", reference),
        event=event,
    )
    first = [_of(session, customer, invoice)] if invoice else []
    session.add(row)
    session.flush()
    settle_up(session, customer, first)
    told = row_of(session, row)
    record(session, by, "add", f"payment {row.id}", after=_booked(told))
    return told


def _refuse_other(known: Payment, customer: str, amount: str) -> None:
    if known.customer_id == customer and amount_of(amount, known.currency) == known.amount:
        return
    words = tr(
        "This payment is booked already: {amount} of {customer}. To book another one, open the form again."
    )
    raise UsageError(words.format(amount=plain(known.amount), customer=known.customer_id))


def _booked(told: Row) -> Row:
    return {name: value for name, value in told.items() if name not in {"id", "refunds", "refunded"}}


def mark_paid(
    session: Session, by: Actor, number: str, method: str, *, reference: str = "", received_at: datetime
) -> Row:
    """Book a payment of what is open of an invoice, which is paid then.

    Raises:
        UsageError: no such invoice, nothing is open of it, or an unknown method.
    """
    row = numbered(session, number)
    session.get(Customer, row.customer_id, with_for_update=True)
    session.refresh(row)
    left = left_of(session, row)
    if row.kind not in PAYABLE or row.status == "credited" or left <= 0:
        raise UsageError(tr("Nothing is open of {number}.").format(number=number))
    return add(
        session,
        by,
        row.customer_id,
        plain(left),
        method,
        reference=reference,
        received_at=received_at,
        invoice=number,
    )


def change(session: Session, by: Actor, number: int, status: str) -> Row:
    """Tell that a payment has arrived or will not; what a cancelled one paid is open again.

    Raises:
        UsageError: no such payment or status, or a cancelled one, which stays so.
    """
    row = found(session, number)
    session.get(Customer, row.customer_id, with_for_update=True)
    session.refresh(row)
    was, became = row.status, word("status", status, PAYMENT_STATUSES)
    if was == "cancelled" != became:
        raise UsageError(f"payment {number} was cancelled: book a new one")
    if was != became and (back := refunded_of(session, [number])):
        told = f"{plain(back[number])} {row.currency}"
        raise UsageError(
            tr("{amount} of payment {number} went back: it stays.").format(amount=told, number=number)
        )
    if was != became:
        row.status = became
        settle_up(session, row.customer_id)
        record(session, by, "change", f"payment {number}", before={"status": was}, after={"status": became})
    return row_of(session, row)


def found(session: Session, number: int) -> Payment:
    """A payment.

    Raises:
        UsageError: there is none of that number.
    """
    row = session.get(Payment, number)
    if row is None:
        raise UsageError(f"no payment {number}: `tollbook payment list` has them")
    return row


def listing(session: Session, customer: str = "") -> list[Row]:
    """Payments, the newest first."""
    chosen = select(Payment).order_by(Payment.received_at.desc(), Payment.id.desc())
    if customer:
        chosen = chosen.where(Payment.customer_id == customer)
    return rows_of(session, session.scalars(chosen).all())


def allocate(session: Session, by: Actor, number: int, invoice: str) -> Row:
    """Let a completed payment pay this invoice first, whatever it paid until now; what is left pays the oldest open ones.

    Raises:
        UsageError: no such payment, it has not arrived, or no such invoice of its customer.
    """
    row = found(session, number)
    session.get(Customer, row.customer_id, with_for_update=True)
    session.refresh(row)
    if row.status != "completed":
        raise UsageError(f"payment {number} is {row.status}: only a completed one pays")
    _of(session, row.customer_id, invoice)
    before = [each["invoice"] for each in row_of(session, row)["invoices"]]
    take_back(session, number)
    settle_up(session, row.customer_id, [invoice])
    told = row_of(session, row)
    after = [each["invoice"] for each in told["invoices"]]
    record(
        session, by, "allocate", f"payment {number}", before={"invoices": before}, after={"invoices": after}
    )
    return told


def of_invoice(session: Session, number: str) -> list[Row]:
    """The payments that pay an invoice, the oldest first; `amount` is what each pays of it."""
    chosen = select(Payment, Allocation.amount).join(Allocation).join(Invoice).where(Invoice.number == number)
    rows = session.execute(chosen.order_by(Payment.received_at, Payment.id)).all()
    return [{**row_of(session, row), "amount": amount} for row, amount in rows]


def row_of(session: Session, row: Payment) -> Row:
    """A payment, which invoices it pays, and what of it went back."""
    return rows_of(session, [row])[0]


def rows_of(session: Session, rows: Sequence[Payment]) -> list[Row]:
    """Payments in their order, each with the invoices that it pays and what of it went back."""
    numbers = [row.id for row in rows]
    paid = select(Allocation.payment_id, Invoice.number, Allocation.amount)
    paid = paid.join(Invoice, Allocation.invoice_id == Invoice.id).where(Allocation.payment_id.in_(numbers))
    pays: dict[int, list[Row]] = {number: [] for number in numbers}
    back: dict[int, list[Row]] = {number: [] for number in numbers}
    for payment, number, amount in session.execute(paid.order_by(Invoice.id)):
        pays[payment].append({"invoice": number, "amount": amount})
    chosen = select(Refund).where(Refund.payment_id.in_(numbers)).order_by(Refund.at, Refund.id)
    for each in session.scalars(chosen):
        names = ("id", "at", "amount", "method", "reference")
        back[each.payment_id].append({name: getattr(each, name) for name in names})
    used, gone = used_of(session, numbers), refunded_of(session, numbers)
    return [
        {
            "id": row.id,
            "customer": row.customer_id,
            "received_at": row.received_at,
            "amount": row.amount,
            "currency": row.currency,
            "method": row.method,
            "status": row.status,
            "reference": row.reference,
            "invoices": pays[row.id],
            "refunds": back[row.id],
            "refunded": gone.get(row.id, NOTHING),
            "left": row.amount - used.get(row.id, NOTHING) - gone.get(row.id, NOTHING)
            if row.status == "completed"
            else NOTHING,
        }
        for row in rows
    ]


def amount_of(text: str, currency: str) -> Decimal:
    """An amount above zero, in the minor unit of its currency.

    Raises:
        UsageError: it is none.
    """
    try:
        amount = parse_amount(text)
    except ValueError as error:
        raise UsageError(f"amount: {error}") from None
    digits = minor_digits(currency)
    if amount <= 0 or amount.adjusted() >= DIGITS - SCALE:
        raise UsageError(f"amount: '{text}' is not above zero, or too much")
    if amount != round_to(amount, digits):
        raise UsageError(f"amount: '{text}' has more than the {digits} decimals of {currency}")
    return amount


def line(name: str, text: str) -> str:
    """It in one line, as statements can have it; empty where nothing is told.

    Raises:
        UsageError: it holds what no document can show.
    """
    try:
        return parse_name(text.strip()[:_LONGEST]) if text.strip() else ""
    except ValueError as error:
        raise UsageError(f"{name}: {error}") from None


def word(name: str, text: str, known: tuple[str, ...]) -> str:
    """One of the words that a field can have.

    Raises:
        UsageError: it is none.
    """
    if text not in known:
        raise UsageError(f"{name}: '{text}' is none of {', '.join(known)}{did_you_mean(text, known)}")
    return text


def _of(session: Session, customer: str, number: str) -> str:
    row = session.scalars(select(Invoice).where(Invoice.number == number)).one_or_none()
    if row is None or row.customer_id != customer or row.kind not in PAYABLE or row.status == "credited":
        mine = (Invoice.customer_id == customer, Invoice.kind.in_(PAYABLE), Invoice.number.is_not(None))
        known = session.scalars(select(Invoice.number).where(*mine, Invoice.status != "credited")).all()
        raise UsageError(
            f"'{customer}' has no invoice '{number}'{did_you_mean(number, [n for n in known if n])}"
        )
    return number
