"""Which payment pays which invoice: completed ones pay the oldest open invoices first, and an invoice has its state by it.

A debit note is paid like an invoice; what a credit note of a difference takes off its invoice need not be paid.
Amounts are added here and not by the database: those of SQLite are texts, which it would add as floats.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session, aliased, defer

from tollbook.account.ledger import Adjustment, Allocation, Payment, Refund
from tollbook.account.models import Invoice

NOTHING = Decimal(0)
PAYABLE = ("invoice", "debit_note")
"""The kinds of document that are paid."""


def settle_up(session: Session, customer: str, first: Sequence[str] = ()) -> None:
    """Let what is left of the customer's payments pay what is open; invoices of the numbers `first` before others.

    What pays an invoice stays with it. That of a payment which no longer counts, or of an invoice that has been
    credited, is free again; what went back to the customer pays nothing.
    """
    session.flush()
    _free(session, customer)
    _take_refunded(session, customer)
    less = credited_of(session, [customer])
    _take_back(session, less)
    left = _left(session, customer)
    chosen = select(Invoice).where(
        Invoice.customer_id == customer,
        Invoice.kind.in_(PAYABLE),
        Invoice.status.not_in(["draft", "credited"]),
    )
    invoices = session.scalars(chosen.options(defer(Invoice.record))).all()
    paid = paid_of(session, [invoice.id for invoice in invoices])
    for invoice in sorted(invoices, key=lambda i: (i.number not in first, i.issued_at, i.id)):
        done, due = paid.get(invoice.id, NOTHING), invoice.total - less.get(invoice.id, NOTHING)
        for payment, amount in _from(left, due - done):
            _pay(session, payment, invoice.id, amount)
            done += amount
        invoice.status = "paid" if done >= due else "part_paid" if done else "issued"
    session.flush()


def _free(session: Session, customer: str) -> None:
    """Take back what may no longer pay."""
    void = (
        select(Allocation.payment_id, Allocation.invoice_id)
        .join(Payment, Payment.id == Allocation.payment_id)
        .join(Invoice, Invoice.id == Allocation.invoice_id)
        .where(Payment.customer_id == customer)
        .where(or_(Payment.status != "completed", Invoice.status == "credited"))
    )
    found = session.execute(void).all()
    for payment, invoice in found:
        row = (Allocation.payment_id == payment, Allocation.invoice_id == invoice)
        session.execute(delete(Allocation).where(*row))
    session.expire_all()


def _take_refunded(session: Session, customer: str) -> None:
    """Of what a payment pays what has gone back of it, from the newest invoice first."""
    mine = select(Payment.id, Payment.amount).join(Refund).where(Payment.customer_id == customer)
    amounts = {payment: amount for payment, amount in session.execute(mine)}  # noqa: C416 - its type is known so
    back = refunded_of(session, amounts)
    for payment, amount in amounts.items():
        pays = select(Allocation).where(Allocation.payment_id == payment)
        rows = session.scalars(pays.order_by(Allocation.invoice_id.desc())).all()
        _lessen(session, rows, sum((row.amount for row in rows), NOTHING) - (amount - back[payment]))
    session.flush()


def _lessen(session: Session, rows: Iterable[Allocation], over: Decimal) -> None:
    """Take so much off these, one after the other; none of it where it is not above zero."""
    for row in rows:
        amount = min(row.amount, over)
        if amount <= 0:
            return
        over -= amount
        row.amount -= amount
        if not row.amount:
            session.delete(row)


def take_back(session: Session, payment: int) -> None:
    """Let a payment pay nothing for now; `settle_up` gives the invoices that it paid their state."""
    session.flush()
    session.execute(delete(Allocation).where(Allocation.payment_id == payment))
    session.expire_all()


def credited_of(session: Session, customers: Collection[str] | None = None) -> Mapping[int, Decimal]:
    """What need not be paid of each invoice and debit note of these customers, or of all.

    A credit note of a part or of a difference takes its amount off its invoice, and what is more than that off the
    oldest others. Where it has been taken back, the debit note that does so asks for it again, unless its invoice is
    credited too.
    """
    note, own = aliased(Invoice), aliased(Invoice)
    stands = or_(own.status != "credited", Invoice.id.in_(select(Adjustment.invoice_id)))
    noted = (
        select(Invoice.corrects_id, Invoice.total)
        .join(own, own.id == Invoice.corrects_id)
        .where(Invoice.kind == "credit_note", stands)
    )
    void = (
        select(Invoice.id, Invoice.total)
        .join(note, note.id == Invoice.corrects_id)
        .join(own, own.id == note.corrects_id)
        .where(Invoice.kind == "debit_note", note.kind == "credit_note", own.status == "credited")
    )
    payable = (
        select(Invoice.id, Invoice.customer_id, Invoice.total)
        .where(Invoice.kind.in_(PAYABLE), Invoice.status.not_in(["draft", "credited"]))
        .order_by(Invoice.issued_at, Invoice.id)
    )
    if customers is not None:
        mine = Invoice.customer_id.in_(customers)
        noted, void, payable = noted.where(mine), void.where(mine), payable.where(mine)
    less: defaultdict[int, Decimal] = defaultdict(Decimal)
    for key, amount in (*session.execute(noted), *session.execute(void)):
        if key is not None:
            less[key] += amount
    rows = session.execute(payable).all()
    spare: defaultdict[str, Decimal] = defaultdict(Decimal)
    for key, customer, total in rows:
        over = less.get(key, NOTHING) - total
        if over > 0:
            spare[customer] += over
            less[key] = total
    for key, customer, total in rows:
        more = min(spare[customer], total - less.get(key, NOTHING))
        if more > 0:
            spare[customer] -= more
            less[key] += more
    return less


def _take_back(session: Session, less: Mapping[int, Decimal]) -> None:
    """Of what pays an invoice that is less by now what is too much, from the newest payment first."""
    totals = select(Invoice.id, Invoice.total).where(Invoice.id.in_(less))
    for invoice, total in session.execute(totals).all():
        rows = session.scalars(
            select(Allocation).where(Allocation.invoice_id == invoice).order_by(Allocation.payment_id.desc())
        ).all()
        due = max(total - less[invoice], NOTHING)
        _lessen(session, rows, sum((row.amount for row in rows), NOTHING) - due)
    session.flush()


def _left(session: Session, customer: str) -> dict[int, Decimal]:
    """What is left of each completed payment, the oldest first."""
    completed = select(Payment.id, Payment.amount).where(
        Payment.customer_id == customer, Payment.status == "completed"
    )
    rows = session.execute(completed.order_by(Payment.received_at, Payment.id))
    amounts = {payment: amount for payment, amount in rows}  # noqa: C416 - its type is known so
    used, back = used_of(session, amounts), refunded_of(session, amounts)
    left = {key: amount - used.get(key, NOTHING) - back.get(key, NOTHING) for key, amount in amounts.items()}
    return {key: amount for key, amount in left.items() if amount > 0}


def _from(left: dict[int, Decimal], wanted: Decimal) -> Iterable[tuple[int, Decimal]]:
    """From which payments the amount comes, as far as they reach; they have less then."""
    for payment in list(left):
        amount = min(left[payment], wanted)
        if amount <= 0:
            return
        left[payment] -= amount
        wanted -= amount
        if not left[payment]:
            del left[payment]
        yield payment, amount


def _pay(session: Session, payment: int, invoice: int, amount: Decimal) -> None:
    row = session.get(Allocation, (payment, invoice))
    if row is None:
        session.add(Allocation(payment_id=payment, invoice_id=invoice, amount=amount))
    else:
        row.amount += amount


def paid_of(session: Session, invoices: Collection[int] | None = None) -> Mapping[int, Decimal]:
    """What has been paid of each of these invoices, or of all; those without a payment are not there."""
    chosen = select(Allocation.invoice_id, Allocation.amount)
    if invoices is not None:
        chosen = chosen.where(Allocation.invoice_id.in_(invoices))
    return _sums((key, amount) for key, amount in session.execute(chosen))


def left_of(session: Session, invoice: Invoice) -> Decimal:
    """What is still to be paid of one invoice or debit note: its total less what notes take off and what pays it."""
    less = credited_of(session, [invoice.customer_id]).get(invoice.id, NOTHING)
    return invoice.total - less - paid_of(session, [invoice.id]).get(invoice.id, NOTHING)


def used_of(session: Session, payments: Collection[int] | None = None) -> Mapping[int, Decimal]:
    """How much of each of these payments, or of all, pays invoices; those that pay none are not there."""
    chosen = select(Allocation.payment_id, Allocation.amount)
    if payments is not None:
        chosen = chosen.where(Allocation.payment_id.in_(payments))
    return _sums((key, amount) for key, amount in session.execute(chosen))


def refunded_of(session: Session, payments: Collection[int] | None = None) -> Mapping[int, Decimal]:
    """How much of each of these payments, or of all, has gone back; those of which nothing has are not there."""
    chosen = select(Refund.payment_id, Refund.amount)
    if payments is not None:
        chosen = chosen.where(Refund.payment_id.in_(payments))
    return _sums((key, amount) for key, amount in session.execute(chosen))


def _sums(rows: Iterable[tuple[int, Decimal]]) -> Mapping[int, Decimal]:
    sums: defaultdict[int, Decimal] = defaultdict(Decimal)
    for key, amount in rows:
        sums[key] += amount
    return sums
