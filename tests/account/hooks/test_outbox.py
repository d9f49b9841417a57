"""What waits, and telling again."""

from datetime import UTC, datetime

import pytest

from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.hooks import endpoints, outbox
from tollbook.account.hooks.models import WebhookDelivery
from tollbook.account.secret import workspace_secret
from tollbook.billing import payments
from tollbook.errors import UsageError
from tollbook.workspace import Workspace

BY = Actor(None, "test")
AT = datetime(2026, 12, 2, tzinfo=UTC)


def test_what_was_given_up_is_listed_and_told_again_when_somebody_says_so(charged: Workspace) -> None:
    db = Database.of(charged)
    with db.session() as session:
        endpoints.add(session, workspace_secret(charged), "https://x.example/", [], BY, AT)
        payments.add(session, BY, "acme", "1", "cash", received_at=AT)
    with db.session() as session:
        row = session.get_one(WebhookDelivery, 1)
        row.state, row.attempts, row.answer = "given_up", 9, "500"
    with db.session() as session:
        (told,) = outbox.listing(session, "given_up")
        assert (told["type"], told["url"], told["attempts"]) == ("payment.completed", "https://x.example/", 9)
        assert outbox.listing(session, "waiting") == []
        outbox.again(session, [1], BY, AT)
        (told,) = outbox.listing(session)
        assert (told["state"], told["attempts"], told["next_at"]) == ("waiting", 0, AT)
    with db.session() as session:
        with pytest.raises(UsageError, match="there is no event 7"):
            outbox.again(session, [7], BY, AT)
        with pytest.raises(UsageError, match="did you mean 'given_up'"):
            outbox.listing(session, "givenup")
        endpoints.off(session, 1, BY, AT)
        with pytest.raises(UsageError, match="which is off"):
            outbox.again(session, [1], BY, AT)
