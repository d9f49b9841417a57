"""The outbox: messages are put here in the transaction of what they tell, and taken out by `deliver`."""

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from tollbook.account.audit import Actor, record
from tollbook.account.post.message import Channel, Message
from tollbook.account.post.models import STATES, Outgoing
from tollbook.account.secret import Secret
from tollbook.errors import UsageError, did_you_mean
from tollbook.params import Site

PURPOSE: Final = "outgoing message"
"""What the content of a message is sealed for."""
LISTED_ELSEWHERE: Final = ("invoice",)
"""Purposes of messages that something else tells of: they stay for as long as that does."""
_COLUMNS: Final = (
    *("id", "channel", "purpose", "recipient", "state", "attempts", "created_at", "expires_at"),
    *("tried_at", "next_at", "answer"),
)


def ready(site: Site, channel: Channel) -> bool:
    """Whether there is anybody who would take a message."""
    return bool(site.mail.host if channel == "mail" else site.sms.url)


def put(
    session: Session,
    secret: Secret,
    message: Message,
    purpose: str,
    at: datetime,
    expires_at: datetime | None = None,
) -> int:
    """Keep a message until it is sent; not after `expires_at`. It is sent if, and only if, this transaction is kept.

    `purpose` is a word for the list, such as `reset_link`. Returns the message's number.
    """
    row = Outgoing(
        channel=message.channel,
        purpose=purpose,
        recipient=message.to,
        content=secret.seal(message.dumps(), PURPOSE),
        message_id=secrets.token_hex(16),
        created_at=at,
        expires_at=expires_at,
        next_at=at,
    )
    session.add(row)
    session.flush()
    return row.id


def again(session: Session, numbers: Collection[int], by: Actor, at: datetime) -> None:
    """Have these messages sent, whatever became of them before; one that was taken unseen is then sent twice.

    Raises:
        UsageError: there is no such message, or its content is gone.
    """
    for number in numbers:
        row = session.get(Outgoing, number, with_for_update=True)
        if row is None:
            raise UsageError(f"there is no message {number} (`tollbook mail list` shows them)")
        if row.content is None:
            raise UsageError(f"message {number} is {row.state}: its content is gone")
        if row.state == "handing_over" and row.next_at > at:
            raise UsageError(f"message {number} is being handed over: look again in a few minutes")
        record(session, by, "send_again", f"message {number}", before={"state": row.state}, at=at)
        row.state, row.next_at = STATES[0], at
    session.flush()


def listing(session: Session, state: str = "") -> list[dict[str, Any]]:
    """Messages, the newest first, without what they say; of one state if it is named.

    Raises:
        UsageError: there is no such state.
    """
    if state and state not in STATES:
        raise UsageError(f"state '{state}'{did_you_mean(state, STATES)}")
    wanted = select(Outgoing).order_by(Outgoing.id.desc())
    rows = session.scalars(wanted.where(Outgoing.state == state) if state else wanted)
    return [{name: getattr(row, name) for name in _COLUMNS} for row in rows]
