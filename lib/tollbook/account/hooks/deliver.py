"""Telling what waits: each event at least once, signed, with growing pauses, until it was taken or is given up.

A delivery is one process's for two minutes. One that dies after its receiver has taken the event leaves it to the next,
which tells it again under the same id. The order of events is not kept. Several endpoints are told at the same time, each
of one event, so that one that answers slowly stops no other.
"""

from collections.abc import Callable, Collection
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from tollbook import __version__
from tollbook.account.database import Database
from tollbook.account.hooks.endpoints import PURPOSE, refuse_unfit
from tollbook.account.hooks.models import WebhookDelivery, WebhookEndpoint, WebhookEvent
from tollbook.account.hooks.signature import headers
from tollbook.account.secret import Secret
from tollbook.errors import UsageError

Clock = Callable[[], datetime]

BACKOFF: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440))
"""How long the next try waits after the first, the second, ...; after one more the event is given up."""
HELD: Final = timedelta(minutes=2)
CONNECT_S: Final = 5
ANSWER_S: Final = 15
AT_ONCE: Final = 8
"""Endpoints that are told something at the same time."""
_LOOK_S: Final = 1
"""How often it is looked what else has come, while some are told."""
_KEPT: Final = timedelta(days=90)
_DONE: Final = range(200, 300)
_LONGEST: Final = 300


@dataclass(frozen=True)
class _Taken:
    """A delivery that is this process's; `attempt` tells whose it is."""

    id: int
    attempt: int
    endpoint: int
    url: str
    secret: str
    event: str
    body: str


class _NotTakenError(Exception):
    """The receiver did not take it. `alone`: others of this endpoint may still be."""

    def __init__(self, why: str, *, alone: bool = True) -> None:
        super().__init__(why)
        self.alone = alone


def deliver(
    db: Database, secret: Secret, clock: Clock, *, loopback: bool = False, only: Collection[int] | None = None
) -> dict[str, int]:
    """Tell what is due, or of that only these; returns how many came to which state.

    Writes nothing where there is nothing to do. An endpoint that cannot be reached is left alone for a minute.

    Raises:
        TollbookError: the database cannot be reached.
    """
    counts: dict[str, int] = {}
    with db.reading() as session:
        if session.scalar(select(WebhookDelivery.id).where(_due(clock())).limit(1)) is None:
            return counts
    with db.session() as session:
        old = ~select(WebhookDelivery.id).where(
            WebhookDelivery.event_id == WebhookEvent.id, WebhookDelivery.state == "waiting"
        ).exists()  # fmt: skip
        forgotten = select(WebhookEvent.id).where(WebhookEvent.at < clock() - _KEPT, old)
        session.execute(delete(WebhookDelivery).where(WebhookDelivery.event_id.in_(forgotten)))
        session.execute(delete(WebhookEvent).where(WebhookEvent.at < clock() - _KEPT, old))
    under_way: dict[Future[str], _Taken] = {}
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhooks") as threads:
        while True:
            while len(under_way) < AT_ONCE:
                busy = [each.endpoint for each in under_way.values()]
                if (taken := _take(db, secret, clock(), only, busy)) is None:
                    break
                under_way[threads.submit(_post, taken, clock, loopback=loopback)] = taken
            if not under_way:
                return counts
            for each in wait(under_way, _LOOK_S, FIRST_COMPLETED).done:
                state = _told(db, under_way.pop(each), each, clock)
                counts[state] = counts.get(state, 0) + 1


def _told(db: Database, taken: _Taken, post: Future[str], clock: Clock) -> str:
    """Write down what has become of one; returns its state."""
    try:
        answer = post.result()
    except _NotTakenError as error:
        if not error.alone:
            _put_off(db, taken.endpoint, clock())
        if taken.attempt > len(BACKOFF):
            return _finish(db, taken, "given_up", str(error), clock())
        return _finish(db, taken, "waiting", str(error), clock(), clock() + BACKOFF[taken.attempt - 1])
    return _finish(db, taken, "delivered", answer, clock())


def _post(taken: _Taken, clock: Clock, *, loopback: bool) -> str:
    """Send one event; returns what was answered. What is answered is not read, and leads nowhere else.

    Raises:
        _NotTakenError: it was not taken, or nobody knows.
    """
    from urllib3 import Timeout, exceptions  # noqa: PLC0415 - few commands send anything

    from tollbook.account.hooks.line import lines  # noqa: PLC0415 - it needs urllib3

    body = taken.body.encode()
    try:
        refuse_unfit(taken.url, loopback=loopback)
        signed = headers(taken.secret, taken.event, int(clock().timestamp()), body)
        answer = lines().request(
            "POST",
            taken.url,
            body=body,
            headers={
                "Content-Type": "application/json",
                "User-Agent": f"Tollbook/{__version__}",
                "Connection": "close",
                **signed,
            },
            redirect=False,
            preload_content=False,
            timeout=Timeout(connect=CONNECT_S, read=ANSWER_S),
        )
        answer.close()
    except UsageError as error:
        raise _NotTakenError(str(error)) from None
    except exceptions.HTTPError as error:
        why = str(error).partition(": ")[2] or type(error).__name__
        raise _NotTakenError(why, alone=False) from None
    if answer.status not in _DONE:
        raise _NotTakenError(f"{answer.status} {answer.reason or ''}".strip())
    return f"{answer.status} {answer.reason or ''}".strip()


def _due(at: datetime) -> ColumnElement[bool]:
    return (WebhookDelivery.state == "waiting") & (WebhookDelivery.next_at <= at)


def _put_off(db: Database, endpoint: int, at: datetime) -> None:
    """Leave what else waits for an endpoint alone for a while: each would have all others wait for its answer."""
    waits = update(WebhookDelivery).where(WebhookDelivery.endpoint_id == endpoint, _due(at))
    with db.session() as session:
        session.execute(waits.values(next_at=at + BACKOFF[0]))


def _take(
    db: Database, secret: Secret, at: datetime, only: Collection[int] | None, busy: Collection[int]
) -> _Taken | None:
    """The next delivery that is due, to none of the endpoints that are busy; it is held by this process."""
    wanted = select(WebhookDelivery).where(_due(at), WebhookDelivery.endpoint_id.not_in(busy))
    if only is not None:
        wanted = wanted.where(WebhookDelivery.id.in_(only))
    first = wanted.order_by(WebhookDelivery.next_at, WebhookDelivery.id).limit(1)
    while True:
        with db.session() as session:
            row = session.scalar(first.with_for_update(skip_locked=True))
            if row is None:
                return None
            row.attempts, row.tried_at, row.next_at = row.attempts + 1, at, at + HELD
            if taken := _whole(session, secret, row):
                return taken


def _whole(session: Session, secret: Secret, row: WebhookDelivery) -> _Taken | None:
    endpoint = session.get_one(WebhookEndpoint, row.endpoint_id)
    event = session.get_one(WebhookEvent, row.event_id)
    key = secret.unseal(endpoint.secret, PURPOSE)
    if key is None:
        row.state = "given_up"
        row.answer = "its secret was sealed with another secret of the workspace: add the webhook anew"
        return None
    return _Taken(row.id, row.attempts, endpoint.id, endpoint.url, key, event.name, event.body)


def _finish(
    db: Database, taken: _Taken, state: str, answer: str, at: datetime, next_at: datetime | None = None
) -> str:
    values: dict[str, Any] = {"state": state, "answer": answer[:_LONGEST], "tried_at": at}
    if next_at is not None:
        values["next_at"] = next_at
    mine = WebhookDelivery.id == taken.id, WebhookDelivery.attempts == taken.attempt
    with db.session() as session:
        session.execute(
            update(WebhookDelivery).where(*mine, WebhookDelivery.state == "waiting").values(values)
        )
    return state
