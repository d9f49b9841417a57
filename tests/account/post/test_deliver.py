import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from account.post.conftest import AT, SECRET
from account.post.servers import Mailbox, free_port
from tollbook.account.database import Database
from tollbook.account.post import outbox
from tollbook.account.post.deliver import BACKOFF, HELD, deliver
from tollbook.account.post.models import Outgoing
from tollbook.account.secret import Secret
from tollbook.params import Site
from tollbook.servers import Mail

Put = Callable[..., int]

ONE_ROUND = """
import sys
from datetime import datetime
from tollbook.account.database import Database
from tollbook.account.post.deliver import deliver
from tollbook.account.secret import Secret
from tollbook.params import Site
url, site, at = sys.argv[1:]
deliver(Database(url), Secret(bytes(range(32))), Site.model_validate_json(site), lambda: datetime.fromisoformat(at))
"""


def row(db: Database, number: int) -> dict[str, Any]:
    with db.reading() as session:
        return next(one for one in outbox.listing(session) if one["id"] == number)


def at(moment: datetime = AT) -> Callable[[], datetime]:
    return lambda: moment


def test_what_is_due_is_sent_once_and_then_forgotten_what_it_said(
    database: Database, site: Site, box: Mailbox, put: Put
) -> None:
    numbers = [put(), put("bob@acme.example")]
    assert deliver(database, SECRET, site, at()) == {"sent": 2}
    assert deliver(database, SECRET, site, at()) == {}
    assert [mail["To"] for mail in box.mail] == ["anna@acme.example", "bob@acme.example"]
    assert len({mail["Message-ID"] for mail in box.mail}) == 2
    assert [row(database, number)["answer"] for number in numbers] == ["250 taken"] * 2
    with database.reading() as session:
        assert session.get_one(Outgoing, numbers[0]).content is None


def test_those_who_deliver_at_the_same_time_send_each_message_once(
    database: Database, site: Site, box: Mailbox, put: Put
) -> None:
    for number in range(6):
        put(f"p{number}@acme.example")
    threads = [threading.Thread(target=deliver, args=(database, SECRET, site, at())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(mail["To"] for mail in box.mail) == [f"p{number}@acme.example" for number in range(6)]


def test_a_process_that_is_killed_while_the_server_takes_the_mail_leaves_it_unsure_and_not_twice(
    database: Database, migrated_url: str, site: Site, box: Mailbox, put: Put
) -> None:
    number = put()
    words = [sys.executable, "-c", ONE_ROUND, migrated_url, site.model_dump_json(), AT.isoformat()]
    process = subprocess.Popen(words)
    box.before = lambda: os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    box.before = lambda: None
    assert row(database, number)["state"] == "handing_over"
    assert deliver(database, SECRET, site, at(AT + HELD)) == {}
    assert row(database, number)["state"] == "unsure"
    assert deliver(database, SECRET, site, at(AT + timedelta(days=1))) == {}
    assert len(box.mail) <= 1


def test_a_process_that_dies_before_it_hands_over_leaves_the_mail_to_the_next_one(
    database: Database, site: Site, box: Mailbox, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = put()

    def dies(*_words: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("tollbook.account.post.smtp.hand_over", dies)
        with pytest.raises(KeyboardInterrupt):
            deliver(database, SECRET, site, at())
    assert deliver(database, SECRET, site, at(AT + HELD - timedelta(seconds=1))) == {}
    assert deliver(database, SECRET, site, at(AT + HELD)) == {"sent": 1}
    assert (row(database, number)["attempts"], len(box.mail)) == (2, 1)


def test_a_process_that_was_too_slow_hands_over_nothing_that_another_one_has(
    database: Database, site: Site, box: Mailbox, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    put()
    from tollbook.account.post import smtp  # noqa: PLC0415

    hand_over = smtp.hand_over

    def slow(mail, message, promise) -> str:
        monkeypatch.setattr(smtp, "hand_over", hand_over)
        deliver(database, SECRET, site, at(AT + HELD))
        return hand_over(mail, message, promise)

    monkeypatch.setattr(smtp, "hand_over", slow)
    assert deliver(database, SECRET, site, at()) == {"waiting": 1}
    assert len(box.mail) == 1


def test_what_is_refused_for_now_is_tried_again_later_and_later_and_then_given_up(
    database: Database, site: Site, box: Mailbox, put: Put
) -> None:
    number, moment = put(), AT
    box.answers = "451 4.3.0 try again later"
    for wait in BACKOFF:
        assert deliver(database, SECRET, site, at(moment)) == {"waiting": 1}
        assert deliver(database, SECRET, site, at(moment + wait - timedelta(seconds=1))) == {}
        moment += wait
    assert deliver(database, SECRET, site, at(moment)) == {"refused": 1}
    assert row(database, number)["answer"] == "given up: 451 4.3.0 try again later"
    assert sum(BACKOFF, timedelta()) == timedelta(hours=22, minutes=21)


def test_a_message_that_failed_once_is_the_same_message_when_it_is_sent(
    database: Database, site: Site, box: Mailbox, put: Put
) -> None:
    number = put()
    box.answers = "451 later"
    deliver(database, SECRET, site, at())
    box.answers = ""
    assert deliver(database, SECRET, site, at(AT + BACKOFF[0])) == {"sent": 1}
    with database.reading() as session:
        kept = session.get_one(Outgoing, number).message_id
    assert box.mail[0]["Message-ID"] == f"<{kept}@carrier.example>"


def test_one_recipient_who_is_refused_keeps_nobody_else_from_their_mail(
    database: Database, site: Site, box: Mailbox, put: Put
) -> None:
    gone, busy, here = put("gone@acme.example"), put("busy@acme.example"), put()
    box.refuses = {"gone@acme.example": "550 5.1.1 no such user", "busy@acme.example": "450 4.2.1 busy"}
    assert deliver(database, SECRET, site, at()) == {"refused": 1, "waiting": 1, "sent": 1}
    states = [
        (row(database, number)["state"], row(database, number)["answer"]) for number in (gone, busy, here)
    ]
    assert states == [
        ("refused", "550 5.1.1 no such user"),
        ("waiting", "450 4.2.1 busy"),
        ("sent", "250 taken"),
    ]


def test_a_server_that_cannot_be_reached_ends_the_round(database: Database, put: Put) -> None:
    first, second = put(), put()
    down = Site(mail=Mail(host="localhost", port=free_port(), sender="a@b.example"))
    assert deliver(database, SECRET, down, at()) == {"waiting": 1}
    assert (row(database, first)["attempts"], row(database, second)["attempts"]) == (1, 0)
    assert "refused" in row(database, first)["answer"]


def test_without_a_server_nothing_is_tried(database: Database, put: Put) -> None:
    number = put()
    assert deliver(database, SECRET, Site(), at()) == {}
    assert row(database, number)["attempts"] == 0


def test_what_is_too_old_is_not_sent_and_what_it_said_is_gone(
    database: Database, site: Site, box: Mailbox, put: Put
) -> None:
    number = put(expires_at=AT + timedelta(hours=1))
    assert deliver(database, SECRET, site, at(AT + timedelta(hours=1))) == {}
    assert row(database, number)["state"] == "expired"
    with database.reading() as session:
        assert session.get_one(Outgoing, number).content is None
    assert box.mail == []


def test_only_what_is_named_is_sent(database: Database, site: Site, box: Mailbox, put: Put) -> None:
    first, second = put(), put("bob@acme.example")
    assert deliver(database, SECRET, site, at(), [second]) == {"sent": 1}
    assert row(database, first)["state"] == "waiting"
    assert [mail["To"] for mail in box.mail] == ["bob@acme.example"]


def test_with_another_secret_a_message_cannot_be_read_and_says_so(
    database: Database, site: Site, put: Put
) -> None:
    number = put()
    assert deliver(database, Secret(bytes(32)), site, at()) == {}
    assert row(database, number)["answer"] == "it was sealed with another secret of the workspace"


def test_what_is_long_over_is_forgotten_and_what_is_unsure_stays(
    database: Database, site: Site, put: Put
) -> None:
    over, unsure, due = put(), put(), put()
    with database.session() as session:
        session.get_one(Outgoing, over).state = "sent"
        session.get_one(Outgoing, unsure).state = "unsure"
    deliver(database, SECRET, site, at(AT + timedelta(days=91)))
    with database.reading() as session:
        assert {one["id"]: one["state"] for one in outbox.listing(session)} == {unsure: "unsure", due: "sent"}
