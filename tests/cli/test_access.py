"""What `tollbook user` does about passwords, links, sessions, second factors and tokens."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import click
import pytest
from argon2 import PasswordHasher

from tollbook.account.audit import Actor, events
from tollbook.account.database import Database
from tollbook.account.people import passwords, resets, sessions, tokens, twofactor
from tollbook.account.people.persons import found
from tollbook.account.secret import Secret
from tollbook.params import Site
from tollbook.workspace import Workspace

Run = Callable[..., Any]
HERE = "192.0.2.7"
GOOD = "four unlikely words together"


@pytest.fixture(autouse=True)
def _little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def db(workspace: Workspace, tollbook: Run) -> Database:
    """An admin, anna, and a contact, bob."""
    for words in ("customer add acme", "user add anna --role admin", "contact add bob --customer acme"):
        assert tollbook(*words.split()).code == 0
    return Database.of(workspace)


def now() -> datetime:
    return datetime.now(UTC)


def has(db: Database, login: str, password: str) -> bool:
    with db.reading() as session:
        return passwords.matches(found(session, login).password_hash, password)


def sign_in(db: Database, login: str) -> str:
    with db.session() as session:
        return sessions.begin(session, found(session, login), HERE, "Firefox", now())


def is_in(db: Database, token: str) -> bool:
    with db.reading() as session:
        return sessions.find(session, token, HERE, Site(), now()) is not None


def answering(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    """Somebody who types these lines where nothing is shown."""
    typed = iter(lines)
    monkeypatch.setattr(click.termui, "hidden_prompt_func", lambda _prompt: next(typed))


@pytest.mark.parametrize("login", ["anna", "BOB"])
def test_a_random_password_is_printed_once(tollbook: Run, db: Database, login: str) -> None:
    done = tollbook("user", "password", login, "--generate", "--json").json
    assert done["login"] == login.lower()
    assert has(db, login, done["password"])


def test_a_password_is_asked_for_twice_and_not_shown(
    tollbook: Run, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, GOOD, GOOD)
    done = tollbook("user", "password", "bob", "--json")
    assert done.json["login"] == "bob"
    assert GOOD not in done.out + done.err
    assert has(db, "bob", GOOD)


@pytest.mark.parametrize(
    ("words", "typed", "message"),
    [
        ("password bob", "short", "Too short: use at least 12 characters"),
        ("password bob", "password1234", "Easily guessed: several words"),
        ("password bop", "", "no person 'bop', did you mean 'bob'?"),
        ("reset-link bop", "", "no person 'bop', did you mean 'bob'?"),
        ("disable anna", "", "'anna' is the only admin: make another one first"),
        ("tokens bob --add x", "", "Say what the token is for: read"),
        ("tokens bob --add x --scope raed", "", "scope 'raed': there is"),
        ("tokens bob --revoke 7", "", "There is no token 7 here"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(
    tollbook: Run, db: Database, monkeypatch: pytest.MonkeyPatch, words: str, typed: str, message: str
) -> None:
    assert db
    answering(monkeypatch, typed, typed)
    done = tollbook("user", *words.split())
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_a_reset_link_lets_one_set_a_password(tollbook: Run, db: Database) -> None:
    done = tollbook("user", "reset-link", "bob", "--base-url", "https://t.example/x/", "--json").json
    address, _, token = done["link"].rpartition("/")
    assert (done["login"], address) == ("bob", "https://t.example/x/reset")
    left = datetime.fromisoformat(done["expires_at"]) - now()
    assert timedelta(minutes=59) < left <= timedelta(hours=1)
    resets.use(db, token, GOOD, HERE, now())
    assert has(db, "bob", GOOD)


def test_who_is_disabled_is_out_until_enabled(tollbook: Run, db: Database) -> None:
    token = sign_in(db, "bob")
    assert tollbook("user", "disable", "bob", "--json").json["disabled_at"]
    assert not is_in(db, token)
    assert tollbook("user", "enable", "bob", "--json").json["disabled_at"] is None


def test_sessions_are_listed_and_ended(tollbook: Run, db: Database) -> None:
    kept = [sign_in(db, "bob"), sign_in(db, "bob")]
    listed = tollbook("user", "sessions", "bob", "--json").json
    assert [(row["address"], row["agent"]) for row in listed] == [(HERE, "Firefox")] * 2
    assert all(is_in(db, token) for token in kept)
    assert tollbook("user", "sessions", "bob", "--end", "--json").json == {"login": "bob", "ended": 2}
    assert not any(is_in(db, token) for token in kept)


def test_a_second_factor_is_told_and_turned_off(tollbook: Run, db: Database) -> None:
    with db.session() as session:
        by, secret = Actor(found(session, "bob").id, "bob"), Secret(bytes(32))
        made = twofactor.begin(session, secret, by, "Tollbook")
        at = now()
        twofactor.confirm(session, secret, by, twofactor.pyotp.TOTP(made.secret).at(at), at)
    assert tollbook("user", "two-factor", "bob", "--json").json == {"login": "bob", "two_factor": True}
    off = tollbook("user", "two-factor", "bob", "--off", "--json")
    assert (off.json, off.err) == ({"login": "bob", "two_factor": False}, "")
    assert "bob had no second factor" in tollbook("user", "two-factor", "bob", "--off").err


def test_a_token_is_printed_once_listed_and_revoked(tollbook: Run, db: Database) -> None:
    made = tollbook("user", "tokens", "bob", "--add", "erp", "--scope", "read", "--days", "30", "--json").json
    with db.reading() as session:
        known = tokens.find(session, made["token"], HERE, now())
    assert known
    assert known.actor.login == "bob"
    lasts = datetime.fromisoformat(made["expires_at"]) - datetime.fromisoformat(made["created_at"])
    assert lasts == timedelta(days=30)
    del made["token"]
    assert tollbook("user", "tokens", "bob", "--json").json == [made]
    (revoked,) = tollbook("user", "tokens", "bob", "--revoke", made["id"], "--json").json
    assert revoked["revoked_at"]


def test_a_token_may_last_until_it_is_revoked(tollbook: Run, db: Database) -> None:
    assert db
    words = "user tokens bob --add erp --scope invoices --scope summary --days 0 --json"
    made = tollbook(*words.split()).json
    assert (made["expires_at"], made["scopes"]) == (None, ["invoices", "summary"])


def test_no_command_leaves_a_secret_in_the_audit(tollbook: Run, db: Database) -> None:
    password = tollbook("user", "password", "bob", "--generate", "--json").json["password"]
    link = tollbook("user", "reset-link", "bob", "--json").json["link"]
    token = tollbook("user", "tokens", "bob", "--add", "erp", "--scope", "read", "--json").json["token"]
    with db.reading() as session:
        told = repr(list(events(session, None, None)))
    assert not any(secret in told for secret in (password, link.rpartition("/")[2], token))
    assert "(command line)" in told
