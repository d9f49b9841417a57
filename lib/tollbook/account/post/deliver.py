"""Delivering what is in the outbox: each message once, though processes die and several deliver at the same time.

A message is taken for ten minutes; a process that dies before it hands the message over leaves it to the next one.
Before the message itself goes over the line it is marked `handing_over`. Whoever dies then, or loses the line before
the answer, leaves it `unsure`: it may have been taken, so it is sent again only by somebody who says so.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from tollbook.account.database import Database
from tollbook.account.post import sms, smtp
from tollbook.account.post.message import Message
from tollbook.account.post.models import CHANNELS, Outgoing
from tollbook.account.post.outbox import LISTED_ELSEWHERE, PURPOSE, ready
from tollbook.account.post.outcome import NotSentError
from tollbook.account.secret import Secret
from tollbook.params import Site

Clock = Callable[[], datetime]

BACKOFF: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))
"""How long the next try waits after the first, the second, ...; after one more the message is given up."""
HELD: Final = timedelta(minutes=10)
"""How long a message is one process's: longer than all answers that handing it over waits for together."""
_KEPT: Final = timedelta(days=90)
_OVER: Final = ("sent", "refused", "expired")


class _TakenByAnotherError(Exception):
    """Another process took the message meanwhile: this one was too slow."""


@dataclass(frozen=True)
class _Taken:
    """A message of this process until `HELD` is over; `attempt` tells whose it is."""

    id: int
    attempt: int
    message: Message
    message_id: str


def deliver(
    db: Database, secret: Secret, site: Site, clock: Clock, only: Collection[int] | None = None
) -> dict[str, int]:
    """Hand over what is due, or of that only these messages; returns how many came to which state.

    Writes nothing where there is nothing to do. A server that cannot be reached ends the round for its channel.

    Raises:
        TollbookError: the database cannot be reached.
    """
    counts: dict[str, int] = {}
    open_channels = {channel for channel in CHANNELS if ready(site, channel)}
    with db.reading() as session:
        if not _anything(session, clock()):
            return counts
    with db.session() as session:
        _tidy(session, clock())
    while taken := _take(db, secret, clock(), open_channels, only):
        state, everybody = _sent(db, site, taken, clock)
        counts[state] = counts.get(state, 0) + 1
        if everybody:
            open_channels.discard(taken.message.channel)
    return counts


def _sent(db: Database, site: Site, taken: _Taken, clock: Clock) -> tuple[str, bool]:
    """Hand one over. Returns its state then, and whether other messages have to wait too."""
    try:
        answer = _handed_over(site, taken, clock, lambda: _promise(db, taken))
    except NotSentError as error:
        state = error.state
        if state == "later" and taken.attempt > len(BACKOFF):
            return _finish(db, taken, "refused", f"given up: {error.answer}", clock()), error.everybody
        if state == "later":
            next_at = clock() + BACKOFF[taken.attempt - 1]
            return _finish(db, taken, "waiting", error.answer, clock(), next_at), error.everybody
        return _finish(db, taken, state, error.answer, clock()), error.everybody
    except _TakenByAnotherError:
        return "waiting", False
    return _finish(db, taken, "sent", answer, clock()), False


def _handed_over(site: Site, taken: _Taken, clock: Clock, promise: Callable[[], None]) -> str:
    message = taken.message
    if message.channel == "sms":
        return sms.hand_over(site.sms, message.to, message.text, taken.message_id, promise)
    domain = site.mail.sender.rpartition("@")[2].rstrip(">")
    try:
        made = message.mime(site.mail.sender, f"<{taken.message_id}@{domain}>", clock())
    except ValueError as error:
        raise NotSentError("refused", f"no mail can be made of it: {error}") from None
    return smtp.hand_over(site.mail, made, promise)


def _due(at: datetime) -> ColumnElement[bool]:
    return (Outgoing.state == "waiting") & (Outgoing.next_at <= at)


def _left(at: datetime) -> ColumnElement[bool]:
    """Whoever handed it over has died."""
    return (Outgoing.state == "handing_over") & (Outgoing.next_at <= at)


def _too_old(at: datetime) -> ColumnElement[bool]:
    return (Outgoing.expires_at <= at) & Outgoing.content.is_not(None) & (Outgoing.state != "handing_over")


def _anything(session: Session, at: datetime) -> bool:
    found = select(Outgoing.id).where(or_(_due(at), _left(at), _too_old(at)))
    return session.scalar(found.limit(1)) is not None


def _tidy(session: Session, at: datetime) -> None:
    """What was left is unsure, what is too old is not sent, what is long over is forgotten."""
    session.execute(update(Outgoing).where(_left(at)).values(state="unsure", answer="nobody knows"))
    expired = _too_old(at) & (Outgoing.state == "waiting")
    session.execute(update(Outgoing).where(expired).values(state="expired", content=None))
    session.execute(update(Outgoing).where(_too_old(at)).values(content=None))
    old = Outgoing.state.in_(_OVER) & (Outgoing.created_at < at - _KEPT)
    session.execute(delete(Outgoing).where(old, Outgoing.purpose.not_in(LISTED_ELSEWHERE)))


def _take(
    db: Database, secret: Secret, at: datetime, channels: Collection[str], only: Collection[int] | None
) -> _Taken | None:
    """The next message that is due, held by this process; null where there is none."""
    wanted = select(Outgoing).where(_due(at), Outgoing.channel.in_(channels))
    wanted = wanted if only is None else wanted.where(Outgoing.id.in_(only))
    first = wanted.order_by(Outgoing.next_at, Outgoing.id).limit(1).with_for_update(skip_locked=True)
    while True:
        with db.session() as session:
            row = session.scalar(first)
            if row is None:
                return None
            row.attempts, row.tried_at, row.next_at = row.attempts + 1, at, at + HELD
            text = secret.unseal(row.content or "", PURPOSE)
            if text is not None:
                return _Taken(row.id, row.attempts, Message.loads(text), row.message_id)
            row.state, row.answer = "refused", "it was sealed with another secret of the workspace"


def _promise(db: Database, taken: _Taken) -> None:
    """Mark that the message is about to go over the line."""
    unsent = Outgoing.state == "waiting"
    if not _write(db, taken, {"state": "handing_over"}, unsent):
        raise _TakenByAnotherError


def _finish(
    db: Database, taken: _Taken, state: str, answer: str, at: datetime, next_at: datetime | None = None
) -> str:
    values: dict[str, Any] = {"state": state, "answer": answer[:500], "tried_at": at}
    if next_at is not None:
        values["next_at"] = next_at
    if state == "sent":
        values["content"] = None
    _write(db, taken, values)
    return state


def _write(db: Database, taken: _Taken, values: dict[str, Any], *more: ColumnElement[bool]) -> bool:
    """Write to the row while it is this process's; false where it is another one's."""
    mine = Outgoing.id == taken.id, Outgoing.attempts == taken.attempt, *more
    with db.session() as session:
        done = session.execute(update(Outgoing).where(*mine).values(**values))
    return isinstance(done, CursorResult) and done.rowcount == 1
