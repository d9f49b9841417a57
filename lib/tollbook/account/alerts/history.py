"""What the rules did, the newest first, and what became of telling it."""

from collections import defaultdict
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tollbook.account.alerts.models import KINDS, Alert, AlertDelivery, AlertEvent
from tollbook.account.alerts.shown import event_row
from tollbook.account.post.models import Outgoing
from tollbook.errors import UsageError, did_you_mean

Row = dict[str, Any]
MOST: Final = 1000
"""Events that are told at once where nobody says how many."""


def listing(
    session: Session,
    alert: int | None = None,
    *,
    kind: str = "",
    start: datetime | None = None,
    end: datetime | None = None,
    most: int = MOST,
) -> list[Row]:
    """Events, of one rule or of all, recorded from `start` until before `end`, with `deliveries` of each.

    Raises:
        UsageError: there is no such kind.
    """
    if kind and kind not in KINDS:
        raise UsageError(f"kind '{kind}'{did_you_mean(kind, KINDS)}")
    wanted = chosen().limit(most)
    if alert is not None:
        wanted = wanted.where(AlertEvent.alert_id == alert)
    if kind:
        wanted = wanted.where(AlertEvent.kind == kind)
    if start:
        wanted = wanted.where(AlertEvent.recorded_at >= start)
    if end:
        wanted = wanted.where(AlertEvent.recorded_at < end)
    return rows_of(session, session.execute(wanted).all())


def show(session: Session, number: int) -> Row:
    """One event, which there is."""
    (row,) = rows_of(session, session.execute(chosen().where(AlertEvent.id == number)).all())
    return row


def chosen() -> Select[AlertEvent, Alert]:
    """Events with their rules, the newest first."""
    return (
        select(AlertEvent, Alert).join(Alert, Alert.id == AlertEvent.alert_id).order_by(AlertEvent.id.desc())
    )


def rows_of(session: Session, found: Any) -> list[Row]:  # noqa: ANN401 - rows of `chosen`
    """Events as they are told."""
    told = _deliveries(session, [event.id for event, _ in found])
    return [{**event_row(event, rule), "deliveries": told[event.id]} for event, rule in found]


def _deliveries(session: Session, events: list[int]) -> dict[int, list[Row]]:
    """To whom each event was told; a message that is long over is no longer known, its state is null."""
    wanted = (
        select(AlertDelivery, Outgoing)
        .outerjoin(Outgoing, Outgoing.id == AlertDelivery.outgoing_id)
        .where(AlertDelivery.event_id.in_(events))
        .order_by(AlertDelivery.id)
    )
    told: defaultdict[int, list[Row]] = defaultdict(list)
    for one, sent in session.execute(wanted):
        told[one.event_id].append(
            {
                "to": one.recipient,
                "message": one.outgoing_id,
                "state": sent.state if sent else "impossible" if one.note else None,
                "sent_at": sent.tried_at if sent and sent.state == "sent" else None,
                "answer": sent.answer if sent else one.note,
            }
        )
    return told
