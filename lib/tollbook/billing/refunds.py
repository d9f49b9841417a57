"""Refunds: what of a payment went back to the customer. Each is an entry of its own, and the payment stays as it came."""

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import or_, select
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
    """Book that so much of a payment went back, or all of it that pays no invoice: the payment as it is then.

    What of the payment pays no invoice goes first; for more than that the newest invoices that it pays are open again.
    It goes back as it came unless `method` says otherwise. `event` is what a provider or a form calls it: told again,
    it is not booked again.

    Raises:
        UsageError: no such payment, it has not arrived, less of it has not gone back, all of that pays invoices and no
            amount is told, an amount that cannot be, or the event is that of another refund.
    """
    row = locked(session, number)
    if event and (known := known_as(session, row, event)):
        _refuse_other(known, row, amount)
        return payments.row_of(session, row)
    if row.status != "completed":
        raise UsageError(
            tr("Payment {number} is {status}: only of a completed one can anything go back.").format(
                number=number, status=tr(payments.STATUSES[row.status])
            )
        )
    most = row.amount - refunded_of(session, [row.id]).get(row.id, NOTHING)
    back = payments.amount_of(amount, row.currency) if amount else _free(session, row, most)
    if back > most:
        words = tr("{amount} is more than the {most} of payment {number} that has not gone back.")
        told = {"amount": plain(back), "most": f"{plain(most)} {row.currency}", "number": number}
        raise UsageError(words.format(**told))
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


def known_as(session: Session, row: Payment, event: str) -> Refund | None:
    """The refund that is called so; of this payment also by the other name that `name` gave it."""
    other = or_(
        Refund.event.startswith(f"{event} ", autoescape=True),
        Refund.event.endswith(f" {event}", autoescape=True),
    )
    mine = (Refund.payment_id == row.id) & other
    return session.scalars(select(Refund).where(or_(Refund.event == event, mine))).first()


def _refuse_other(known: Refund, row: Payment, amount: str) -> None:
    if known.payment_id == row.id and (
        not amount or payments.amount_of(amount, row.currency) == known.amount
    ):
        return
    words = tr(
        "This refund is booked already: {amount} of payment {number}. To book another one, send the form again."
    )
    raise UsageError(words.format(amount=plain(known.amount), number=known.payment_id))


def name(session: Session, by: Actor, row: Refund, event: str) -> None:
    """Keep what a provider calls a refund that somebody has booked by hand, in front of what the form called it."""
    was, row.event = row.event, f"{event} {row.event}" if row.event else event
    session.flush()
    record(
        session,
        by,
        "change",
        f"refund {row.id} of payment {row.payment_id}",
        before={"event": was},
        after={"event": row.event},
    )


def _free(session: Session, row: Payment, most: Decimal) -> Decimal:
    """What of a payment pays no invoice and has not gone back; there is some."""
    free: Decimal = payments.row_of(session, row)["left"]
    if free > 0:
        return free
    words = tr("Nothing is left of payment {number} to pay back.")
    if most:
        words = tr(
            "Nothing is left of payment {number}: {amount} of it pays invoices. Name an amount to open them again."
        )
    raise UsageError(words.format(number=row.id, amount=f"{plain(most)} {row.currency}"))


def locked(session: Session, number: int) -> Payment:
    """A payment, as it is while nobody else changes anything of its customer's.

    Raises:
        UsageError: there is none of that number.
    """
    row = payments.found(session, number)
    session.get(Customer, row.customer_id, with_for_update=True)
    session.refresh(row)
    return row


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
