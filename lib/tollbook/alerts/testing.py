"""The test of a rule: a message to its recipients that says that it is one, sent at once."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tollbook.account.alerts import history
from tollbook.account.alerts.models import FIGURE, AlertState
from tollbook.account.alerts.rules import found
from tollbook.account.alerts.telling import Figure, Teller
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import now
from tollbook.account.post.deliver import deliver
from tollbook.account.secret import workspace_secret
from tollbook.params import Site, read
from tollbook.workspace import Workspace

Row = dict[str, Any]


def send_test(workspace: Workspace, number: int, by: Actor) -> Row:
    """Send it and wait for what the mail server says; returns the event with its `deliveries`.

    Raises:
        UsageError: there is no such rule.
        TollbookError: the database cannot be reached, or params/site.yml is wrong.
    """
    site, secret = read("site", Site), workspace_secret(workspace)
    db = Database.of(workspace)
    try:
        with db.session() as session:
            event, messages = put(session, Teller(site, secret), number, by)
        if messages:
            deliver(db, secret, site, now, messages)
        with db.reading() as session:
            return history.show(session, event)
    finally:
        db.close()


def put(session: Session, teller: Teller, number: int, by: Actor) -> tuple[int, list[int]]:
    """Put the messages into the outbox, with a figure that the rule looked at last; the event and their numbers.

    Raises:
        UsageError: there is no such rule.
    """
    rule, at = found(session, number), now()
    own = select(AlertState).where(AlertState.alert_id == number)
    state = session.scalars(own.order_by(AlertState.raised_at.is_(None), AlertState.subject)).first()
    figure = Figure(**{name: getattr(state, name) for name in FIGURE}) if state else Figure(at)
    return teller.test(session, rule, state.subject if state else "", by, figure, at)
