import pytest

from account.people.conftest import PASSWORD
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.account.people.persons import found
from tollbook.account.people.who import Who, customer_scope, scope_of
from tollbook.account.scope import Scope


@pytest.mark.parametrize(
    ("login", "scope"),
    [("admin", Scope("admin")), ("anna", Scope("analyst")), ("bob", Scope("contact", "acme", "aliases"))],
)
def test_a_person_has_the_scope_of_its_role(people: Database, login: str, scope: Scope) -> None:
    with people.reading() as session:
        assert scope_of(session, found(session, login)) == scope


@pytest.mark.parametrize("shown", ["aliases", "names", "no"])
def test_a_contact_is_shown_carriers_as_its_customers_row_says(people: Database, shown: str) -> None:
    with people.session() as session:
        session.get_one(Customer, "acme").carriers_shown = shown
    with people.reading() as session:
        assert scope_of(session, found(session, "bob")).carriers == shown
        assert customer_scope(session, "acme") == Scope("contact", "acme", shown)


def test_who_somebody_is_holds_nothing_secret(people: Database) -> None:
    with people.reading() as session:
        who = Who.of(found(session, "bob"))
    assert (who.login, who.role, who.customer) == ("bob", "contact", "acme")
    assert "argon2" not in repr(who)
    assert PASSWORD not in repr(who)
