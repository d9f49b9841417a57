"""From a notification to a payment: booked once however often it is told, and listed for a person where it cannot be."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tollbook.account.audit import PROVIDER, Actor, record
from tollbook.account.database import Database
from tollbook.account.ledger import Payment, Refund
from tollbook.account.models import Customer, Invoice
from tollbook.account.online import NOTICE_STATES, Notice
from tollbook.billing import payments, refunds
from tollbook.billing.links import named
from tollbook.billing.notices.told import Told
from tollbook.errors import UsageError, did_you_mean
from tollbook.money import plain

_TRIES: Final = 5
_METHODS: Final = {"stripe": "card", "paypal": "paypal"}
_SHOWN: Final = (
    *("id", "provider", "event", "kind", "effect", "payment", "refund", "reference", "amount", "currency"),
    *("at", "received_at", "state", "why", "payment_id"),
)


def receive(db: Database, told: Told) -> dict[str, Any]:
    """Keep a notification and do what it says, in one transaction; one that is known already changes nothing."""
    for _ in range(_TRIES):
        try:
            with db.session() as session:
                return _received(session, told)
        except IntegrityError:
            continue  # another server is told the same at the same moment
    raise UsageError(f"notification {told.event} could not be kept: let it be sent again")


def _received(session: Session, told: Told) -> dict[str, Any]:
    known = (Notice.provider == told.provider, Notice.event == told.event)
    if row := session.scalar(select(Notice).where(*known)):
        return row_of(row)
    row = Notice(
        provider=told.provider,
        event=told.event,
        kind=told.kind,
        effect=told.effect,
        payment=told.payment,
        refund=told.refund,
        reference=" ".join(told.references),
        amount=told.amount,
        currency=told.currency,
        at=told.at,
        state="open",
        body=told.body,
    )
    session.add(row)
    session.flush()
    owner = next(filter(None, (_owner(session, each) for each in told.references)), None)
    _apply(session, row, owner)
    if row.payment_id and told.effect in {"completed", "pending"}:
        _catch_up(session, row)
    session.flush()
    return row_of(row)


def _apply(session: Session, row: Notice, owner: tuple[str, str] | None = None) -> None:
    """Do what a notification says, or tell why not."""
    name = f"{row.provider} {row.payment}"
    payment = session.scalar(select(Payment).where(Payment.event == name))
    by = Actor(None, row.provider, via=PROVIDER)
    if row.effect in {"completed", "pending"}:
        _book(session, row, payment, owner, by)
    elif payment is None:
        row.why = "no payment of that name is booked"
        if row.effect == "failed":
            row.state = "dismissed"
    elif row.effect == "disputed":
        row.payment_id, row.why = payment.id, f"payment {payment.id} of '{payment.customer_id}' is disputed"
    elif row.effect == "failed" or payment.status != "completed":
        _cancel(session, row, payment, by)
    else:
        _back(session, row, payment, by)


def _book(
    session: Session, row: Notice, payment: Payment | None, owner: tuple[str, str] | None, by: Actor
) -> None:
    if payment is None and owner is None:
        row.why = f"it names no customer and no invoice: '{row.reference}'"
        return
    if payment is None and owner is not None:
        _add(session, row, owner, by)
        return
    assert payment is not None  # noqa: S101 - for the reader
    row.payment_id = payment.id
    if (row.amount, row.currency) != (payment.amount, payment.currency):
        row.why = f"payment {payment.id} was booked as {plain(payment.amount)} {payment.currency}"
    elif payment.status == "cancelled" and row.effect == "completed":
        row.why = f"payment {payment.id} has been cancelled"
    else:
        if payment.status == "pending" and row.effect == "completed":
            payments.change(session, by, payment.id, "completed")
        row.state = "booked"


def _add(session: Session, row: Notice, owner: tuple[str, str], by: Actor) -> None:
    customer, invoice = owner
    currency = session.get_one(Customer, customer).currency
    if currency != row.currency:
        row.why = f"'{customer}' pays in {currency or 'no currency yet'}, not in {row.currency}"
        return
    name = f"{row.provider} {row.payment}"
    amount = plain(row.amount) if row.amount is not None else ""
    for first in dict.fromkeys((invoice, "")):  # what it was meant for may have been credited meanwhile
        try:
            made = payments.add(
                session,
                by,
                customer,
                amount,
                _METHODS[row.provider],
                status=row.effect,
                reference=row.payment,
                event=name,
                received_at=row.at,
                invoice=first,
            )
        except UsageError as error:
            row.why = str(error)
            continue
        row.payment_id, row.state, row.why = made["id"], "booked", ""
        return


def _cancel(session: Session, row: Notice, payment: Payment, by: Actor) -> None:
    row.payment_id = payment.id
    if payment.status == "cancelled":
        row.state = "booked"
    elif row.effect != "failed" and (row.amount, row.currency) != (payment.amount, payment.currency):
        row.why = f"{_part(row)} of payment {payment.id} is back, which has not arrived"
    elif row.effect == "failed" and payment.status == "completed":
        row.why = f"payment {payment.id} has been completed"
    else:
        payments.change(session, by, payment.id, "cancelled")
        row.state = "booked"


def _back(session: Session, row: Notice, payment: Payment, by: Actor) -> None:
    """Book what went back of a payment that has come; what the account has booked by hand is not booked again."""
    payment = refunds.locked(session, payment.id)
    row.payment_id = payment.id
    if row.amount is None or row.currency != payment.currency:
        row.why = f"{_part(row)} of payment {payment.id} is back, which was {plain(payment.amount)} {payment.currency}"
        return
    name = f"{row.provider} {row.effect} {row.refund or f'{row.payment} {plain(row.amount)}'}"
    amount = row.amount if row.refund else row.amount - _so_far(session, row, payment)
    same = (each for each in _by_hand(session, row, payment) if each.amount == row.amount)
    is_new = row.refund and refunds.known_as(session, payment, name) is None
    if is_new and (by_hand := next(same, None)):
        refunds.name(session, by, by_hand, name)
    elif amount > 0:
        told = {"method": _METHODS[row.provider], "reference": row.refund or row.payment, "event": name}
        try:
            refunds.refund(session, by, payment.id, plain(amount), **told, at=row.at)
        except UsageError as error:
            row.why = str(error)
            return
    if not row.refund:
        _name_counted(session, row, payment, by)
    row.state = "booked"


def _part(row: Notice) -> str:
    return f"{plain(row.amount)} {row.currency}" if row.amount is not None else "part"


def _so_far(session: Session, row: Notice, payment: Payment) -> Decimal:
    """What of all that the provider has refunded is booked; what a dispute took back it does not count."""
    mine = select(Refund.event, Refund.amount).where(
        Refund.payment_id == payment.id, Refund.method == _METHODS[row.provider]
    )
    disputed = f"{row.provider} lost "
    rows = session.execute(mine).all()
    return sum((amount for event, amount in rows if not (event or "").startswith(disputed)), Decimal(0))


def _by_hand(session: Session, row: Notice, payment: Payment) -> list[Refund]:
    """What somebody has booked of it, the oldest first: the same way, and told by nobody yet."""
    mine = select(Refund).where(Refund.payment_id == payment.id, Refund.method == _METHODS[row.provider])
    by_hand = or_(Refund.event.is_(None), Refund.event.startswith("portal:"))
    return [*session.scalars(mine.where(by_hand).order_by(Refund.id))]


def _name_counted(session: Session, row: Notice, payment: Payment, by: Actor) -> None:
    """Name what somebody has booked by hand and a sum that is told counts: nothing else is taken for it from then on."""
    named = f"{row.provider} refunded "
    told = select(Refund.amount).where(Refund.payment_id == payment.id, Refund.event.startswith(named))
    left = (row.amount or Decimal(0)) - sum(session.scalars(told), Decimal(0))
    for each in sorted(_by_hand(session, row, payment), key=lambda each: each.amount != left):
        if each.amount <= left:
            left -= each.amount
            refunds.name(session, by, each, f"{named}{row.payment} by hand {each.id}")


def _catch_up(session: Session, row: Notice) -> None:
    """What was told of the payment before it was booked."""
    same = (Notice.provider == row.provider, Notice.payment == row.payment, Notice.id != row.id)
    effects = ("failed", "refunded", "disputed", "lost")
    waits = select(Notice).where(*same, Notice.effect.in_(effects), Notice.payment_id.is_(None))
    for other in session.scalars(waits.order_by(Notice.id)).all():
        if other.effect == "failed" and row.effect == "completed":
            continue
        other.why = ""
        _apply(session, other)


def _owner(session: Session, reference: str) -> tuple[str, str] | None:
    """The customer and, where it is told, the invoice that a reference names."""
    customer, number = named(reference)
    if number or not customer:
        found = select(Invoice.customer_id).where(Invoice.number == (number or reference))
        if owner := session.scalar(found):
            return owner, number or reference
    given = customer or reference
    return (given, "") if session.get(Customer, given) else None


def listing(session: Session, state: str = "open") -> list[dict[str, Any]]:
    """Notifications, the newest first; of one state if it is named.

    Raises:
        UsageError: there is no such state.
    """
    if state and state not in NOTICE_STATES:
        raise UsageError(f"state '{state}'{did_you_mean(state, NOTICE_STATES)}")
    wanted = select(Notice).order_by(Notice.id.desc())
    return [row_of(row) for row in session.scalars(wanted.where(Notice.state == state) if state else wanted)]


def assign(session: Session, by: Actor, number: int, customer: str, invoice: str = "") -> dict[str, Any]:
    """Book the payment of an open notification for a customer, whatever it names.

    Raises:
        UsageError: it is not open, tells of no payment, or cannot be booked so.
    """
    row = _open(session, number)
    if row.effect not in {"completed", "pending"} or row.payment_id:
        raise UsageError(f"notification {number} tells of no payment that is to be booked: {row.why}")
    if session.get(Customer, customer) is None:
        known = session.scalars(select(Customer.id)).all()
        raise UsageError(f"no customer '{customer}'{did_you_mean(customer, known)}")
    payment = session.scalar(select(Payment).where(Payment.event == f"{row.provider} {row.payment}"))
    if payment is not None and payment.customer_id != customer:
        raise UsageError(f"notification {number}: payment {payment.id} is of '{payment.customer_id}'")
    _book(session, row, payment, (customer, invoice), by)
    if row.state != "booked":
        raise UsageError(f"notification {number}: {row.why}")
    _catch_up(session, row)
    record(session, by, "assign", f"notification {number}", after={"customer": customer})
    return row_of(row)


def dismiss(session: Session, by: Actor, number: int, reason: str, at: datetime) -> dict[str, Any]:
    """Take a notification off the list that a person has dealt with.

    Raises:
        UsageError: it is not open, or no reason is told.
    """
    row = _open(session, number)
    if not reason.strip():
        raise UsageError("say why: --reason")
    row.state, row.why = "dismissed", reason
    record(session, by, "dismiss", f"notification {number}", after={"reason": reason}, at=at)
    return row_of(row)


def row_of(row: Notice) -> dict[str, Any]:
    """A notification without the document that was sent."""
    return {name: getattr(row, name) for name in _SHOWN}


def _open(session: Session, number: int) -> Notice:
    row = session.get(Notice, number, with_for_update=True)
    if row is None or row.state != "open":
        raise UsageError(f"there is no open notification {number}: `tollbook payment notices` lists them")
    return row
