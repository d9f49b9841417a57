"""The rows of the ledger: what adjusts an invoice, to whom it was sent, what was waived, payments, what they pay and what of them went back, schedules and what is due."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tollbook.account.models import Base, now, one_of
from tollbook.account.post import models as _post  # noqa: F401 - a row of its table is pointed at
from tollbook.account.types import Document

PAYMENT_METHODS: Final = ("bank_transfer", "card", "paypal", "cash")
PAYMENT_STATUSES: Final = ("pending", "completed", "cancelled")
"""Only a completed one counts."""
SCHEDULE_VIEWS: Final = ("daily", "weekly", "monthly")
DUE_STATES: Final = ("due", "made", "nothing", "skipped", "failed")
"""What became of a period that was due: nothing was charged, an invoice over it was there, or it could not be made."""


class Adjustment(Base):
    """What an invoice, or a note, bills of another one's period: calls that came late, or are charged otherwise by now.

    `place` counts the adjustments of an invoice from 1: two runs at once can not both have the next one.
    """

    __tablename__ = "adjustment"
    __table_args__ = (UniqueConstraint("adjusts_id", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)
    adjusts_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    place: Mapped[int]
    exact: Mapped[Decimal]


class InvoiceMail(Base):
    """An invoice or a note that was put into the outbox for an address; `place` counts those of one address from 1.

    Two runs at once can not both have the first one.
    """

    __tablename__ = "invoice_mail"
    __table_args__ = (UniqueConstraint("invoice_id", "address", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    address: Mapped[str]
    place: Mapped[int]
    outgoing_id: Mapped[int | None] = mapped_column(ForeignKey("outgoing.id"))
    put_at: Mapped[datetime]


class Waiver(Base):
    """A call without a charge that somebody let go: its customer's invoice no longer waits for it."""

    __tablename__ = "waiver"

    switch: Mapped[str] = mapped_column(primary_key=True)
    call_id: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"), index=True)
    reason: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)


class Payment(Base):
    """Money from a customer. `event` is what a provider calls the notification of it: it is booked once."""

    __tablename__ = "payment"
    __table_args__ = (one_of("method", PAYMENT_METHODS), one_of("status", PAYMENT_STATUSES))

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"), index=True)
    received_at: Mapped[datetime] = mapped_column(default=now)
    amount: Mapped[Decimal]
    currency: Mapped[str]
    method: Mapped[str]
    status: Mapped[str] = mapped_column(active_history=True)
    reference: Mapped[str] = mapped_column(default="")
    event: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Allocation(Base):
    """How much of a payment pays an invoice."""

    __tablename__ = "allocation"

    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), primary_key=True, index=True)
    amount: Mapped[Decimal]


class Refund(Base):
    """What of a completed payment was paid back, of which it then is less. `event` is what a provider calls it: it is booked once."""

    __tablename__ = "refund"
    __table_args__ = (one_of("method", PAYMENT_METHODS),)

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)
    at: Mapped[datetime]
    amount: Mapped[Decimal]
    method: Mapped[str]
    reference: Mapped[str] = mapped_column(default="")
    event: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Schedule(Base):
    """How often a customer is invoiced, from the period that holds `since`; `settle_hours` null: as in params."""

    __tablename__ = "schedule"
    __table_args__ = (
        one_of("view", SCHEDULE_VIEWS),
        CheckConstraint("settle_hours >= 0", name="settle_hours"),
    )

    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"), primary_key=True)
    view: Mapped[str]
    since: Mapped[datetime]
    settle_hours: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Due(Base):
    """A customer's period that has to be invoiced, once. `claimed_until` is how long a run may still be at it."""

    __tablename__ = "due"
    __table_args__ = (
        UniqueConstraint("customer_id", "period_name"),
        Index("ix_due_state", "state", "settles_at"),
        one_of("state", DUE_STATES),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[str] = mapped_column(ForeignKey("customer.id"))
    period_name: Mapped[str]
    period_end: Mapped[datetime]
    settles_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="due")
    number: Mapped[str | None]
    why: Mapped[str] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]
    claimed_by: Mapped[str | None]
    claimed_until: Mapped[datetime | None]
    changed_at: Mapped[datetime] = mapped_column(default=now)


class Round(Base):
    """A run over what was due, with what became of each: `report` is as it was printed."""

    __tablename__ = "round"

    id: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime]
    started_by: Mapped[str]
    made: Mapped[int]
    skipped: Mapped[int]
    failed: Mapped[int]
    report: Mapped[Mapping[str, Any]] = mapped_column(Document)
