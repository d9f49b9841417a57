"""What the database itself refuses of people, whoever writes."""

from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from account.people.conftest import AT
from tollbook.account.database import Database
from tollbook.account.models import Base
from tollbook.account.people.models import ApiToken, Person, PersonSession, SignInFailure
from tollbook.portal.preferences import THEMES

USER = {"login": "carl", "role": "analyst", "name": "Carl"}


def refused(database: Database, row: Base, rule: str) -> None:
    with pytest.raises(IntegrityError, match=rule), database.session() as session:
        session.add(row)


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"role": "contact"}, "one_customer"),
        ({"customer_id": "acme"}, "one_customer"),
        ({"role": "root"}, "role"),
        ({"theme": "pink"}, "theme"),
        ({"role": "contact", "customer_id": "none"}, r"(?i)foreign key"),
        ({"login": "anna"}, r"(?i)unique"),
    ],
)
def test_a_contact_has_one_customer_an_operator_none_and_a_login_is_one_persons(
    people: Database, values: dict[str, Any], rule: str
) -> None:
    refused(people, Person(**{**USER, **values}), rule)


@pytest.mark.parametrize("owners", [{}, {"person_id": 1, "customer_id": "acme"}])
def test_a_token_is_a_persons_or_a_customers_never_both_or_nobodys(
    people: Database, owners: dict[str, Any]
) -> None:
    refused(people, ApiToken(hash="x", name="n", scopes=("read",), created_at=AT, **owners), "one_owner")


def test_a_session_is_somebodys(people: Database) -> None:
    nobodys = PersonSession(hash="x", person_id=99, created_at=AT, last_used_at=AT, address="", agent="")
    refused(people, nobodys, r"(?i)foreign key")


def test_failures_are_of_a_known_kind(people: Database) -> None:
    refused(people, SignInFailure(kind="country", key="x", failures=1.0, at=AT, until=AT), "kind")


def test_themes_are_those_of_the_portal() -> None:
    assert Person.__table__.c.theme.default.arg == THEMES[0]
    rule = next(str(c.sqltext) for c in Person.__table__.constraints if c.name == "ck_person_theme")
    assert rule == f"theme IN ({', '.join(repr(theme) for theme in THEMES)})"
