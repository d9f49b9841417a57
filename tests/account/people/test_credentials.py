import threading

import pytest

from account.people.conftest import AT, OPERATOR, PASSWORD
from tollbook.account import audit
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.people import credentials, passwords, sessions
from tollbook.account.people.models import Person
from tollbook.account.people.persons import found, listing
from tollbook.errors import UsageError
from tollbook.params import Site

HERE = "192.0.2.7"
NEW = "several other words unlike those"


def begin(db: Database, login: str) -> str:
    with db.session() as session:
        return sessions.begin(session, found(session, login), HERE, "", AT)


def session_id(db: Database, token: str) -> int | None:
    with db.reading() as session:
        known = sessions.find(session, token, HERE, Site(), AT)
    return known.id if known else None


def has(db: Database, login: str, password: str) -> bool:
    with db.reading() as session:
        return passwords.matches(found(session, login).password_hash, password)


def by(person: Person) -> Actor:
    return Actor(person.id, person.login, HERE)


def test_a_password_that_is_set_counts_and_ends_every_session(people: Database) -> None:
    token = begin(people, "bob")
    credentials.set_password(people, "Bob", NEW, OPERATOR, AT)
    assert has(people, "bob", NEW)
    assert not has(people, "bob", PASSWORD)
    assert session_id(people, token) is None


@pytest.mark.parametrize("password", ["short", "password1234"])
def test_a_weak_password_is_not_set(people: Database, password: str) -> None:
    with pytest.raises(UsageError, match="several words that do not belong together"):
        credentials.set_password(people, "bob", password, OPERATOR, AT)
    assert has(people, "bob", PASSWORD)


def test_a_password_for_nobody_names_the_nearest(people: Database) -> None:
    with pytest.raises(UsageError, match="no person 'bop', did you mean 'bob'"):
        credentials.set_password(people, "bop", NEW, OPERATOR, AT)


def test_a_random_password_is_told_and_counts(people: Database) -> None:
    assert has(people, "bob", credentials.generate_password(people, "bob", OPERATOR, AT))


def test_ones_own_is_changed_by_who_knows_the_old_one_and_ends_the_other_sessions(
    people: Database, bob: Person
) -> None:
    keep, other = begin(people, "bob"), begin(people, "bob")
    credentials.change_password(people, by(bob), PASSWORD, NEW, session_id(people, keep), AT)
    assert has(people, "bob", NEW)
    assert (session_id(people, keep) is not None, session_id(people, other)) == (True, None)


def test_who_does_not_know_the_old_one_has_to_wait_as_at_signing_in(people: Database, bob: Person) -> None:
    for _ in range(6):
        with pytest.raises(UsageError, match=r"^The password is wrong$"):
            credentials.change_password(people, by(bob), NEW, NEW, None, AT)
    with pytest.raises(UsageError, match="wait 1 second"):
        credentials.change_password(people, by(bob), PASSWORD, NEW, None, AT)
    assert has(people, "bob", PASSWORD)
    with people.reading() as session:
        failed = [e for e in audit.events(session, None, None) if e["action"] == "confirm_password"]
    assert [e["outcome"] for e in failed] == ["failed"] * 6


def test_whoever_looks_as_another_changes_no_password(people: Database) -> None:
    with pytest.raises(UsageError, match="only by the person themselves"):
        credentials.change_password(people, Actor(1, "admin", seen_as="bob"), PASSWORD, NEW, None, AT)


def test_passwords_are_in_no_event(people: Database, bob: Person) -> None:
    credentials.set_password(people, "bob", NEW, OPERATOR, AT)
    with pytest.raises(UsageError):
        credentials.confirm_password(people, by(bob), "a wrong one", AT)
    with people.reading() as session:
        told = repr(list(audit.events(session, None, None)))
    assert not any(word in told for word in (NEW, PASSWORD, "a wrong one", "argon2"))


def test_the_first_start_makes_one_admin_with_a_random_password(database: Database) -> None:
    made = credentials.first_admin(database, AT)
    assert made
    login, password = made
    assert login == "admin"
    assert has(database, login, password)
    with database.reading() as session:
        assert [row["role"] for row in listing(session, "user")] == ["admin"]
    assert credentials.first_admin(database, AT) is None


def test_where_there_is_anybody_no_admin_is_made(people: Database) -> None:
    assert credentials.first_admin(people, AT) is None


def test_processes_that_start_at_once_make_one_admin(database: Database) -> None:
    made: list[tuple[str, str] | None] = []
    threads = [
        threading.Thread(target=lambda: made.append(credentials.first_admin(database, AT))) for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (first,) = [one for one in made if one]
    assert (len(made), has(database, *first)) == (5, True)
