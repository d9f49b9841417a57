"""What waits to be told, what was told, and what was given up."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tollbook.account.audit import Actor, record
from tollbook.account.hooks.models import STATES, WebhookDelivery, WebhookEndpoint, WebhookEvent
from tollbook.errors import UsageError, did_you_mean


def listing(session: Session, state: str = "") -> list[dict[str, Any]]:
    """Each event for each endpoint, the newest first; of one state if it is named.

    Raises:
        UsageError: there is no such state.
    """
    if state and state not in STATES:
        raise UsageError(f"state '{state}'{did_you_mean(state, STATES)}")
    wanted = select(WebhookDelivery, WebhookEvent, WebhookEndpoint.url).order_by(WebhookDelivery.id.desc())
    wanted = wanted.join(WebhookEvent, WebhookEvent.id == WebhookDelivery.event_id)
    wanted = wanted.join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
    if state:
        wanted = wanted.where(WebhookDelivery.state == state)
    return [
        {
            "id": row.id,
            "event": event.name,
            "type": event.kind,
            "created_at": event.at,
            "webhook": row.endpoint_id,
            "url": url,
            "state": row.state,
            "attempts": row.attempts,
            "tried_at": row.tried_at,
            "next_at": row.next_at if row.state == "waiting" else None,
            "answer": row.answer,
        }
        for row, event, url in session.execute(wanted)
    ]


def again(session: Session, numbers: Collection[int], by: Actor, at: datetime) -> None:
    """Have these told again, whatever became of them before; a receiver knows the event by its id.

    Raises:
        UsageError: there is none of such a number, or its endpoint is off.
    """
    for number in numbers:
        row = session.get(WebhookDelivery, number, with_for_update=True)
        if row is None:
            raise UsageError(f"there is no event {number}: `tollbook webhook events` shows them")
        if session.get_one(WebhookEndpoint, row.endpoint_id).off_at is not None:
            raise UsageError(f"event {number} is for webhook {row.endpoint_id}, which is off")
        record(session, by, "resend", f"webhook event {number}", before={"state": row.state}, at=at)
        row.state, row.next_at, row.attempts = "waiting", at, 0
    session.flush()
