"""The rows of alerts: rules, how each stands, what each did, who was told of it, and up to when all were judged."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tollbook.account.alerts.areas import AREAS, BYS, OPERATORS, QUARTER_MIN
from tollbook.account.models import Base, now, one_of
from tollbook.account.types import Words

STATUSES: Final = ("ok", "raised", "few_calls", "no_data")
"""How a figure stands: within what is allowed, beyond it, or of too few calls or of none, so that nothing is said."""
FIGURE: Final = ("at", "value", "numerator", "denominator", "calls")
"""What is kept of a figure: until when it was, itself, its parts, and of how many calls."""
KINDS: Final = ("fired", "repeated", "reset", "test")
"""What an alert can do."""


class Alert(Base):
    """A rule. Empty `customer`, `carrier` and `destination` are all; `by` makes it one rule for each of its kind.

    `threshold` and `reset` are in the area's own unit, shares from 0 to 1. Without `repeat_min` it tells once.
    `recipients` are e-mail addresses, or login names of people. A removed rule stays for its history.
    """

    __tablename__ = "alert"
    __table_args__ = (
        one_of("area", AREAS),
        one_of("by", ("", *BYS)),
        one_of("operator", OPERATORS),
        CheckConstraint(f"sample_min > 0 AND sample_min % {QUARTER_MIN} = 0", name="sample_min"),
        CheckConstraint("min_calls >= 0", name="min_calls"),
        CheckConstraint("repeat_min > 0", name="repeat_min"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    area: Mapped[str]
    by: Mapped[str] = mapped_column(default="")
    customer: Mapped[str] = mapped_column(default="")
    carrier: Mapped[str] = mapped_column(default="")
    destination: Mapped[str] = mapped_column(default="")
    operator: Mapped[str]
    threshold: Mapped[Decimal]
    reset: Mapped[Decimal]
    sample_min: Mapped[int] = mapped_column(default=60)
    min_calls: Mapped[int] = mapped_column(default=0)
    repeat_min: Mapped[int | None]
    recipients: Mapped[tuple[str, ...]] = mapped_column(Words, default=())
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(default=now)
    removed_at: Mapped[datetime | None]


class AlertState(Base):
    """How a rule stands for one subject, empty where it has only one; `raised_at` is since when it is raised."""

    __tablename__ = "alert_state"
    __table_args__ = (one_of("status", STATUSES),)

    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"), primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]
    at: Mapped[datetime]
    value: Mapped[Decimal | None]
    numerator: Mapped[Decimal | None]
    denominator: Mapped[Decimal | None]
    calls: Mapped[int | None] = mapped_column(BigInteger)
    raised_at: Mapped[datetime | None] = mapped_column(index=True)
    told_at: Mapped[datetime | None]


class AlertEvent(Base):
    """Something that a rule did: `at` is until when the figures were, `recorded_at` when that was found."""

    __tablename__ = "alert_event"
    __table_args__ = (one_of("kind", KINDS), Index("ix_alert_event_alert_id", "alert_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alert.id"))
    subject: Mapped[str]
    kind: Mapped[str]
    at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(index=True)
    value: Mapped[Decimal | None]
    numerator: Mapped[Decimal | None]
    denominator: Mapped[Decimal | None]
    calls: Mapped[int | None] = mapped_column(BigInteger)
    threshold: Mapped[Decimal]


class AlertDelivery(Base):
    """Whom an event was to be told by mail: the message, or in `note` why there is none."""

    __tablename__ = "alert_delivery"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("alert_event.id"), index=True)
    recipient: Mapped[str]
    outgoing_id: Mapped[int | None] = mapped_column(
        ForeignKey("outgoing.id", ondelete="SET NULL"), index=True
    )
    note: Mapped[str] = mapped_column(default="")


class AlertRound(Base):
    """As of which refresh all rules were judged last; there is one row."""

    __tablename__ = "alert_round"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    judged_at: Mapped[datetime | None]
