from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from account.people.conftest import AT, OPERATOR
from tollbook.account import audit
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.account.people import persons, tokens
from tollbook.account.people.models import ApiToken
from tollbook.account.people.persons import found
from tollbook.account.people.tokens import Bearer
from tollbook.account.scope import Scope
from tollbook.errors import UsageError

HERE = "192.0.2.7"
HOUR = timedelta(hours=1)


def make(
    db: Database, login: str = "anna", *scopes: str, expires_at: datetime | None = None, name: str = "script"
) -> tuple[str, dict[str, Any]]:
    with db.session() as session:
        owner = found(session, login)
        return tokens.make(session, owner, name, scopes or ("read",), expires_at, OPERATOR, AT)


def find(db: Database, token: str, at: datetime = AT, address: str = HERE) -> Bearer | None:
    with db.reading() as session:
        return tokens.find(session, token, address, at)


def test_a_token_has_its_owners_scope_and_is_told_once(people: Database) -> None:
    token, row = make(people)
    known = find(people, token)
    assert known
    assert token.startswith("tb_")
    assert (known.actor.login, known.actor.address, known.scope) == ("anna", HERE, Scope("analyst"))
    assert token not in repr(row)
    with people.reading() as session:
        (kept,) = session.scalars(select(ApiToken))
        assert token not in repr(vars(kept))
        assert tokens.listing(session, found(session, "anna")) == [row]


def test_a_customers_token_has_the_scope_of_its_contacts(people: Database) -> None:
    with people.session() as session:
        acme = session.get_one(Customer, "acme")
        token, _ = tokens.make(session, acme, "erp", ("invoices",), None, OPERATOR, AT)
        assert [row["name"] for row in tokens.listing(session, acme)] == ["erp"]
    known = find(people, token)
    assert known
    assert known.scope == Scope("contact", "acme", "aliases")
    assert known.actor.login == "customer acme"
    assert known.may("see", "invoices")
    assert not known.may("change", "invoices")
    assert not known.may("see", "summary")


def test_a_token_may_what_it_is_for_and_no_more_than_its_owner(people: Database) -> None:
    token, _ = make(people, "bob", "read", "extensions")
    known = find(people, token)
    assert known
    assert known.may("see", "invoices")
    assert known.may("change", "extensions")
    assert not known.may("change", "payments")
    assert not known.may("see", "people")


def test_an_owner_with_other_rights_has_a_token_with_other_rights(people: Database) -> None:
    token, _ = make(people, "anna", "payments")
    before = find(people, token)
    with people.session() as session:
        persons.change(session, "user", "anna", {"role": "admin"}, OPERATOR)
    after = find(people, token)
    assert before
    assert after
    assert (before.may("change", "payments"), after.may("change", "payments")) == (False, True)


def test_a_token_ends_when_it_expires(people: Database) -> None:
    token, _ = make(people, expires_at=AT + HOUR)
    assert find(people, token, AT + HOUR - timedelta(seconds=1))
    assert find(people, token, AT + HOUR) is None


def test_a_revoked_token_is_nobodys_and_stays_in_the_list(people: Database) -> None:
    token, row = make(people)
    with people.session() as session:
        tokens.revoke(session, found(session, "anna"), row["id"], OPERATOR, AT)
        tokens.revoke(session, found(session, "anna"), row["id"], OPERATOR, AT + HOUR)
        assert tokens.listing(session, found(session, "anna"))[0]["revoked_at"] == AT
    assert find(people, token) is None


def test_nobody_revokes_the_token_of_another(people: Database) -> None:
    token, row = make(people)
    for owner in ("bob", "admin"):
        with (
            pytest.raises(UsageError, match=f"There is no token {row['id']} here"),
            people.session() as session,
        ):
            tokens.revoke(session, found(session, owner), row["id"], OPERATOR, AT)
    assert find(people, token)


def test_a_disabled_owners_token_rests(people: Database) -> None:
    token, _ = make(people)
    with people.session() as session:
        persons.disable(session, "anna", OPERATOR)
    assert find(people, token) is None
    with people.session() as session:
        persons.enable(session, "anna", OPERATOR)
    assert find(people, token)


def test_a_token_counts_only_from_its_owners_addresses(people: Database) -> None:
    token, _ = make(people, "bob")
    with people.session() as session:
        persons.change(session, "contact", "bob", {"allowed_addresses": "192.0.2.0/24"}, OPERATOR)
    assert find(people, token)
    assert find(people, token, address="198.51.100.1") is None


@pytest.mark.parametrize("token", ["", "tb_", "tb_x", "' OR 1=1 --"])
def test_a_made_up_token_is_nobodys(people: Database, token: str) -> None:
    make(people)
    assert find(people, token) is None


def test_use_is_written_once_a_minute_at_most(people: Database) -> None:
    token, row = make(people)
    for seconds, written in ((0, 0), (59, 0), (60, 60)):
        at = AT + timedelta(seconds=seconds)
        with people.session() as session:
            tokens.touch(session, row["id"], at)
        known = find(people, token)
        assert known
        assert known.last_used_at == AT + timedelta(seconds=written)
        assert not tokens.due(known, at)
    assert tokens.due(known, at + timedelta(seconds=60))


def test_whoever_looks_as_a_contact_makes_and_revokes_no_token_of_it(people: Database) -> None:
    token, row = make(people, "bob")
    looking = Actor(1, "admin", seen_as="bob")
    with pytest.raises(UsageError, match="only by the person themselves"), people.session() as session:
        tokens.make(session, found(session, "bob"), "x", ("read",), None, looking, AT)
    with pytest.raises(UsageError, match="only by the person themselves"), people.session() as session:
        tokens.revoke(session, found(session, "bob"), row["id"], looking, AT)
    assert find(people, token)


@pytest.mark.parametrize(
    ("entered", "reason"),
    [
        ({"name": " "}, "A token needs a name in one line"),
        ({"name": "a\nb"}, "A token needs a name in one line"),
        ({"scopes": ()}, "Say what the token is for: read, invoices"),
        ({"scopes": ("raed",)}, "scope 'raed': there is .*, did you mean 'read'"),
        ({"expires_at": AT}, "The token would have expired already"),
    ],
)
def test_a_token_that_cannot_be_is_not_made(people: Database, entered: dict[str, Any], reason: str) -> None:
    given = {"name": "script", "scopes": ("read",), "expires_at": None, **entered}
    with pytest.raises(UsageError, match=reason), people.session() as session:
        tokens.make(session, found(session, "anna"), **given, by=OPERATOR, at=AT)


def test_making_and_revoking_are_audited_without_the_token(people: Database) -> None:
    token, row = make(people)
    with people.session() as session:
        tokens.revoke(session, found(session, "anna"), row["id"], OPERATOR, AT)
    with people.reading() as session:
        told = list(audit.events(session, AT, AT + HOUR))[-2:]
    assert [(e["action"], e["resource"]) for e in told] == [
        ("add", f"token {row['id']} of anna"),
        ("revoke", f"token {row['id']} of anna"),
    ]
    assert told[1]["after"] == {"revoked_at": "2026-10-05T09:00:00Z"}
    assert token not in repr(told)
