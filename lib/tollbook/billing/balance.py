"""What a customer has left: payments less issued charges less usage not yet invoiced; and its statement of account."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from tollbook.account.ledger import Adjustment, Payment
from tollbook.account.models import Customer, Invoice
from tollbook.billing import refunds
from tollbook.billing.invoices import IN_FORCE
from tollbook.errors import UsageError, did_you_mean
from tollbook.lake.store import Lake
from tollbook.money import MONEY
from tollbook.tables import TRAFFIC

STATEMENT: Final = ("at", "what", "reference", "charged", "paid", "balance", "currency")
NOTHING: Final = Decimal(0)


def balance(lake: Lake, session: Session, customer: str) -> dict[str, Any]:
    """The balance of a customer and the parts that it is made of.

    `payments` are those that are completed, less `refunded`, which went back of them. `uninvoiced` is the Summary's charge of all calls less what of it has been invoiced, without tax. `available` is
    the balance with the debit limit: a credit widens it, a reserve narrows it; below zero the limit is `exceeded`.

    Raises:
        UsageError: there is no such customer.
    """
    (told,) = balances(lake, session, [_customer(session, customer)])
    return told


def balances(lake: Lake, session: Session, owners: Sequence[Customer] | None = None) -> list[dict[str, Any]]:
    """The same of each of these customers, or of all in the order of their ids."""
    if owners is None:
        owners = session.scalars(select(Customer).order_by(Customer.id)).all()
    ids = [owner.id for owner in owners]
    paid = _sums((name, amount) for name, _, amount, _, _ in _payments(session, ids))
    back = _sums((row["customer"], row["amount"]) for row in refunds.listing(session, ids))
    invoiced = _sums((name, amount) for name, _, _, amount, _ in _documents(session, ids))
    charged, billed = _charged(lake, owners), _billed(session, ids)
    return [
        _balance(
            owner, paid[owner.id], back[owner.id], invoiced[owner.id], charged[owner.id] - billed[owner.id]
        )
        for owner in owners
    ]


def _balance(
    owner: Customer, paid: Decimal, back: Decimal, invoiced: Decimal, uninvoiced: Decimal
) -> dict[str, Any]:
    left = paid - back - invoiced - uninvoiced
    available = left + owner.debit_limit
    return {
        "customer": owner.id,
        "currency": owner.currency,
        "payments": paid - back,
        "refunded": back,
        "invoiced": invoiced,
        "uninvoiced": uninvoiced,
        "balance": left,
        "debit_limit": owner.debit_limit,
        "available": available,
        "exceeded": available < 0,
    }


def statement(
    session: Session, customer: str, start: datetime | None = None, end: datetime | None = None
) -> list[dict[str, Any]]:
    """What was charged and paid from `start` until before `end`, between the balance before and after it.

    A credit note is charged below zero, and a refund paid below zero. The balance is payments less issued charges; usage is no part of it.

    Raises:
        UsageError: there is no such customer.
    """
    owner = _customer(session, customer)
    entries = [
        *((at, kind, name, amount, NOTHING) for _, at, name, amount, kind in _documents(session, [customer])),
        *((at, f"payment ({method})", name, NOTHING, amount)
          for _, at, amount, method, name in _payments(session, [customer])),
        *((row["at"], f"refund of payment {row['payment']} ({row['method']})", row["reference"], NOTHING, -row["amount"])
          for row in refunds.listing(session, [customer])),
    ]  # fmt: skip
    entries.sort(key=lambda entry: entry[0])
    left = NOTHING
    rows: list[dict[str, Any]] = []
    for at, what, name, charged, paid in entries:
        if end and at >= end:
            break
        before, left = left, left + paid - charged
        if start and at < start:
            continue
        if not rows:
            rows.append(_row(start or at, "balance before", "", NOTHING, NOTHING, before, owner))
        rows.append(_row(at, what, name, charged, paid, left, owner))
    if not rows:
        at = start or owner.created_at
        rows.append(_row(at, "balance before", "", NOTHING, NOTHING, left, owner))
    rows.append(_row(end or rows[-1]["at"], "balance", "", NOTHING, NOTHING, left, owner))
    return rows


def _row(
    at: datetime, what: str, name: str, charged: Decimal, paid: Decimal, left: Decimal, owner: Customer
) -> dict[str, Any]:
    return dict(zip(STATEMENT, (at, what, name, charged, paid, left, owner.currency), strict=True))


def _customer(session: Session, customer: str) -> Customer:
    owner = session.get(Customer, customer)
    if owner is None:
        known = session.scalars(select(Customer.id)).all()
        raise UsageError(f"no customer '{customer}'{did_you_mean(customer, known)}")
    return owner


def _documents(
    session: Session, customers: Collection[str]
) -> Iterator[tuple[str, datetime, str, Decimal, str]]:
    """Whose each invoice and note is, when it was issued, its number, what it adds to what is owed, and which it is."""
    columns = select(Invoice.customer_id, Invoice.issued_at, Invoice.number, Invoice.total, Invoice.kind)
    mine = columns.where(Invoice.customer_id.in_(customers), Invoice.number.is_not(None))
    for owner, at, number, total, kind in session.execute(mine.order_by(Invoice.issued_at, Invoice.id)):
        if at and number:
            yield owner, at, number, -total if kind == "credit_note" else total, kind.replace("_", " ")


def _payments(session: Session, customers: Collection[str]) -> list[tuple[str, datetime, Decimal, str, str]]:
    """Whose each completed payment is, when it came, how much, how, and its reference."""
    columns = select(
        Payment.customer_id, Payment.received_at, Payment.amount, Payment.method, Payment.reference
    )
    mine = columns.where(Payment.customer_id.in_(customers), Payment.status == "completed")
    rows = session.execute(mine.order_by(Payment.received_at, Payment.id))
    return [(owner, at, amount, method, reference) for owner, at, amount, method, reference in rows]


def _charged(lake: Lake, owners: Sequence[Customer]) -> Mapping[str, Decimal]:
    """The Summary's charge of all calls of each, in its currency."""
    own = {owner.id: owner.currency for owner in owners}
    rows = lake.scan(TRAFFIC).filter(pl.col("customer").is_in(list(own)))
    sums = rows.group_by("customer", "currency").agg(pl.col("charge").cast(MONEY).sum()).collect()
    return _sums(
        (name, charge)
        for name, currency, charge in sums.select("customer", "currency", "charge").rows()
        if currency == own[name] and charge is not None
    )


def _billed(session: Session, customers: Collection[str]) -> Mapping[str, Decimal]:
    """What of that has been invoiced, exactly: by invoices in force, by what they adjust, and by notes of differences."""
    mine = Invoice.customer_id.in_(customers)
    own = session.execute(select(Invoice.customer_id, Invoice.exact_charge).where(mine, *IN_FORCE))
    late = session.execute(
        select(Invoice.customer_id, Adjustment.exact)
        .join(Invoice, Invoice.id == Adjustment.invoice_id)
        .where(mine, Invoice.status != "credited")
    )
    return _sums((name, amount) for name, amount in (*own, *late))


def steps(session: Session, customers: Collection[str]) -> Iterator[tuple[str, datetime, Decimal]]:
    """Whose balance changed when and by how much, in any order, but for the charge of calls as they are made.

    Less the charge of all calls they add up to what `balances` tells: what an invoice charges is no usage from then on.
    """
    for owner, at, amount, _, _ in _payments(session, customers):
        yield owner, at, amount
    for row in refunds.listing(session, customers):
        yield row["customer"], row["at"], -row["amount"]
    for owner, at, _, charged, _ in _documents(session, customers):
        yield owner, at, -charged
    note = aliased(Invoice)
    whole = note.id.not_in(select(Adjustment.invoice_id))
    notes = select(note.issued_at).where(note.corrects_id == Invoice.id, whole)
    taken_back = notes.order_by(note.id.desc()).limit(1).scalar_subquery()  # those before it took parts
    told = (Invoice.customer_id, Invoice.issued_at, Invoice.status, taken_back)
    mine = (Invoice.customer_id.in_(customers), Invoice.number.is_not(None))
    own = select(*told, Invoice.exact_charge).where(*mine, Invoice.kind == "invoice")
    late = select(*told, Adjustment.exact).join(Adjustment, Adjustment.invoice_id == Invoice.id).where(*mine)
    for owner, issued_at, status, credited_at, exact in (*session.execute(own), *session.execute(late)):
        yield owner, issued_at, exact
        if status == "credited":
            yield owner, credited_at, -exact


def _sums(rows: Iterable[tuple[str, Decimal]]) -> Mapping[str, Decimal]:
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for name, amount in rows:
        sums[name] += amount
    return sums
