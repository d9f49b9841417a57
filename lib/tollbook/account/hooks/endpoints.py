"""Who is told of events: addresses that the account has entered, each with a secret of its own."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tollbook.account.audit import Actor, record
from tollbook.account.hooks.models import EVENTS, WebhookDelivery, WebhookEndpoint
from tollbook.account.hooks.signature import new_secret
from tollbook.account.secret import Secret
from tollbook.errors import UsageError, did_you_mean

PURPOSE: Final = "webhook secret"
"""What the secret of an endpoint is sealed for."""
_LONGEST: Final = 2000
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_COLUMNS: Final = ("id", "url", "events", "created_at", "off_at")


def add(
    session: Session,
    secret: Secret,
    url: str,
    events: Sequence[str],
    by: Actor,
    at: datetime,
    *,
    loopback: bool = False,
) -> tuple[str, dict[str, Any]]:
    """A new endpoint: its secret, told once, and its row. No events means all of them.

    Raises:
        UsageError: the address may not be told anything, or there is no such event.
    """
    refuse_unfit(url, loopback=loopback)
    for name in events:
        if name not in EVENTS:
            raise UsageError(f"event '{name}'{did_you_mean(name, EVENTS)}: there is {', '.join(EVENTS)}")
    made = new_secret()
    wanted = tuple(name for name in EVENTS if name in events) or EVENTS
    row = WebhookEndpoint(url=url, events=wanted, secret=secret.seal(made, PURPOSE), created_at=at)
    session.add(row)
    session.flush()
    record(session, by, "add", f"webhook {row.id}", after={"url": url, "events": wanted}, at=at)
    return made, _shown(row)


def refuse_unfit(url: str, *, loopback: bool) -> None:
    """Nothing, if events may be sent there: by https, or to this machine itself where that is allowed.

    Raises:
        UsageError: they may not.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise UsageError(f"'{url}' is no address: {error}") from None
    if len(url) > _LONGEST or not host or not (url.isascii() and url.isprintable()) or " " in url:
        raise UsageError(f"'{url}' is no address: write https://host/path")
    if parts.username is not None or parts.fragment:
        raise UsageError("an address with a name, a password or a # in it: events are signed instead")
    if parts.scheme == "https" or (loopback and parts.scheme == "http" and host in _LOOPBACK):
        return
    raise UsageError(
        f"'{url}': events are sent by https only (http to this machine itself where params/site.yml says "
        "`webhooks: {loopback: true}`)"
    )


def off(session: Session, number: int, by: Actor, at: datetime) -> dict[str, Any]:
    """Tell an endpoint nothing more; what waits for it is given up.

    Raises:
        UsageError: there is no such endpoint.
    """
    row = session.get(WebhookEndpoint, number, with_for_update=True)
    if row is None:
        raise UsageError(f"there is no webhook {number}: `tollbook webhook list` shows them")
    if row.off_at is None:
        row.off_at = at
        waits = WebhookDelivery.endpoint_id == number, WebhookDelivery.state == "waiting"
        session.execute(
            update(WebhookDelivery).where(*waits).values(state="given_up", answer="the webhook is off")
        )
        record(session, by, "off", f"webhook {number}", after={"url": row.url}, at=at)
    session.flush()
    return _shown(row)


def listing(session: Session) -> list[dict[str, Any]]:
    """All endpoints, those that are off too, without their secrets."""
    return [_shown(row) for row in session.scalars(select(WebhookEndpoint).order_by(WebhookEndpoint.id))]


def _shown(row: WebhookEndpoint) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in _COLUMNS}
    return {**told, "events": list(row.events)}
