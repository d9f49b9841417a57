"""The account's rows as one text."""

from tollbook.account.audit import Actor, record
from tollbook.account.models import Customer, now
from tollbook.account.people.persons import add
from tollbook.account.state import state

BY = Actor(None, "test")


def test_a_changed_row_of_the_account_is_another_state(database):
    with database.session() as session:
        session.add(Customer(id="acme", name="Acme"))
    before = state(database)
    with database.session() as session:
        session.get_one(Customer, "acme").name = "Acme Ltd"
    assert state(database) != before


def test_people_and_the_audit_are_no_part_of_it(database):
    before = state(database)
    with database.session() as session:
        add(session, "user", "anna", {"role": "admin"}, BY)
        record(session, BY, "sign_in", "portal", at=now())
    assert state(database) == before
