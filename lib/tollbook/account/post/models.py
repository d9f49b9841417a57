"""The row of a message that is on its way, or was."""

from datetime import datetime
from typing import Final

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from tollbook.account.models import Base, one_of

CHANNELS: Final = ("mail", "sms")
STATES: Final = ("waiting", "handing_over", "sent", "refused", "unsure", "expired")
"""What became of a message; `unsure`: handed over, but nobody said whether it was taken."""


class Outgoing(Base):
    """One message to one person. Its content is sealed, and gone once it was sent or is too old."""

    __tablename__ = "outgoing"
    __table_args__ = (
        one_of("channel", CHANNELS),
        one_of("state", STATES),
        Index("ix_outgoing_state", "state", "next_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str]
    purpose: Mapped[str]
    recipient: Mapped[str]
    content: Mapped[str | None]
    message_id: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(default=STATES[0])
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="")
