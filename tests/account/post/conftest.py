"""A mailbox behind a server with STARTTLS and a password, and messages on their way to it."""

import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from account.post.servers import PASSWORD, Mailbox, smtp
from tollbook.account.database import Database
from tollbook.account.post import outbox
from tollbook.account.post.message import Message
from tollbook.account.secret import Secret
from tollbook.params import Site

AT = datetime(2026, 10, 5, 9, tzinfo=UTC)
SECRET = Secret(bytes(range(32)))


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


@pytest.fixture
def site(box: Mailbox, encrypted: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Mail goes into the box."""
    monkeypatch.setenv("TOLLBOOK_SMTP_PASSWORD", PASSWORD)
    with smtp(box, encrypted) as mail:
        yield Site(mail=mail)


@pytest.fixture
def put(database: Database) -> Callable[..., int]:
    """Put a mail to somebody into the outbox."""

    def put_(to: str = "anna@acme.example", **more: object) -> int:
        with database.session() as session:
            return outbox.put(session, SECRET, Message(to, "Hello", subject="Hello"), "test", AT, **more)

    return put_
