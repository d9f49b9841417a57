"""Who did what with numbers."""

import pytest

from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.lines import Line
from tollbook.account.models import Customer
from tollbook.account.numbering import blocks, extensions, intake, sip
from tollbook.account.people import persons
from tollbook.account.scope import Scope
from tollbook.account.secret import Secret
from tollbook.account.workbook import Cell
from tollbook.show import number_history
from tollbook.show.number_history import history_columns, history_frame

ADA, ANNA = Actor(1, "ada", via="portal"), Actor(2, "anna@acme.example", via="portal")


@pytest.fixture
def db(workspace):
    """Ada gave acme a block, of which Anna of acme took a number, and bolt another one."""
    made = Database.of(workspace)
    with made.session() as session:
        session.add_all([Customer(id=name, name=name) for name in ("acme", "bolt", "cord")])
        session.flush()
        persons.add(session, "contact", ANNA.login, {"customer": "acme"}, ADA)
        blocks.allocate(session, ADA, "acme", "1000", "1009")
        extensions.add(session, ANNA, "acme", "1000", "Desk")
        blocks.allocate(session, ADA, "bolt", "2000", "2009")
    yield made
    made.close()


def told_of(db, scope):
    with db.reading() as session:
        return history_frame(session, scope).select("who", "action", "what", "values").rows()


def test_an_operator_sees_all_the_newest_first(db):
    assert told_of(db, Scope("admin")) == [
        ("ada", "allocate", "block 2", "customer: bolt, start: 2000, end: 2009"),
        ("anna@acme.example", "add", "extension 1000", "customer: acme, name: Desk"),
        ("ada", "allocate", "block 1", "customer: acme, start: 1000, end: 1009"),
    ]


def test_a_contact_sees_its_customer_s_and_its_own_people_alone(db):
    assert [row[:3] for row in told_of(db, Scope("contact", "acme"))] == [
        ("anna@acme.example", "add", "extension 1000"),
        ("–", "allocate", "block 1"),
    ]


def test_names_by_file_and_secrets_are_told_and_no_import_of_another_s_keeps_them_from_being_found(
    db, monkeypatch
):
    monkeypatch.setattr(number_history, "MOST", 3)
    cells = ({"number": Cell("1000"), "customer": Cell("acme"), "name": Cell("Hall")},)
    many = ({"number": Cell(str(2000 + n)), "customer": Cell("bolt")} for n in range(10))
    with db.session() as session:
        for told in (cells, many):
            plan = intake.plan(session, "n.csv", [Line(n, line, 0, 3) for n, line in enumerate(told, 2)])
            intake.carry_out(session, ADA, plan)
            sip.make(session, ADA, sip.numbered(["1000", "2000"]), Secret(b"k" * 32), "sip.example.net")
    assert told_of(db, Scope("contact", "acme")) == [
        ("–", "make secret", "extension 1000", "customer: acme, realm: sip.example.net"),
        ("–", "make secret", "extension 1000", "customer: acme, realm: sip.example.net"),
        ("–", "change", "extension 1000", "customer: acme, name: Desk → Hall"),
    ]


def test_a_number_that_another_customer_had_tells_a_contact_nothing_of_that_time(db):
    with db.session() as session:
        extensions.remove(session, ANNA, "1000")
        blocks.release(session, ADA, 1)
        extensions.add(session, ADA, "cord", "1000", "Shop")
    assert told_of(db, Scope("contact", "cord")) == [
        ("–", "add", "extension 1000", "customer: cord, name: Shop")
    ]
    assert [row[:3] for row in told_of(db, Scope("contact", "acme"))] == [
        ("–", "release", "block 1"),
        ("anna@acme.example", "remove", "extension 1000"),
        ("anna@acme.example", "add", "extension 1000"),
        ("–", "allocate", "block 1"),
    ]


def test_every_column_is_one_of_its_frame(db):
    with db.reading() as session:
        frame = history_frame(session, Scope("admin"))
    assert {column.name for column in history_columns()} < set(frame.columns)
