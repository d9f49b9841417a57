"""The rows of webhooks."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import IntegrityError

from tollbook.account.database import Database
from tollbook.account.hooks.models import EVENTS, WebhookDelivery, WebhookEndpoint, WebhookEvent

AT = datetime(2026, 10, 5, tzinfo=UTC)


def test_an_event_is_told_to_an_endpoint_once(database: Database) -> None:
    db = database
    with db.session() as session:
        session.add(WebhookEndpoint(url="https://x.example/", events=EVENTS, secret="s", created_at=AT))
        session.add(WebhookEvent(name="evt_1", kind="invoice.paid", body="{}", at=AT))
        session.flush()
        session.add(WebhookDelivery(event_id=1, endpoint_id=1, next_at=AT))
    with pytest.raises(IntegrityError), db.session() as session:
        session.add(WebhookDelivery(event_id=1, endpoint_id=1, next_at=AT))
    with pytest.raises(IntegrityError), db.session() as session:
        session.add(WebhookDelivery(event_id=9, endpoint_id=1, next_at=AT))
    with pytest.raises(IntegrityError), db.session() as session:
        session.get_one(WebhookDelivery, 1).state = "lost"
