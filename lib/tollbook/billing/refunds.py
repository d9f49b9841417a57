"""Refunds: what of a payment went back to the customer. Each is an entry of its own, and the payment stays as it came."""

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tollbook.account.audit import Actor, record
from tollbook.account.ledger import PAYMENT_METHODS, Payment, Refund
from tollbook.account.models import Customer
from tollbook.billing import payments
from tollbook.billing.allocation import NOTHING, refunded_of, settle_up
from tollbook.errors import UsageError
from tollbook.language import tr
from tollbook.money import plain

Row = dict[str, Any]


def refund(
    session: Session,
    by: Actor,
    number: int,
    amount: str = "",
    *,
    method: str = "",
    reference: str = "",
    event: str | None = None,
    at: datetime,
) -> Row:
    """Book that so much of a payment went back, or all that is left of it: the payment as it is then.

    What of the payment pays no invoice goes first; for more than that the newest invoices that it pays are open again.
    It goes back as it came unless `method` says otherwise. `event` is what a provider calls it: told again, it is not
    booked again.

    Raises:
        UsageError: no such payment, it has not arrived, less is left of it, or an amount that cannot be.
    """
    row = locked(session, number)
    if event and session.scalar(select(Refund.id).where(Refund.event == event)):
        return payments.row_of(session, row)
    left = left_of(session, row)
    if row.status != "completed":
        raise UsageError(
            tr("Payment {number} is {status}: only of a completed one can anything go back.").format(
                number=number, status=tr(payments.STATUSES[row.status])
            )
        )
    back = payments.amount_of(amount, row.currency) if amount else left
    if not NOTHING < back <= left:
        words = tr("{amount} is more than the {left} that is left of payment {number}.")
        told = {"amount": plain(back), "left": f"{plain(left)} {row.currency}", "number": number}
        raise UsageError(words.format(**told) if back else _nothing_left(number))
    made = Refund(
        payment_id=row.id,
        at=at,
        amount=back,
        method=payments.word("method", method or row.method, PAYMENT_METHODS),
        reference=payments.line("reference", reference),
        event=event,
    )
    session.add(made)
    session.flush()
    settle_up(session, row.customer_id)
    told = {"payment": row.id, "amount": made.amount, "method": made.method, "reference": made.reference}
    record(session, by, "add", f"refund {made.id} of payment {row.id}", after=told)
    return payments.row_of(session, row)


def _nothing_left(number: int) -> str:
    return tr("Nothing is left of payment {number} to pay back.").format(number=number)


def locked(session: Session, number: int) -> Payment:
    """A payment, as it is while nobody else changes anything of its customer's.

    Raises:
        UsageError: there is none of that number.
    """
    row = payments.found(session, number)
    session.get(Customer, row.customer_id, with_for_update=True)
    session.refresh(row)
    return row


def left_of(session: Session, row: Payment) -> Decimal:
    """What of a payment has not gone back."""
    return row.amount - refunded_of(session, [row.id]).get(row.id, NOTHING)


def listing(session: Session, customers: Collection[str] | None = None) -> list[Row]:
    """What went back to these customers, or to all, the oldest first; `payment` is the number of the payment that it is of."""
    columns = (Refund.id, Refund.at, Refund.amount, Refund.method, Refund.reference)
    chosen = select(Payment.customer_id, Payment.id.label("payment"), *columns).join(
        Payment, Payment.id == Refund.payment_id
    )
    if customers is not None:
        chosen = chosen.where(Payment.customer_id.in_(customers))
    rows = session.execute(chosen.order_by(Refund.at, Refund.id)).mappings()
    return [{"customer": row["customer_id"], **_without(row, "customer_id")} for row in rows]


def _without(row: Mapping[Any, Any], name: str) -> Row:
    return {key: value for key, value in row.items() if key != name}
