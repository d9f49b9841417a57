import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from account.people.conftest import AT, OPERATOR
from tollbook.account import audit
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.people import persons, verify
from tollbook.account.people.models import Person, VerificationCode
from tollbook.account.people.persons import found
from tollbook.account.post import outbox
from tollbook.account.post.message import Message
from tollbook.account.post.models import Outgoing
from tollbook.account.secret import Secret
from tollbook.errors import UsageError
from tollbook.params import Site
from tollbook.servers import Mail, Sms

SITE = Site(
    mail=Mail(host="localhost", sender="a@b.example"),
    sms=Sms(url="https://gateway.example", body="{to} {text}"),
)
BOTH = pytest.mark.parametrize("what", ["email", "mobile"])


@pytest.fixture
def own(people: Database, bob: Person) -> Actor:
    """Bob, who has entered both."""
    by = Actor(bob.id, "bob", "192.0.2.7")
    with people.session() as session:
        persons.change_own(session, by, {"email": "bob@acme.example", "mobile": "+4930123456"})
    return by


def code(db: Database, secret: Secret) -> str:
    """The one that was sent last."""
    with db.reading() as session:
        sealed = session.scalars(select(Outgoing.content).order_by(Outgoing.id)).all()[-1]
    message = Message.loads(secret.unseal(sealed or "", outbox.PURPOSE) or "")
    return re.findall(r"\b\d{6}\b", message.text)[0]


def verified(db: Database, what: str) -> bool:
    with db.reading() as session:
        return getattr(found(session, "bob"), f"{what}_verified_at") is not None


@BOTH
def test_the_code_that_was_sent_verifies(people: Database, secret: Secret, own: Actor, what: Any) -> None:
    verify.begin(people, secret, SITE, own, what, AT)
    sent = code(people, secret)
    verify.confirm(people, secret, own, what, f" {sent[:3]} {sent[3:]} ", AT)
    assert verified(people, what)
    with people.reading() as session:
        told = [one for one in audit.events(session, None, None) if one["action"] == "verify"]
    assert [(one["login"], one["outcome"]) for one in told] == [("bob", "done")]
    with pytest.raises(UsageError, match="verified already"):
        verify.begin(people, secret, SITE, own, what, AT)


@BOTH
def test_a_change_makes_it_unverified_and_an_earlier_code_worthless(
    people: Database, secret: Secret, own: Actor, what: Any
) -> None:
    verify.begin(people, secret, SITE, own, what, AT)
    sent = code(people, secret)
    with people.session() as session:
        persons.change_own(session, own, {"email": "new@acme.example", "mobile": "+4930999999"})
    with pytest.raises(UsageError, match="This code is wrong"):
        verify.confirm(people, secret, own, what, sent, AT)
    verify.begin(people, secret, SITE, own, what, AT)
    verify.confirm(people, secret, own, what, code(people, secret), AT)
    with people.session() as session:
        persons.change(
            session, "contact", "bob", {"email": "x@acme.example", "mobile": "+4930111111"}, OPERATOR
        )
    assert not verified(people, what)


def test_a_code_counts_for_a_quarter_of_an_hour_and_for_what_it_was_sent_to(
    people: Database, secret: Secret, own: Actor
) -> None:
    verify.begin(people, secret, SITE, own, "email", AT)
    sent = code(people, secret)
    with pytest.raises(UsageError, match="no longer counts"):
        verify.confirm(people, secret, own, "mobile", sent, AT)
    with pytest.raises(UsageError, match="no longer counts"):
        verify.confirm(people, secret, own, "email", sent, AT + verify.VALID)
    verify.confirm(people, secret, own, "email", sent, AT + verify.VALID - timedelta(seconds=1))


def test_after_five_wrong_tries_even_the_right_code_is_wrong(
    people: Database, secret: Secret, own: Actor
) -> None:
    verify.begin(people, secret, SITE, own, "email", AT)
    sent = code(people, secret)
    wrong = "000000" if sent != "000000" else "111111"
    for _ in range(verify.TRIES):
        with pytest.raises(UsageError, match="This code is wrong"):
            verify.confirm(people, secret, own, "email", wrong, AT)
    with pytest.raises(UsageError, match="no longer counts"):
        verify.confirm(people, secret, own, "email", sent, AT)


def test_a_newer_code_takes_the_place_of_an_older_one(people: Database, secret: Secret, own: Actor) -> None:
    codes = []
    while len(set(codes)) < 2:  # two of a million may be the same
        verify.begin(people, secret, SITE, own, "email", AT + timedelta(minutes=len(codes)))
        codes.append(code(people, secret))
    with pytest.raises(UsageError, match="This code is wrong"):
        verify.confirm(people, secret, own, "email", codes[0], AT)
    verify.confirm(people, secret, own, "email", codes[-1], AT)


def test_what_is_kept_of_a_code_is_no_hash_that_trying_a_million_would_find(
    people: Database, secret: Secret, own: Actor
) -> None:
    verify.begin(people, secret, SITE, own, "email", AT)
    sent = code(people, secret)
    with people.reading() as session:
        (kept,) = session.scalars(select(VerificationCode.hash))
        person = found(session, "bob")
    assert kept == verify._hash(secret, person, "email", sent)
    assert kept != verify._hash(Secret(bytes(32)), person, "email", sent)


def test_who_asks_for_too_many_waits(people: Database, secret: Secret, own: Actor) -> None:
    for _ in range(6):
        verify.begin(people, secret, SITE, own, "email", AT)
    with pytest.raises(UsageError, match="Asked for too often: wait 1 second"):
        verify.begin(people, secret, SITE, own, "email", AT)


@BOTH
def test_nothing_is_sent_without_a_server_or_without_an_address(
    people: Database, secret: Secret, bob: Person, own: Actor, what: Any
) -> None:
    with pytest.raises(UsageError, match="an admin has to set it up first"):
        verify.begin(people, secret, Site(), own, what, AT)
    with people.session() as session:
        persons.change_own(session, own, {"email": "", "mobile": ""})
    with pytest.raises(UsageError, match="enter one first"):
        verify.begin(people, secret, SITE, own, what, AT)
    with pytest.raises(UsageError, match="only by the person themselves"):
        verify.begin(people, secret, SITE, Actor(bob.id, "bob", seen_as="x"), what, AT)
    with people.reading() as session:
        assert session.scalar(select(Outgoing)) is None
