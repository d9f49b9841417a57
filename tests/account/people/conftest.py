"""People of a small account, in a database of each kind."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher

from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.account.people import passwords, persons
from tollbook.account.people.models import Person
from tollbook.account.secret import Secret

AT = datetime(2026, 10, 5, 9, tzinfo=UTC)
PASSWORD = "four unlikely words together"
OPERATOR = Actor(None, "root (command line)")


@pytest.fixture(autouse=True)
def _little_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 as it is, with the least work it can do."""
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def secret() -> Secret:
    return Secret(bytes(range(32)))


@pytest.fixture
def people(database: Database) -> Iterator[Database]:
    """admin, the analyst anna, and bob, a contact of acme; all have the same password."""
    with database.session() as session:
        session.add_all([Customer(id="acme", name="ACME"), Customer(id="bolt", name="Bolt")])
        session.flush()
        persons.add(session, "user", "admin", {"role": "admin"}, OPERATOR)
        persons.add(session, "user", "anna", {}, OPERATOR)
        persons.add(session, "contact", "bob", {"customer": "acme"}, OPERATOR)
        for login in ("admin", "anna", "bob"):
            person = persons.found(session, login)
            person.password_hash, person.password_changed_at = passwords.hashed(PASSWORD), AT
    return database


@pytest.fixture
def bob(people: Database) -> Person:
    with people.reading() as session:
        return persons.found(session, "bob")
