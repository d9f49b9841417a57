"""People who are signed in, each test's own."""

from collections.abc import Callable, Iterator
from typing import Any
from zlib import crc32

import pytest

from portal.doors import BY, Visitor, cookie_of
from tollbook.account.database import Database
from tollbook.account.models import now
from tollbook.account.people import persons
from tollbook.account.people.credentials import set_password
from tollbook.workspace import Workspace

PASSWORD = "seven green bottles"


@pytest.fixture(scope="module")
def db(billable: Workspace) -> Iterator[Database]:
    found = Database.of(billable)
    yield found
    found.close()


@pytest.fixture
def enter(
    billable: Workspace, billing: str, db: Database, request: pytest.FixtureRequest
) -> Callable[..., tuple[str, Visitor]]:
    """Enters a person, an admin unless told otherwise, and signs them in: the login name and their browser."""

    def made(name: str = "anna", **fields: str) -> tuple[str, Visitor]:
        login = f"{name}-{crc32(request.node.name.encode())}"
        cookie_of(billable.home, login, **fields or {"role": "admin"})
        set_password(db, login, PASSWORD, BY, now())  # which ends that session
        return login, Visitor(billing, cookie_of(billable.home, login))

    return made


@pytest.fixture
def row(db: Database) -> Callable[[str], dict[str, Any]]:
    """What is stored of a person."""

    def found(login: str) -> dict[str, Any]:
        with db.reading() as session:
            return persons.row_of(persons.found(session, login))

    return found
