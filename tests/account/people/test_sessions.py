from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from account.people.conftest import AT, OPERATOR
from tollbook.account import audit
from tollbook.account.database import Database
from tollbook.account.people import persons, sessions
from tollbook.account.people.models import Person, PersonSession
from tollbook.account.people.persons import found
from tollbook.account.people.sessions import Signed
from tollbook.account.scope import Scope
from tollbook.errors import UsageError
from tollbook.params import Site

SITE = Site(idle_minutes=60, session_hours=12)
HERE = "192.0.2.7"
MINUTE = timedelta(minutes=1)


def begin(db: Database, login: str = "bob", at: datetime = AT, agent: str = "Firefox") -> str:
    with db.session() as session:
        return sessions.begin(session, found(session, login), HERE, agent, at)


def find(db: Database, token: str, at: datetime = AT, address: str = HERE) -> Signed | None:
    with db.reading() as session:
        return sessions.find(session, token, address, SITE, at)


def signed(db: Database, token: str, at: datetime = AT) -> Signed:
    known = find(db, token, at)
    assert known
    return known


def rows(db: Database) -> list[PersonSession]:
    with db.reading() as session:
        return list(session.scalars(select(PersonSession).order_by(PersonSession.id)))


def test_a_token_finds_who_it_is_and_what_they_may(people: Database) -> None:
    known = signed(people, begin(people))
    assert (known.who.login, known.seen_as, known.scope) == ("bob", None, Scope("contact", "acme", "aliases"))
    assert (known.actor.login, known.actor.address) == ("bob", HERE)


def test_only_a_hash_of_the_token_is_kept(people: Database) -> None:
    token = begin(people)
    (row,) = rows(people)
    assert token not in repr(vars(row))
    assert find(people, row.hash) is None


@pytest.mark.parametrize("token", ["", "x", "' OR 1=1 --"])
def test_an_unknown_token_is_nobodys(people: Database, token: str) -> None:
    begin(people)
    assert find(people, token) is None


def test_an_agent_is_cut_and_an_address_written_in_one_way(people: Database) -> None:
    with people.session() as session:
        sessions.begin(session, found(session, "bob"), "::ffff:192.0.2.7", "x" * 500, AT)
    (row,) = rows(people)
    assert (row.address, row.agent) == (HERE, "x" * 200)


def test_a_session_ends_when_nothing_was_asked_for_an_hour(people: Database) -> None:
    token = begin(people)
    assert find(people, token, AT + 59 * MINUTE)
    assert find(people, token, AT + 60 * MINUTE) is None


def test_a_session_in_use_goes_on_and_ends_after_twelve_hours_in_any_case(people: Database) -> None:
    token = begin(people)
    for quarter in range(1, 48):
        at = AT + quarter * 15 * MINUTE
        known = signed(people, token, at)
        with people.session() as session:
            sessions.touch(session, known.id, at)
    assert find(people, token, AT + 12 * 60 * MINUTE - MINUTE)
    assert find(people, token, AT + 12 * 60 * MINUTE) is None


def test_use_is_written_once_a_minute_at_most(people: Database) -> None:
    token = begin(people)
    known = signed(people, token, AT + 59 * MINUTE / 60)
    assert not sessions.due(known, AT + MINUTE - timedelta(seconds=1))
    assert sessions.due(known, AT + MINUTE)
    with people.session() as session:
        sessions.touch(session, known.id, AT + MINUTE - timedelta(seconds=1))
    assert rows(people)[0].last_used_at == AT
    with people.session() as session:
        sessions.touch(session, known.id, AT + MINUTE)
    assert rows(people)[0].last_used_at == AT + MINUTE


def test_a_disabled_persons_session_is_none(people: Database) -> None:
    token = begin(people)
    with people.session() as session:
        found(session, "bob").disabled_at = AT
    assert find(people, token) is None


def test_a_session_counts_only_from_allowed_addresses(people: Database) -> None:
    token = begin(people)
    with people.session() as session:
        persons.change(session, "contact", "bob", {"allowed_addresses": "192.0.2.0/24"}, OPERATOR)
    assert find(people, token)
    assert find(people, token, address="198.51.100.1") is None
    assert find(people, token)


def test_another_role_counts_at_once(people: Database) -> None:
    token = begin(people, "anna")
    assert signed(people, token).scope.role == "analyst"
    with people.session() as session:
        persons.change(session, "user", "anna", {"role": "admin"}, OPERATOR)
    assert signed(people, token).scope.role == "admin"


def test_ones_own_open_sessions_are_listed_the_last_used_first(people: Database, bob: Person) -> None:
    begin(people, at=AT - timedelta(hours=2))
    begin(people, at=AT - timedelta(minutes=5), agent="Phone")
    begin(people, agent="Laptop")
    begin(people, "anna")
    with people.reading() as session:
        listed = sessions.own(session, bob.id, SITE, AT)
    assert [row["agent"] for row in listed] == ["Laptop", "Phone"]
    assert set(listed[0]) == {"id", "created_at", "last_used_at", "address", "agent"}


def test_one_ends_ones_own_session_and_nobody_elses(people: Database, bob: Person) -> None:
    mine, hers = begin(people), begin(people, "anna")
    own_id, her_id = signed(people, mine).id, signed(people, hers).id
    with people.session() as session:
        assert not sessions.end(session, bob.id, her_id, OPERATOR, AT)
        assert sessions.end(session, bob.id, own_id, OPERATOR, AT)
        assert not sessions.end(session, bob.id, own_id, OPERATOR, AT)
    assert find(people, mine) is None
    assert find(people, hers)


def test_all_others_end_and_the_kept_one_goes_on(people: Database, bob: Person) -> None:
    keep, *others = (begin(people) for _ in range(3))
    with people.session() as session:
        assert sessions.end_others(session, bob.id, signed(people, keep).id, OPERATOR, AT) == 2
    assert find(people, keep)
    assert [find(people, token) for token in others] == [None, None]


def test_sessions_of_long_ago_are_forgotten(people: Database) -> None:
    begin(people)
    begin(people, at=AT + timedelta(days=91))
    assert len(rows(people)) == 1


def test_an_operator_looks_as_a_contact_with_its_rights_and_no_more(people: Database) -> None:
    token = begin(people, "admin")
    sessions.view_as(people, signed(people, token), "bob", AT)
    known = signed(people, token)
    assert (known.who.login, known.seen_as and known.seen_as.login) == ("admin", "bob")
    assert known.scope == Scope("contact", "acme", "aliases")
    assert not known.scope.may("see", "people")
    assert (known.actor.login, known.actor.seen_as) == ("admin", "bob")
    with people.session() as session:
        sessions.view_as_oneself(session, known, AT)
    assert signed(people, token).scope == Scope("admin")
    with people.reading() as session:
        told = [(e["action"], e["login"], e["as_login"]) for e in audit.events(session, AT, None)]
    assert ("view_as", "admin", "") in told
    assert ("view_as_oneself", "admin", "bob") in told


def test_nobody_looks_as_an_operator_and_a_contact_as_nobody(people: Database) -> None:
    with pytest.raises(UsageError, match="'anna' is a user, not a contact"):
        sessions.view_as(people, signed(people, begin(people, "admin")), "anna", AT)
    with pytest.raises(UsageError, match="Only users of the account"):
        sessions.view_as(people, signed(people, begin(people, "bob")), "bob", AT)
    with people.reading() as session:
        assert [e["outcome"] for e in audit.events(session, AT, None) if e["action"] == "view_as"] == [
            "refused"
        ]
