"""Who is told of events."""

from datetime import UTC, datetime

import pytest

from tollbook.account.audit import Actor, events
from tollbook.account.database import Database
from tollbook.account.hooks import endpoints
from tollbook.account.hooks.models import EVENTS, WebhookEndpoint
from tollbook.account.secret import workspace_secret
from tollbook.errors import UsageError
from tollbook.workspace import Workspace

BY = Actor(None, "test")
AT = datetime(2026, 10, 5, tzinfo=UTC)
URL = "https://billing.example/hooks?from=tollbook"


def test_the_secret_is_told_once_and_kept_sealed(workspace: Workspace) -> None:
    db, secret = Database.of(workspace), workspace_secret(workspace)
    with db.session() as session:
        told, row = endpoints.add(session, secret, URL, [], BY, AT)
        kept = session.get_one(WebhookEndpoint, row["id"]).secret
        assert endpoints.listing(session) == [row]
    assert row == {"id": 1, "url": URL, "events": list(EVENTS), "created_at": AT, "off_at": None}
    assert told not in kept
    assert secret.unseal(kept, endpoints.PURPOSE) == told
    with db.session() as session:
        assert endpoints.off(session, 1, BY, AT)["off_at"] == AT
        assert endpoints.off(session, 1, BY, AT)["off_at"] == AT
        with pytest.raises(UsageError, match="there is no webhook 2"):
            endpoints.off(session, 2, BY, AT)
    with db.reading() as session:
        assert [event["action"] for event in events(session, None, None)] == ["add", "off"]


@pytest.mark.parametrize(
    "url",
    [
        *("http://billing.example/", "ftp://billing.example/", "//billing.example", "billing.example", ""),
        *("https://", "https://anna:pw@billing.example/", "https://billing.example/#x", "https://[::1"),
        *(
            "https://billing.example/a b",
            "https://billing.example/\u00fc",
            "https://x:99999/",
            "file:///etc/passwd",
        ),
        *("http://127.0.0.1.evil.example/", "http://10.0.0.1/", "http://169.254.169.254/"),
    ],
)
def test_an_address_that_may_be_told_nothing(url: str) -> None:
    for loopback in (False, True):
        with pytest.raises(UsageError):
            endpoints.refuse_unfit(url, loopback=loopback)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/x", "http://localhost/", "http://[::1]:1/"])
def test_this_machine_itself_is_told_only_where_that_is_allowed(url: str) -> None:
    endpoints.refuse_unfit(url, loopback=True)
    with pytest.raises(UsageError, match="by https only"):
        endpoints.refuse_unfit(url, loopback=False)


def test_an_unknown_event_is_named(workspace: Workspace) -> None:
    with (
        Database.of(workspace).session() as session,
        pytest.raises(UsageError, match=r"did you mean 'invoice\.paid'"),
    ):
        endpoints.add(session, workspace_secret(workspace), URL, ["invoice.payd"], BY, AT)
