from datetime import timedelta

import pytest
from sqlalchemy import select

from account.people.conftest import AT, OPERATOR, PASSWORD
from tollbook.account import audit
from tollbook.account.database import Database
from tollbook.account.people import passwords, persons, resets, sessions
from tollbook.account.people.models import ResetLink
from tollbook.account.people.persons import found
from tollbook.errors import UsageError
from tollbook.params import Site

HERE = "192.0.2.7"
NEW = "several other words unlike those"
NO_LONGER = "^This link no longer counts: ask for another one$"


def make(db: Database, login: str = "bob") -> str:
    with db.session() as session:
        return resets.make(session, login, OPERATOR, AT)


def has(db: Database, password: str) -> bool:
    with db.reading() as session:
        return passwords.matches(found(session, "bob").password_hash, password)


def test_a_link_sets_the_password_and_ends_every_session(people: Database) -> None:
    with people.session() as session:
        signed_in = sessions.begin(session, found(session, "bob"), HERE, "", AT)
    resets.use(people, make(people), NEW, HERE, AT)
    assert has(people, NEW)
    with people.reading() as session:
        assert sessions.find(session, signed_in, HERE, Site(), AT) is None


def test_a_link_counts_once(people: Database) -> None:
    token = make(people)
    resets.use(people, token, NEW, HERE, AT)
    with pytest.raises(UsageError, match=NO_LONGER):
        resets.use(people, token, PASSWORD, HERE, AT)
    assert has(people, NEW)


def test_a_link_counts_for_an_hour(people: Database) -> None:
    token = make(people)
    late = AT + timedelta(hours=1)
    with people.reading() as session:
        assert resets.holder(session, token, late - timedelta(seconds=1)) == "bob"
        assert resets.holder(session, token, late) is None
    with pytest.raises(UsageError, match=NO_LONGER):
        resets.use(people, token, NEW, HERE, late)


def test_the_newest_link_of_a_person_is_the_only_one(people: Database) -> None:
    first, others, second = make(people), make(people, "anna"), make(people)
    with people.reading() as session:
        holders = [resets.holder(session, token, AT) for token in (first, others, second)]
    assert holders == [None, "anna", "bob"]


def test_a_weak_password_leaves_the_link(people: Database) -> None:
    token = make(people)
    with pytest.raises(UsageError, match="Too short"):
        resets.use(people, token, "short", HERE, AT)
    resets.use(people, token, NEW, HERE, AT)
    assert has(people, NEW)


def test_a_link_of_somebody_disabled_counts_no_more_and_none_is_made(people: Database) -> None:
    token = make(people)
    with people.session() as session:
        persons.disable(session, "bob", OPERATOR)
    with pytest.raises(UsageError, match=NO_LONGER):
        resets.use(people, token, NEW, HERE, AT)
    with pytest.raises(UsageError, match="'bob' is disabled: `tollbook user enable bob` first"):
        make(people)


@pytest.mark.parametrize("token", ["", "x", "' OR 1=1 --"])
def test_a_made_up_link_is_nobodys(people: Database, token: str) -> None:
    make(people)
    with pytest.raises(UsageError, match=NO_LONGER):
        resets.use(people, token, NEW, HERE, AT)


def test_only_a_hash_is_kept_and_nothing_of_it_is_audited(people: Database) -> None:
    token = make(people)
    resets.use(people, token, NEW, HERE, AT)
    with people.reading() as session:
        (link,) = session.scalars(select(ResetLink))
        told = list(audit.events(session, AT, AT + timedelta(seconds=1)))
    assert token not in repr(vars(link))
    assert token not in repr(told)
    assert [(e["login"], e["action"]) for e in told] == [
        ("root (command line)", "reset_link"),
        ("bob", "set_password"),
    ]


@pytest.mark.parametrize(
    ("base", "path"),
    [("/", "/reset/abc"), ("https://x.example/t/", "https://x.example/t/reset/abc"), ("/t", "/t/reset/abc")],
)
def test_a_link_leads_to_the_portal(base: str, path: str) -> None:
    assert resets.path("abc", base) == path
