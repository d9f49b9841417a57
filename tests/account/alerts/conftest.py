"""Rules of alerts in a database of each kind."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tollbook.account.alerts import rules
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.account.people import persons

BY = Actor(None, "test")
AT = datetime(2026, 10, 5, 12, tzinfo=UTC)


@pytest.fixture
def enter(database: Database) -> Callable[..., dict[str, Any]]:
    """Enter a rule with these fields; without any it is ASR below 40 %, over at 45 %."""

    def entered(**fields: object) -> dict[str, Any]:
        usual = {"name": "ASR", "area": "asr", "threshold": "40%", "reset": "45%"}
        with database.session() as session:
            return rules.add(session, BY, {**usual, **fields}, AT)

    return entered


@pytest.fixture
def people(database: Database) -> None:
    """Ada is an admin who reads German, carl a contact of acme, dora one of zebra; eve has no address."""
    with database.session() as session:
        session.add_all(
            [
                Customer(
                    id="acme", name="Acme", currency="EUR", invoice_mail="bills@acme.example", language="fr"
                ),
                Customer(id="zebra", name="Zebra", currency="USD"),
            ]
        )
        session.flush()
        for kind, login, fields in (
            ("user", "ada", {"role": "admin", "email": "ada@site.example", "language": "de"}),
            ("user", "eve", {"role": "analyst"}),
            ("contact", "carl", {"customer": "acme", "email": "carl@acme.example"}),
            ("contact", "dora", {"customer": "zebra", "email": "dora@zebra.example"}),
        ):
            persons.add(session, kind, login, fields, BY)
