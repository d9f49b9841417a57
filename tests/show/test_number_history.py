"""Who did what with numbers."""

import pytest

from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.account.numbering import blocks, extensions
from tollbook.account.people import persons
from tollbook.account.scope import Scope
from tollbook.show.number_history import history_columns, history_frame

ADA, ANNA = Actor(1, "ada", via="portal"), Actor(2, "anna@acme.example", via="portal")


@pytest.fixture
def db(workspace):
    """Ada gave acme a block, of which Anna of acme took a number, and bolt another one."""
    made = Database.of(workspace)
    with made.session() as session:
        session.add_all([Customer(id=name, name=name) for name in ("acme", "bolt")])
        session.flush()
        persons.add(session, "contact", ANNA.login, {"customer": "acme"}, ADA)
        blocks.allocate(session, ADA, "acme", "1000", "1009")
        extensions.add(session, ANNA, "acme", "1000", "Desk")
        blocks.allocate(session, ADA, "bolt", "2000", "2009")
    yield made
    made.close()


def told(db, scope):
    with db.reading() as session:
        return history_frame(session, scope).select("who", "action", "what", "values").rows()


def test_an_operator_sees_all_the_newest_first(db):
    assert told(db, Scope("admin")) == [
        ("ada", "allocate", "block 2", "customer: bolt, start: 2000, end: 2009"),
        ("anna@acme.example", "add", "extension 1000", "customer: acme, name: Desk"),
        ("ada", "allocate", "block 1", "customer: acme, start: 1000, end: 1009"),
    ]


def test_a_contact_sees_its_customer_s_and_its_own_people_alone(db):
    assert [row[:3] for row in told(db, Scope("contact", "acme"))] == [
        ("anna@acme.example", "add", "extension 1000"),
        ("–", "allocate", "block 1"),
    ]


def test_every_column_is_one_of_its_frame(db):
    with db.reading() as session:
        frame = history_frame(session, Scope("admin"))
    assert {column.name for column in history_columns()} < set(frame.columns)
