"""The rows of what comes in over the network: notifications of payments, and invoices that the API was asked to make."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tollbook.account.models import Base, now, one_of
from tollbook.account.types import Document

PROVIDERS: Final = ("stripe", "paypal")
EFFECTS: Final = ("completed", "pending", "failed", "refunded", "disputed", "lost")
"""What a notification tells of a payment; `lost` is a dispute that took the money back."""
NOTICE_STATES: Final = ("open", "booked", "dismissed")
"""An open one waits for a person: it could not be booked by itself."""
RUN_KINDS: Final = ("invoices", "note")
RUN_STATES: Final = ("waiting", "running", "done", "failed")


class Notice(Base):
    """A verified notification of a provider that tells of money. Told again, it is the same row.

    `payment` is what the provider calls the payment, whatever the notifications of it are called, and `refund`
    what it calls what went back of it; empty where `amount` is all that has gone back so far.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("provider", "event"),
        Index("ix_notice_payment", "provider", "payment"),
        Index("ix_notice_state", "state"),
        one_of("provider", PROVIDERS),
        one_of("effect", EFFECTS),
        one_of("state", NOTICE_STATES),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    provider: Mapped[str]
    event: Mapped[str]
    kind: Mapped[str]
    effect: Mapped[str]
    payment: Mapped[str]
    refund: Mapped[str] = mapped_column(default="", server_default="")
    reference: Mapped[str]
    amount: Mapped[Decimal | None]
    currency: Mapped[str]
    at: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(default=now)
    state: Mapped[str]
    why: Mapped[str] = mapped_column(default="")
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"), index=True)
    body: Mapped[str]


class Transmission(Base):
    """A signed transmission of PayPal's and the body that came with it, as SHA-256 of each."""

    __tablename__ = "transmission"

    signed: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)


class InvoiceRun(Base):
    """Invoices of a period, or the files of a credit note, that somebody asked the server to make.

    `asked` is what, `by` who, `results` a row for each that is done. `claimed_until` is how long a process may be at it.
    """

    __tablename__ = "invoice_run"
    __table_args__ = (
        Index("ix_invoice_run_state", "state", "id"),
        one_of("kind", RUN_KINDS),
        one_of("state", RUN_STATES),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    asked: Mapped[Mapping[str, Any]] = mapped_column(Document)
    by: Mapped[str]
    state: Mapped[str] = mapped_column(default=RUN_STATES[0])
    total: Mapped[int | None]
    results: Mapped[Mapping[str, Any]] = mapped_column(Document)
    why: Mapped[str] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
