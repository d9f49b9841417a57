"""What all registers have in common."""

import pytest

from tollbook.account import parties
from tollbook.account.database import Database
from tollbook.account.models import Carrier, Customer
from tollbook.account.people import persons
from tollbook.account.register import Register

ALL = [
    parties.register(Customer),
    parties.register(Carrier),
    persons.register("contact"),
    persons.register("user"),
]


@pytest.mark.parametrize("register", ALL, ids=lambda register: register.word)
def test_a_row_is_entered_again_as_the_texts_of_its_fields(database: Database, register: Register) -> None:
    from tollbook.account.audit import Actor  # noqa: PLC0415 - only here

    by = Actor(None, "test")
    with database.session() as session:
        parties.add(session, Customer, "one", {"currency": "EUR"}, by)
        entered = {"customer": "one"} if register.word == "contact" else {}
        if register.word != "customer":
            register.add(session, "ada", entered, by)
        key = "one" if register.word == "customer" else "ada"
        row = register.find(session, key)
        assert row is not None
        assert register.check(session, key, row, register.texts(row)).keys() == register.fields.keys()
        assert register.change(session, key, register.texts(row), by) == row
        assert register.find(session, "nobody") is register.lock(session, "nobody") is None
        assert [each[register.key] for each in register.listing(session)] == [key]


def test_a_file_has_the_key_first() -> None:
    assert [register.columns[0] for register in ALL] == ["id", "id", "login", "login"]
