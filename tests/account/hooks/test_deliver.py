"""Telling what waits, to a real server on this machine."""

import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from account.hooks.receivers import Receiver, receiving
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.hooks import deliver as telling
from tollbook.account.hooks import endpoints, line, outbox
from tollbook.account.hooks.models import WebhookEndpoint
from tollbook.account.models import Customer
from tollbook.account.secret import workspace_secret
from tollbook.billing import payments
from tollbook.workspace import Workspace

BY = Actor(None, "test")
AT = datetime.now(UTC)


class Account:
    """An account whose receiver is told of payments, and its clock."""

    def __init__(self, workspace: Workspace) -> None:
        self.db, self.secret, self.at = Database.of(workspace), workspace_secret(workspace), AT
        self.told: list[str] = []

    def listens(self, receiver: Receiver) -> None:
        with self.db.session() as session:
            told, _ = endpoints.add(session, self.secret, receiver.url, [], BY, self.at, loopback=True)
        self.told.append(told)

    def paid(self) -> None:
        with self.db.session() as session:
            payments.add(session, BY, "acme", "1", "cash", received_at=self.at)

    def deliver(self, **more: Any) -> dict[str, int]:
        self.at = max(self.at, datetime.now(UTC))
        return telling.deliver(self.db, self.secret, lambda: self.at, **{"loopback": True, **more})

    def listed(self) -> list[dict[str, Any]]:
        with self.db.reading() as session:
            return outbox.listing(session)


def killed_at_once(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.fixture
def account(charged: Workspace) -> Iterator[Account]:
    made = Account(charged)
    yield made
    made.db.close()


def test_each_is_told_once_and_signed(account: Account) -> None:
    with receiving() as receiver:
        account.listens(receiver)
        account.paid()
        account.paid()
        assert account.deliver() == {"delivered": 2}
        assert account.deliver() == {}
    assert len(set(receiver.names)) == 2
    for headers, body in receiver.came:
        assert json.loads(body)["id"] == headers["webhook-id"]
        key = b64decode(account.told[0].removeprefix("whsec_"))
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        expected = "v1," + b64encode(hmac.digest(key, signed, "sha256")).decode()
        assert headers["webhook-signature"] == expected
        assert abs(int(headers["webhook-timestamp"]) - account.at.timestamp()) < 2
    assert [row["answer"] for row in account.listed()] == ["204 No Content"] * 2


def test_a_refusal_is_tried_again_later_under_the_same_id(account: Account) -> None:
    with receiving(500, 200) as receiver:
        account.listens(receiver)
        account.paid()
        assert account.deliver() == {"waiting": 1}
        assert account.deliver() == {}
        account.at += telling.BACKOFF[0] + timedelta(seconds=1)
        assert account.deliver() == {"delivered": 1}
    assert len(receiver.came) == 2
    assert len(set(receiver.names)) == 1
    assert receiver.came[0][1] == receiver.came[1][1]


def test_no_answer_is_one_that_is_tried_again_and_others_of_the_same_wait(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "ANSWER_S", 0.2)
    with receiving(0, 200) as silent, receiving() as other:
        account.listens(silent)
        account.listens(other)
        account.paid()
        account.paid()
        assert account.deliver() == {"waiting": 1, "delivered": 2}
        assert len(silent.came) == 1
        monkeypatch.undo()
        account.at += telling.BACKOFF[0] + timedelta(seconds=1)
        assert account.deliver() == {"delivered": 2}
    assert sorted(set(silent.names)) == sorted(other.names)


def test_one_that_does_not_answer_yet_stops_no_other(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "ANSWER_S", 120)
    monkeypatch.setattr(line, "WHOLE_S", 120)
    with receiving(0) as slow, receiving() as other:
        slow.over = other.heard  # it answers once the other one was told
        account.listens(slow)
        account.listens(other)
        account.paid()
        assert account.deliver() == {"delivered": 2}


def test_pauses_grow_until_it_is_given_up(account: Account) -> None:
    with receiving(503) as receiver:
        account.listens(receiver)
        account.paid()
        for pause in telling.BACKOFF:
            assert account.deliver() == {"waiting": 1}
            assert account.listed()[0]["next_at"] == account.at + pause
            account.at += pause
        assert account.deliver() == {"given_up": 1}
        account.at += timedelta(days=30)
        assert account.deliver() == {}
    assert len(receiver.came) == len(telling.BACKOFF) + 1
    (row,) = account.listed()
    assert (row["state"], row["answer"]) == ("given_up", "503 Service Unavailable")


def test_nothing_is_led_elsewhere(account: Account) -> None:
    with receiving(302) as receiver:
        account.listens(receiver)
        account.paid()
        assert account.deliver() == {"waiting": 1}
    assert receiver.paths == ["/"]
    assert account.listed()[0]["answer"] == "302 Found"


def test_what_is_no_longer_allowed_is_sent_nowhere(account: Account) -> None:
    with receiving() as receiver:
        account.listens(receiver)
        account.paid()
        assert account.deliver(loopback=False) == {"waiting": 1}
    assert receiver.came == []
    assert "by https only" in account.listed()[0]["answer"]


def test_whoever_dies_with_one_leaves_it_to_the_next(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiving() as receiver:
        account.listens(receiver)
        account.paid()
        with monkeypatch.context() as killed:
            killed.setattr(telling, "_finish", killed_at_once)
            with pytest.raises(KeyboardInterrupt):
                account.deliver()
        assert account.deliver() == {}
        account.at += telling.HELD
        assert account.deliver() == {"delivered": 1}
    assert len(receiver.came) == 2
    assert len(set(receiver.names)) == 1


def test_a_secret_of_another_workspace_gives_up(account: Account) -> None:
    with receiving() as receiver:
        account.listens(receiver)
        account.paid()
        with account.db.session() as session:
            session.execute(update(WebhookEndpoint).values(secret="sealed otherwise"))
        assert account.deliver() == {}
    assert receiver.came == []
    assert account.listed()[0]["state"] == "given_up"


def test_only_those_that_are_named(account: Account) -> None:
    with receiving() as receiver:
        account.listens(receiver)
        account.paid()
        account.paid()
        assert account.deliver(only=[2]) == {"delivered": 1}
    assert [row["state"] for row in account.listed()] == ["delivered", "waiting"]


def test_what_is_long_over_is_forgotten(account: Account) -> None:
    with receiving(200, 500) as receiver:
        account.listens(receiver)
        account.paid()
        account.paid()
        assert account.deliver() == {"delivered": 1, "waiting": 1}
        account.at += timedelta(days=91)
        account.deliver()
    assert [row["id"] for row in account.listed()] == [2]


def test_on_either_database(database: Database, workspace: Workspace) -> None:
    account = Account(workspace)
    account.db.close()
    account.db = database
    with database.session() as session:
        session.add(Customer(id="acme", name="ACME", currency="EUR"))
    with receiving(500, 200) as receiver:
        account.listens(receiver)
        account.paid()
        assert account.deliver() == {"waiting": 1}
        account.at += telling.BACKOFF[0] + timedelta(seconds=1)
        assert account.deliver() == {"delivered": 1}
    assert len(set(receiver.names)) == 1
