"""The types of what webhooks tell fit what is told."""

from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import select

from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.hooks import endpoints
from tollbook.account.hooks.models import EVENTS as KNOWN
from tollbook.account.hooks.models import WebhookEvent
from tollbook.account.secret import workspace_secret
from tollbook.api.hooks import EVENTS
from tollbook.billing import payments
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
