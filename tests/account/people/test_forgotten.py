import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from account.people.conftest import AT, OPERATOR
from tollbook.account import audit
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.people import forgotten, limits, persons, resets, verify
from tollbook.account.people.models import ResetLink
from tollbook.account.people.persons import found
from tollbook.account.post import outbox
from tollbook.account.post.message import Message
from tollbook.account.post.models import Outgoing
from tollbook.account.secret import Secret
from tollbook.errors import UsageError
from tollbook.params import Site
from tollbook.servers import Mail

HERE = "192.0.2.7"
SITE = Site(
    name="Calls", address="https://calls.example/tb/", mail=Mail(host="localhost", sender="a@b.example")
)


@pytest.fixture
def written(people: Database) -> Database:
    """An operator has entered bob's e-mail address."""
    with people.session() as session:
        persons.change(session, "contact", "bob", {"email": "bob@acme.example"}, OPERATOR)
    return people


def messages(db: Database, secret: Secret) -> list[Message]:
    with db.reading() as session:
        sealed = session.scalars(select(Outgoing.content).order_by(Outgoing.id)).all()
    return [Message.loads(secret.unseal(one or "", outbox.PURPOSE) or "") for one in sealed]


@contextmanager
def statements(db: Database) -> Iterator[list[str]]:
    """What is asked of the database meanwhile, without its values."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("named", ["bob", " BOB ", "bob@acme.example", "Bob@ACME.example"])
def test_a_login_name_or_an_address_gets_a_link_that_counts_once_for_an_hour(
    written: Database, secret: Secret, named: str
) -> None:
    forgotten.send(written, secret, SITE, named, HERE, AT)
    (message,) = messages(written, secret)
    assert (message.to, message.subject) == ("bob@acme.example", "A new password for Calls")
    (token,) = re.findall(r"^https://calls\.example/tb/reset/(\S+)$", message.text, re.MULTILINE)
    with written.reading() as session:
        assert resets.holder(session, token, AT) == "bob"
        assert token not in {*session.scalars(select(ResetLink.hash))}
        assert session.scalar(select(Outgoing.expires_at)) == AT + timedelta(hours=1)
    resets.use(written, token, "several other words unlike those", HERE, AT)
    with written.reading() as session:
        assert resets.holder(session, token, AT) is None


def test_the_answer_and_the_work_before_it_are_the_same_whoever_is_named(written: Database) -> None:
    seen = []
    for named in ("bob", "bob@acme.example", "nobody", "nobody@acme.example"):
        with statements(written) as asked:
            answer = forgotten.ask(written, SITE, named, HERE, AT)
        seen.append((answer, re.sub(r"sa_savepoint_\d+", "", "\n".join(asked))))
    assert len({answer for answer, _ in seen}) == 1
    assert seen[1] == seen[2] == seen[3]
    with written.reading() as session:
        assert session.scalar(select(Outgoing)) is None


def test_nobody_is_written_to_who_is_unknown_disabled_or_has_no_address(
    written: Database, secret: Secret
) -> None:
    with written.session() as session:
        persons.disable(session, "bob", OPERATOR)
    for named in ("bob", "bob@acme.example", "anna", "nobody", ""):
        forgotten.send(written, secret, SITE, named, HERE, AT)
    assert messages(written, secret) == []
    with written.reading() as session:
        told = [one for one in audit.events(session, None, None) if one["action"] == "reset_link"]
    assert {(one["login"], one["outcome"], one["address"]) for one in told} == {("", "failed", HERE)}


def test_an_address_that_one_wrote_oneself_gets_no_link_before_a_code_came_from_it(
    written: Database, secret: Secret
) -> None:
    with written.session() as session:
        own = Actor(found(session, "bob").id, "bob", HERE)
        persons.change_own(session, own, {"email": "thief@evil.example"})
    for named in ("bob", "thief@evil.example", "bob@acme.example"):
        forgotten.send(written, secret, SITE, named, HERE, AT)
    assert messages(written, secret) == []
    verify.begin(written, secret, SITE, own, "email", AT)
    (code,) = re.findall(r"^\d{6}$", messages(written, secret)[0].text, re.MULTILINE)
    verify.confirm(written, secret, own, "email", code, AT)
    forgotten.send(written, secret, SITE, "bob", HERE, AT)
    assert messages(written, secret)[1].to == "thief@evil.example"


def test_people_with_one_address_are_all_written_to(written: Database, secret: Secret) -> None:
    with written.session() as session:
        persons.change(session, "user", "anna", {"email": "BOB@acme.example"}, OPERATOR)
    forgotten.send(written, secret, SITE, "bob@acme.example", HERE, AT)
    assert len(messages(written, secret)) == 2


def test_who_asks_too_often_waits_known_or_not(written: Database) -> None:
    for named in ("bob", "nobody"):
        waits = [
            forgotten.ask(written, SITE, named, HERE, AT).wait_s for _ in range(limits.FREE["login"] + 2)
        ]
        assert waits == [0, 0, 0, 0, 0, 0, 1]
    asked = forgotten.ask(written, SITE, "bob", HERE, AT)
    assert asked.words == "Asked for too often: wait 1 second"


@pytest.mark.parametrize(
    "site", [Site(), SITE.model_copy(update={"address": ""}), Site(address=SITE.address)]
)
def test_where_no_mail_is_sent_or_the_address_is_unknown_an_admin_has_to_be_asked(
    written: Database, site: Site
) -> None:
    assert not forgotten.offered(site)
    with pytest.raises(UsageError, match="ask an admin for a link"):
        forgotten.ask(written, site, "bob", HERE, AT)
