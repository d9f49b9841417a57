import time
from datetime import datetime, timedelta

import pyotp
import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from account.people.conftest import AT, OPERATOR, PASSWORD
from tollbook.account import audit
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.people import credentials, passwords, persons, sessions, signin, twofactor
from tollbook.account.people.models import Person, PersonSession, SignInFailure
from tollbook.account.people.persons import found
from tollbook.account.people.signin import Answer, Place
from tollbook.account.secret import Secret
from tollbook.params import Site

HERE = Place("192.0.2.7", "Firefox")
WRONG = "another few unlikely words"
SECOND = timedelta(seconds=1)


def sign_in(
    db: Database, secret: Secret, login: str = "bob", password: str = PASSWORD, at: datetime = AT
) -> Answer:
    return signin.sign_in(db, secret, login, password, HERE, at)


def failures(db: Database) -> dict[str, float]:
    with db.reading() as session:
        return {row.kind: row.failures for row in session.scalars(select(SignInFailure))}


def whys(db: Database) -> list[tuple[str, str, str | None]]:
    with db.reading() as session:
        told = [e for e in audit.events(session, None, None) if e["action"] == "sign_in"]
    return [(e["login"], e["outcome"], (e["after"] or {}).get("why")) for e in told]


@pytest.fixture
def app(people: Database, secret: Secret, bob: Person) -> pyotp.TOTP:
    """What shows bob's codes; his second factor is on."""
    by = Actor(bob.id, "bob")
    with people.session() as session:
        made = pyotp.TOTP(twofactor.begin(session, secret, by, "Tollbook").secret)
        twofactor.confirm(session, secret, by, made.at(AT - timedelta(hours=1)), AT - timedelta(hours=1))
    return made


def test_name_and_password_give_a_session(people: Database, secret: Secret) -> None:
    done = sign_in(people, secret, " Bob ")
    assert done.state == "in"
    with people.reading() as session:
        known = sessions.find(session, done.token, "192.0.2.7", Site(), AT)
    assert known
    assert known.who.login == "bob"
    assert whys(people) == [("bob", "done", None)]


def test_each_sign_in_is_a_session_of_its_own(people: Database, secret: Secret) -> None:
    assert sign_in(people, secret).token != sign_in(people, secret).token


def test_whatever_is_wrong_has_one_answer_and_the_audit_says_what(people: Database, secret: Secret) -> None:
    with people.session() as session:
        persons.add(session, "contact", "nopass", {"customer": "acme"}, OPERATOR)
        persons.change(session, "contact", "bob", {"allowed_addresses": "198.51.100.0/24"}, OPERATOR)
        persons.disable(session, "anna", OPERATOR)
    answers = [
        sign_in(people, secret, "nobody"),
        sign_in(people, secret, "nopass"),
        sign_in(people, secret, "admin", WRONG),
        sign_in(people, secret, "anna"),
        sign_in(people, secret, "bob"),
    ]
    assert set(answers) == {Answer("wrong", "Name, password or code is wrong")}
    assert whys(people) == [
        ("", "failed", "unknown name"),
        ("nopass", "failed", "wrong password"),
        ("admin", "failed", "wrong password"),
        ("anna", "failed", "disabled"),
        ("bob", "failed", "address not allowed"),
    ]
    with people.reading() as session:
        assert session.scalars(select(PersonSession)).all() == []


def test_an_unknown_name_takes_as_long_as_a_wrong_password(
    people: Database, secret: Secret, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasher = PasswordHasher(time_cost=2, memory_cost=32 * 1024, parallelism=1)
    monkeypatch.setattr(passwords, "HASHER", hasher)
    with people.session() as session:
        found(session, "bob").password_hash = hasher.hash(PASSWORD)

    def took(login: str) -> float:
        """The least of some tries, each from an address of its own, in seconds of work."""
        times = []
        for host in range(1, 5):
            begun = time.process_time()
            signin.sign_in(people, secret, login, WRONG, Place(f"192.0.2.{host}"), AT)
            times.append(time.process_time() - begun)
        return min(times)

    assert 0.5 < took("nobody") / took("bob") < 2


def test_what_was_typed_for_an_unknown_name_is_kept_nowhere(people: Database, secret: Secret) -> None:
    sign_in(people, secret, "my-secret-typed-here", WRONG)
    with people.reading() as session:
        assert "my-secret-typed-here" not in repr(list(audit.events(session, None, None)))


def test_who_must_wait_is_told_how_long_and_the_right_password_waits_too(
    people: Database, secret: Secret
) -> None:
    for _ in range(6):
        sign_in(people, secret, "bob", WRONG)
    waits = sign_in(people, secret)
    assert (waits.state, waits.wait_s) == ("wait", 1)
    assert waits.words == "Too many wrong sign-ins: wait 1 second"
    assert sign_in(people, secret, at=AT + SECOND).state == "in"
    assert failures(people) == {"address": pytest.approx(6, abs=0.01)}


def test_a_hash_of_other_parameters_is_made_anew_at_the_next_sign_in(
    people: Database, secret: Secret
) -> None:
    old = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(PASSWORD)
    with people.session() as session:
        found(session, "bob").password_hash = old
    sign_in(people, secret, "bob", WRONG)
    with people.reading() as session:
        assert found(session, "bob").password_hash == old
    assert sign_in(people, secret).state == "in"
    with people.reading() as session:
        renewed = found(session, "bob").password_hash
    assert renewed
    assert not passwords.outdated(renewed)
    assert sign_in(people, secret).state == "in"


def test_a_second_factor_is_asked_for_after_the_password(
    people: Database, secret: Secret, app: pyotp.TOTP
) -> None:
    asked = sign_in(people, secret)
    assert (asked.state, asked.token) == ("code", "")
    with people.reading() as session:
        assert session.scalars(select(PersonSession)).all() == []
    done = signin.second_step(people, secret, asked.ticket, app.at(AT), HERE, AT)
    assert done.state == "in"
    assert done.token


def test_a_code_that_was_used_signs_nobody_in_again(
    people: Database, secret: Secret, app: pyotp.TOTP
) -> None:
    ticket = sign_in(people, secret).ticket
    assert signin.second_step(people, secret, ticket, app.at(AT), HERE, AT).state == "in"
    assert signin.second_step(people, secret, ticket, app.at(AT), HERE, AT).state == "wrong"
    assert whys(people)[-1] == ("bob", "failed", "wrong code")


@pytest.mark.usefixtures("app")
def test_wrong_codes_have_to_wait_and_the_right_password_takes_none_of_them_back(
    people: Database, secret: Secret
) -> None:
    for _ in range(6):
        ticket = sign_in(people, secret).ticket
        wrong = signin.second_step(people, secret, ticket, "000000", HERE, AT)
        assert wrong.words == "Name, password or code is wrong"
    assert signin.second_step(people, secret, ticket, "000000", HERE, AT).state == "wait"
    assert failures(people)["login"] == 6


def test_the_second_step_may_take_five_minutes(people: Database, secret: Secret, app: pyotp.TOTP) -> None:
    ticket, late = sign_in(people, secret).ticket, AT + timedelta(minutes=5)
    assert signin.second_step(people, secret, ticket, app.at(late), HERE, late + SECOND).state == "wrong"
    assert signin.second_step(people, secret, ticket, app.at(late), HERE, late).state == "in"


def test_a_ticket_is_no_session_and_shows_itself_to_nobody(
    people: Database, secret: Secret, app: pyotp.TOTP
) -> None:
    asked = sign_in(people, secret)
    done = signin.second_step(people, secret, asked.ticket, app.at(AT), HERE, AT)
    with people.reading() as session:
        assert sessions.find(session, asked.ticket, HERE.address, Site(), AT) is None
    assert asked.ticket not in repr(asked)
    assert done.token not in repr(done)


@pytest.mark.parametrize("login", ["", "\0", "bob\0", "\udcff", "b" * 100_000, "'; DROP TABLE person; --"])
def test_whatever_is_typed_for_a_name_is_a_name_that_is_unknown(
    people: Database, secret: Secret, login: str
) -> None:
    assert sign_in(people, secret, login, "\0\udcff").state == "wrong"
    assert whys(people)[-1] == ("", "failed", "unknown name")


@pytest.mark.parametrize("ticket", ["", "nonsense", "gAAAAABh", "ü\udcff"])
def test_a_made_up_ticket_is_nobodys(people: Database, secret: Secret, ticket: str) -> None:
    answer = signin.second_step(people, secret, ticket, "123456", HERE, AT)
    assert (answer.state, answer.words) == ("wrong", "This took too long: sign in again")


def test_a_ticket_counts_no_more_once_the_password_is_another(
    people: Database, secret: Secret, app: pyotp.TOTP
) -> None:
    ticket = sign_in(people, secret).ticket
    credentials.set_password(people, "bob", WRONG, OPERATOR, AT + SECOND)
    late = AT + 2 * SECOND
    assert signin.second_step(people, secret, ticket, app.at(late), HERE, late).state == "wrong"


def test_somebody_disabled_between_the_steps_stays_out(
    people: Database, secret: Secret, app: pyotp.TOTP
) -> None:
    ticket = sign_in(people, secret).ticket
    with people.session() as session:
        persons.disable(session, "bob", OPERATOR)
    assert signin.second_step(people, secret, ticket, app.at(AT), HERE, AT).state == "wrong"
    assert whys(people)[-1] == ("bob", "failed", "disabled")


def test_a_recovery_code_signs_in_once(
    people: Database, secret: Secret, bob: Person, app: pyotp.TOTP
) -> None:
    assert app
    with people.session() as session:
        codes = twofactor.new_recovery_codes(session, Actor(bob.id, "bob"), AT)
    states = [
        signin.second_step(people, secret, sign_in(people, secret).ticket, codes[0], HERE, AT).state
        for _ in range(2)
    ]
    assert states == ["in", "wrong"]
