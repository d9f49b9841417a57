"""The account's rows as one text."""

from decimal import Decimal

from tollbook.account import scheduled
from tollbook.account.audit import Actor, record
from tollbook.account.ledger import Payment
from tollbook.account.models import Customer, now
from tollbook.account.numbering import blocks, extensions
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
    shown = state(database, people=True)
    with database.session() as session:
        add(session, "user", "anna", {"role": "admin"}, BY)
        record(session, BY, "sign_in", "portal", at=now())
    assert state(database) == before
    assert state(database, people=True) != shown


def test_a_schedule_is(database):
    with database.session() as session:
        session.add(Customer(id="acme", name="Acme"))
    before = state(database)
    with database.session() as session:
        scheduled.put_view(session, BY, "acme", "monthly")
    assert state(database) != before


def test_numbers_are(database):
    states = [state(database)]

    def do(work, *words):
        with database.session() as session:
            work(session, BY, *words)
        states.append(state(database))

    with database.session() as session:
        session.add(Customer(id="acme", name="Acme"))
    do(lambda session, by: blocks.set_up(session, by, start="1000", size=10))
    do(blocks.allocate, "acme")
    do(extensions.add, "acme", "1000")
    do(extensions.add, "acme", "1001")
    do(extensions.remove, "1000")
    assert len(set(states)) == len(states)


def test_a_payment_is_part_of_it(database):
    with database.session() as session:
        session.add(Customer(id="acme", name="Acme"))
    before = state(database)
    with database.session() as session:
        session.add(
            Payment(customer_id="acme", amount=Decimal(1), currency="EUR", method="cash", status="pending")
        )
    assert state(database) != before
