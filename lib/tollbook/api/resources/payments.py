"""`payments`: what customers paid, and which invoices that pays. A contact's token has its customer's, to be read."""

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import Field
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from tollbook.account.ledger import Payment as Stored
from tollbook.api.asked import Asked
from tollbook.api.cursors import Key
from tollbook.api.operations import ROOT, Operation, operation
from tollbook.api.problems import ProblemError
from tollbook.api.texts import ID, LINE, POSITIVE
from tollbook.api.types import Amount, Instant, Listed, Moment, Page, Part, Text, example
from tollbook.billing import payments
from tollbook.billing.refunds import refund
from tollbook.errors import UsageError

Method = Literal["bank_transfer", "card", "paypal", "cash"]
Status = Literal["pending", "completed", "cancelled"]
Number = Annotated[str, "Its number, such as 17."]
Invoice = Annotated[
    str, Field(pattern=LINE, max_length=50, description="Number of an invoice that it pays first.")
]
PAYMENT: Final = f"{ROOT}/payments/{{id}}"
_LARGEST: Final = 2**31 - 1
_DIGITS: Final = 10
"""Those of it: what has more is no number of ours, and costs nothing to look at."""
_EXAMPLE: Final = {
    "id": 17,
    "customer": "acme",
    "received_at": "2026-10-05T09:30:00Z",
    "amount": "120.5",
    "currency": "EUR",
    "method": "bank_transfer",
    "status": "completed",
    "reference": "statement 7",
    "invoices": [{"invoice": "INV-2026-000001", "amount": "100"}],
    "refunds": [],
    "refunded": "0",
    "left": "20.5",
}


class Paid(Part):
    """How much of a payment pays an invoice."""

    invoice: str
    amount: Amount


class Refund(Part):
    """What of a payment went back to the customer."""

    id: int
    at: Instant
    amount: Amount
    method: Method
    reference: str


class Payment(Part):
    """A payment. Only a completed one counts."""

    model_config = example(_EXAMPLE)

    id: int
    customer: str
    received_at: Instant
    amount: Amount
    currency: str
    method: Method
    status: Status
    reference: Annotated[str, Field(description="What the bank, the provider or the customer calls it.")]
    invoices: Annotated[list[Paid], Field(description="What it pays.")]
    refunds: Annotated[list[Refund], Field(description="What went back of it, the oldest first.")]
    refunded: Annotated[Amount, Field(description="All of that.")]
    left: Annotated[Amount, Field(description="What pays no invoice yet and has not gone back.")]


class Payments(Page[Payment]):
    """A page of the list of payments."""


class PaymentsAsked(Listed):
    """Which payments to list."""

    customer: Annotated[list[Text] | None, Field(description="Only of these; may be repeated.")] = None
    status: Annotated[list[Status] | None, Field(description="Only such; may be repeated.")] = None
    method: Annotated[list[Method] | None, Field(description="Only such; may be repeated.")] = None
    received_since: Annotated[Moment | None, Field(description="Only those that came then or later.")] = None


class NewPayment(Part):
    """A payment to be booked, in the customer's currency."""

    model_config = example(
        {
            "customer": "acme",
            "amount": "120.50",
            "method": "bank_transfer",
            "reference": "statement 7",
        }
    )

    customer: Annotated[str, Field(pattern=ID, max_length=50)]
    amount: Annotated[str, Field(pattern=POSITIVE, description="Above zero, such as 120.50.")]
    method: Method
    status: Status = "completed"
    reference: Annotated[str, Field(pattern=f"^$|{LINE}", max_length=200)] = ""
    received_at: Annotated[Moment | None, Field(description="When it came; now where it is not told.")] = None
    invoice: Invoice | None = None


class PaymentChange(Part):
    """What is to change: its state, or which invoice it pays first."""

    model_config = example({"status": "completed"})

    status: Status | None = None
    invoice: Invoice | None = None


class NewRefund(Part):
    """What went back of a completed payment; where no amount is told what is `left` of it, which pays no invoice."""

    model_config = example({"amount": "20.50", "reference": "statement 9"})

    amount: Annotated[str | None, Field(pattern=POSITIVE, description="Above zero, such as 20.50.")] = None
    method: Annotated[Method | None, Field(description="As the payment came, where it is not told.")] = None
    reference: Annotated[str, Field(pattern=f"^$|{LINE}", max_length=200)] = ""
    at: Annotated[Moment | None, Field(description="When it went; now where it is not told.")] = None


@operation("GET", f"{ROOT}/payments", "see", "payments")
def list_payments(asked: Asked, session: Session, query: PaymentsAsked) -> Payments:
    """List payments, the newest first, with what each pays."""
    chosen = _chosen(query, _of(asked), asked.after(query)).limit(query.limit + 1)
    rows, more, following = asked.page(query, session.scalars(chosen).all(), _key)
    data = [Payment.model_validate(row) for row in payments.rows_of(session, rows)]
    return Payments(data=data, has_more=more, next=following)


@operation("GET", PAYMENT, "see", "payments", problems=(404,))
def show_payment(asked: Asked, session: Session, id: Number) -> Payment:  # noqa: A002 - the name in the address
    """Show a payment, and what it pays."""
    return Payment.model_validate(payments.row_of(session, _found(asked, session, id)))


@operation("POST", f"{ROOT}/payments", "change", "payments", status=201)
def add_payment(asked: Asked, session: Session, body: NewPayment) -> Payment:
    """Book a payment. Once completed it pays the invoice that is told, then the oldest open ones."""
    try:
        row = payments.add(
            session,
            asked.actor,
            body.customer,
            body.amount,
            body.method,
            status=body.status,
            reference=body.reference,
            received_at=body.received_at or asked.at,
            invoice=body.invoice or "",
        )
    except UsageError as error:
        raise ProblemError(409, str(error)) from None
    asked.told["Location"] = f"payments/{row['id']}"
    return Payment.model_validate(row)


@operation("PATCH", PAYMENT, "change", "payments", problems=(404,))
def change_payment(asked: Asked, session: Session, id: Number, body: PaymentChange) -> Payment:  # noqa: A002 - as above
    """Tell that a payment has arrived or will not, or have a completed one pay another invoice first."""
    row = _found(asked, session, id)
    told = payments.row_of(session, row)
    try:
        if body.status:
            told = payments.change(session, asked.actor, row.id, body.status)
        if body.invoice:
            told = payments.allocate(session, asked.actor, row.id, body.invoice)
    except UsageError as error:
        raise ProblemError(409, str(error)) from None
    return Payment.model_validate(told)


@operation("POST", f"{PAYMENT}/refunds", "change", "payments", status=201, problems=(404,))
def refund_payment(asked: Asked, session: Session, id: Number, body: NewRefund) -> Payment:  # noqa: A002 - as above
    """Book that a payment went back, or a part of it; what it paid is open again as far as it no longer reaches."""
    row = _found(asked, session, id)
    told = {"method": body.method or "", "reference": body.reference}
    try:
        made = refund(session, asked.actor, row.id, body.amount or "", **told, at=body.at or asked.at)
    except UsageError as error:
        raise ProblemError(409, str(error)) from None
    asked.told["Location"] = f"../{row.id}"
    return Payment.model_validate(made)


def _found(asked: Asked, session: Session, number: str) -> Stored:
    """The payment, if the token has it.

    Raises:
        ProblemError: there is none, or it is another's: in the same words.
    """
    sure = len(number) <= _DIGITS and number.isascii() and number.isdecimal() and int(number) <= _LARGEST
    row = session.scalar(_of(asked).where(Stored.id == int(number))) if sure else None
    if row is None:
        raise ProblemError(404)
    return row


def _of(asked: Asked) -> Select[Stored]:
    chosen = select(Stored)
    if asked.scope.customers is not None:
        chosen = chosen.where(Stored.customer_id.in_(asked.scope.customers))
    return chosen


def _chosen(query: PaymentsAsked, chosen: Select[Stored], after: Key | None) -> Select[Stored]:
    if query.customer is not None:
        chosen = chosen.where(Stored.customer_id.in_(query.customer))
    if query.status is not None:
        chosen = chosen.where(Stored.status.in_(query.status))
    if query.method is not None:
        chosen = chosen.where(Stored.method.in_(query.method))
    if query.received_since is not None:
        chosen = chosen.where(Stored.received_at >= query.received_since)
    if after is not None:
        at, number = datetime.fromisoformat(str(after[0])), after[1]
        earlier = and_(Stored.received_at == at, Stored.id < number)
        chosen = chosen.where(or_(Stored.received_at < at, earlier))
    return chosen.order_by(Stored.received_at.desc(), Stored.id.desc())


def _key(row: Stored) -> Key:
    return [row.received_at.isoformat(), row.id]


OPERATIONS: Final[tuple[Operation, ...]] = (
    list_payments,
    refund_payment,
    show_payment,
    add_payment,
    change_payment,
)
