"""`live`, without a server."""

from datetime import UTC, datetime

import pytest

from live.fakes import Fake, call, told
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.account.people import tokens
from tollbook.account.people.bearer import storable
from tollbook.api.desk import Answer, Desk, Request
from tollbook.api.resources.live import STREAMED, show_live
from tollbook.live import feed
from tollbook.live.collect import Collector
from tollbook.workspace import Workspace

BY = Actor(None, "test")
CALLS = told(1, call("a"), call("b", up=True), call("c", "bolt", "bravo"))


@pytest.fixture
def db(workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TOLLBOOK_HOME", str(workspace.home))
    fake = Fake(answers=[CALLS])
    one = Collector(workspace, [(fake, 60)])
    one.poll(fake)
    monkeypatch.setitem(feed._feeds, workspace.home, feed.Feed(one))
    made = Database.of(workspace)
    with made.session() as session:
        session.add(Customer(id="acme", name="Acme", channels=2))
    yield made
    made.close()


def token(db: Database, *scopes: str) -> str:
    """A token of the customer acme."""
    now = datetime.now(UTC)
    with db.session() as session:
        text, _ = tokens.make(session, session.get_one(Customer, "acme"), "t", scopes, None, BY, now)
    return text


def ask(operation, text: str, **query: str) -> Request:
    told = {name: [value] for name, value in query.items()}
    return Request(
        operation, storable(operation.path), {}, told, {"Authorization": f"Bearer {text}"}, b"", "127.0.0.1"
    )


def test_a_customers_token_has_its_own_calls_and_no_carriers(db: Database) -> None:
    answer = Desk().answer(ask(show_live, token(db, "live")))
    assert answer.status == 200
    assert b'"channels":2' in answer.body
    assert b'"level":"near"' in answer.body
    assert b"by_carrier" not in answer.body
    assert b"bolt" not in answer.body


def test_another_customer_is_not_there(db: Database) -> None:
    assert Desk().answer(ask(show_live, token(db, "live"), customer="bolt")).status == 404


def test_a_token_for_something_else_has_no_right_to_it(db: Database) -> None:
    text = token(db, "summary")
    assert Desk().answer(ask(show_live, text)).status == 403
    refused = Desk().admitted(ask(STREAMED, text))
    assert isinstance(refused, Answer)
    assert refused.status == 403


def test_a_stream_is_let_in_and_no_longer_once_its_token_is_revoked(db: Database) -> None:
    desk, request = Desk(), ask(STREAMED, token(db, "live"), calls="1")
    asked = desk.admitted(request)
    assert not isinstance(asked, Answer)
    assert desk.still(request, asked)
    with db.session() as session:
        (row,) = tokens.listing(session, session.get_one(Customer, "acme"))
        tokens.revoke(session, session.get_one(Customer, "acme"), row["id"], BY, datetime.now(UTC))
    assert not desk.still(request, asked)


def test_a_stream_of_something_else_is_refused(db: Database) -> None:
    refused = Desk().admitted(ask(STREAMED, token(db, "live"), calls="yes"))
    assert isinstance(refused, Answer)
    assert refused.status == 400
