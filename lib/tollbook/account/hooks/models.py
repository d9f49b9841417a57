"""The rows of webhooks: who is told, what happened, and what became of telling it."""

from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tollbook.account.models import Base, one_of
from tollbook.account.types import Words

EVENTS: Final = (
    *("invoice.issued", "invoice.paid", "invoice.credited", "invoice.corrected"),
    *("payment.completed", "payment.cancelled", "payment.refunded"),
    *("alert.fired", "alert.repeated", "alert.reset", "alert.test"),
)
"""What can be told."""
STATES: Final = ("waiting", "delivered", "given_up")


class WebhookEndpoint(Base):
    """An address that is told of events; its secret is sealed. Once it is off it is told nothing more."""

    __tablename__ = "webhook_endpoint"

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str]
    events: Mapped[tuple[str, ...]] = mapped_column(Words)
    secret: Mapped[str]
    created_at: Mapped[datetime]
    off_at: Mapped[datetime | None]


class WebhookEvent(Base):
    """Something that happened, as it is told: `body` is sent as it stands, however often and to whomever."""

    __tablename__ = "webhook_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    """What receivers know it by."""
    kind: Mapped[str]
    body: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)


class WebhookDelivery(Base):
    """One event for one endpoint."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("event_id", "endpoint_id"),
        Index("ix_webhook_delivery_state", "state", "next_at"),
        one_of("state", STATES),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("webhook_event.id", ondelete="CASCADE"))
    endpoint_id: Mapped[int] = mapped_column(ForeignKey("webhook_endpoint.id"), index=True)
    state: Mapped[str] = mapped_column(default=STATES[0])
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="")
