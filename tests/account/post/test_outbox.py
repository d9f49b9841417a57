from collections.abc import Callable

import pytest
from sqlalchemy import select

from account.post.conftest import AT, SECRET
from tollbook.account import audit
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.post import outbox
from tollbook.account.post.message import Message
from tollbook.account.post.models import Outgoing
from tollbook.errors import UsageError
from tollbook.params import Site
from tollbook.servers import Mail, Sms

Put = Callable[..., int]
ROOT = Actor(None, "root")


def test_a_message_is_there_if_and_only_if_the_change_is(database: Database, put: Put) -> None:
    message = Message("bob@acme.example", "Hello", subject="Hello")

    def fails() -> None:
        with database.session() as session:
            outbox.put(session, SECRET, message, "test", AT)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    number = put()
    with database.reading() as session:
        assert [row["id"] for row in outbox.listing(session)] == [number]


def test_what_it_says_is_not_kept_in_the_clear_and_not_listed(database: Database) -> None:
    with database.session() as session:
        outbox.put(session, SECRET, Message("a@b.example", "the link", subject="s"), "reset_link", AT)
    with database.reading() as session:
        content = session.scalar(select(Outgoing.content))
        (row,) = outbox.listing(session)
    assert "the link" in str(SECRET.unseal(content, outbox.PURPOSE))
    assert "the link" not in content + repr(row)
    assert row.items() >= {"recipient": "a@b.example", "purpose": "reset_link", "state": "waiting"}.items()


def test_the_list_is_the_newest_first_and_of_one_state_if_named(database: Database, put: Put) -> None:
    first, second = put(), put()
    with database.session() as session:
        session.get_one(Outgoing, first).state = "unsure"
    with database.reading() as session:
        assert [row["id"] for row in outbox.listing(session)] == [second, first]
        assert [row["id"] for row in outbox.listing(session, "unsure")] == [first]
        with pytest.raises(UsageError, match="state 'unsur', did you mean 'unsure'"):
            outbox.listing(session, "unsur")


def test_one_that_is_unsure_is_sent_again_by_somebody_and_the_audit_knows(
    database: Database, put: Put
) -> None:
    number = put()
    with database.session() as session:
        session.get_one(Outgoing, number).state = "unsure"
    with database.session() as session:
        outbox.again(session, [number], ROOT, AT)
    with database.reading() as session:
        assert [row["id"] for row in outbox.listing(session, "waiting")] == [number]
        (event,) = audit.events(session, None, None)
    assert (event["login"], event["action"], event["before"]) == ("root", "send_again", {"state": "unsure"})


@pytest.mark.parametrize(
    ("state", "content", "words"),
    [
        ("sent", None, "is sent: its content is gone"),
        ("handing_over", "x", "is being handed over: look again in a few minutes"),
    ],
)
def test_what_cannot_be_sent_again_says_why(
    database: Database, put: Put, state: str, content: str | None, words: str
) -> None:
    number = put()
    with database.session() as session:
        row = session.get_one(Outgoing, number)
        row.state, row.content, row.next_at = state, content, AT.replace(minute=5)
    with pytest.raises(UsageError, match=words), database.session() as session:
        outbox.again(session, [number], ROOT, AT)
    with pytest.raises(UsageError, match="there is no message 99"), database.session() as session:
        outbox.again(session, [99], ROOT, AT)


def test_nothing_is_ready_before_it_is_set_up() -> None:
    text = {"url": "https://gateway.example", "body": "{to}{text}"}
    both = Site(mail=Mail(host="mail.example", sender="a@b.example"), sms=Sms(**text))
    channels = ("mail", "sms")
    assert [outbox.ready(site, channel) for site in (Site(), both) for channel in channels] == [
        *(False, False),
        *(True, True),
    ]
