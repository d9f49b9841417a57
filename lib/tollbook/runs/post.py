"""Sending invoices: handing over what is in the outbox, and putting one there that somebody asks for."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from tollbook.account.audit import Actor
from tollbook.account.database import Database, shared
from tollbook.account.post import deliver
from tollbook.billing.mails import deliveries, sender
from tollbook.billing.papers import numbered
from tollbook.errors import UsageError
from tollbook.workspace import Workspace

Clock = Callable[[], datetime]


def hand_over(workspace: Workspace, clock: Clock, only: Sequence[int] | None = None) -> dict[str, int]:
    """Hand over what is due, or of that only these messages; nothing where there is no mail server.

    Raises:
        TollbookError: params/site.yml is wrong, or the database cannot be reached.
    """
    post = sender(workspace)
    if post is None:
        return {}
    db = Database.of(workspace)
    try:
        return deliver.deliver(db, post.secret, post.site, clock, only)
    finally:
        db.close()


def send(
    workspace: Workspace, number: str, to: Sequence[str], by: Actor, clock: Clock, *, twice: bool = False
) -> dict[str, Any]:
    """Send an invoice or note to these addresses (none: the customer's), but not where somebody got it, unless `twice`.

    Returns its number, the messages that were `put` into the outbox, and as `mail` all of the invoice's with what
    became of each.

    Raises:
        UsageError: no mail server is named, there is no such invoice, or an address is none.
        TollbookError: the customer has no address, or the invoice's files are not there.
    """
    db = Database.of(workspace)
    try:
        with db.session() as session:
            put = put_again(workspace, session, number, to, by, clock(), twice=twice)
        if put:
            hand_over(workspace, clock, put)
        with db.reading() as session:
            return {"number": number, "put": put, "mail": deliveries(session, number)}
    finally:
        db.close()


def put_again(
    workspace: Workspace,
    session: Session,
    number: str,
    to: Sequence[str],
    by: Actor,
    at: datetime,
    *,
    twice: bool = False,
) -> list[int]:
    """As `send`, into the outbox alone: whoever hands over what is due sends it. Returns the numbers of the messages."""
    post = sender(workspace)
    if post is None:
        raise UsageError("params/site.yml: mail.host is empty, so that nothing is sent")
    paper = numbered(workspace, shared(workspace), number)
    folder = next(iter(paper.files.values())).parent
    return post.again(session, paper.record, folder, to, by, at, twice=twice)
