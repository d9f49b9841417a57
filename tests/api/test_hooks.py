"""The types of what webhooks tell fit what is told."""

from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import select

from tollbook.account.alerts import rules
from tollbook.account.alerts.telling import Figure, Teller
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.hooks import endpoints
from tollbook.account.hooks.models import EVENTS as KNOWN
from tollbook.account.hooks.models import WebhookEvent
from tollbook.account.secret import workspace_secret
from tollbook.api.hooks import EVENTS
from tollbook.billing import payments
from tollbook.params import Site
from tollbook.workspace import Workspace

BY = Actor(None, "test")
AT = datetime(2026, 12, 2, tzinfo=UTC)


def test_there_is_one_for_each_event() -> None:
    assert tuple(EVENTS) == KNOWN


def test_what_is_told_is_of_its_type(charged: Workspace) -> None:
    db = Database.of(charged)
    with db.session() as session:
        endpoints.add(session, workspace_secret(charged), "https://x.example/", [], BY, AT)
        payments.add(session, BY, "acme", "1.50", "cash", received_at=AT)
    with db.reading() as session:
        row = session.scalars(select(WebhookEvent)).one()
    read = EVENTS[row.kind].model_validate_json(row.body)
    assert (read.id, read.data.amount) == (row.name, Decimal("1.50"))


def test_what_an_alert_did_is_of_its_type(charged: Workspace) -> None:
    db, figure = Database.of(charged), Figure(AT, Decimal("-0.5"))
    with db.session() as session:
        endpoints.add(session, workspace_secret(charged), "https://x.example/", ["alert.fired"], BY, AT)
        told = {"name": "Low", "area": "balance", "threshold": "0", "by": "customer"}
        rule = rules.found(session, rules.add(session, BY, told, AT)["id"])
        Teller(Site(), workspace_secret(charged)).tell(session, rule, "acme", "fired", figure, AT)
    with db.reading() as session:
        row = session.scalars(select(WebhookEvent)).one()
    db.close()
    read = EVENTS[row.kind].model_validate_json(row.body)
    assert (read.type, read.data.subject, read.data.value) == ("alert.fired", "acme", Decimal("-0.5"))
