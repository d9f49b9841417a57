"""Who looks at the portal: operators and contacts of the demo's customers, each with a password and an API token."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import select

from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import Customer, now
from tollbook.account.people import credentials, persons, tokens
from tollbook.account.people.models import AuditEvent
from tollbook.workspace import Workspace

_BY: Final = Actor(None, "soak")
_ROLES: Final = ("admin", "analyst", "contact", "contact", "contact")
_AT_ONE_PLACE: Final = 3
"""People who share an address, as in an office."""


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in, and the address that they always come from."""

    login: str
    role: str
    address: str
    password: str = field(repr=False)
    token: str = field(repr=False)


def enter(home: Path, count: int) -> list[Person]:
    """So many people, entered in the workspace."""
    db = Database.of(Workspace(home))
    with db.reading() as session:
        customers = list(session.scalars(select(Customer.id).order_by(Customer.id)))
    made = [_entered(db, number, customers[number % len(customers)]) for number in range(count)]
    db.close()
    return made


def _entered(db: Database, number: int, customer: str) -> Person:
    role = _ROLES[number % len(_ROLES)]
    login = f"{role}{number}@soak.example"
    kind, fields = ("contact", {"customer": customer}) if role == "contact" else ("user", {"role": role})
    with db.session() as session:
        persons.add(session, kind, login, fields, _BY)
    password = credentials.generate_password(db, login, _BY, now())
    with db.session() as session:
        whose, until = persons.found(session, login), now() + timedelta(days=1)
        token, _ = tokens.make(session, whose, "soak", ("summary",), until, _BY, now())
    return Person(login, role, f"127.0.1.{number // _AT_ONE_PLACE + 1}", password, token)


def failed_sign_ins(home: Path) -> int:
    """How many the audit holds."""
    db = Database.of(Workspace(home))
    wrong = AuditEvent.action == "sign_in", AuditEvent.outcome == "failed"
    with db.reading() as session:
        found = len(list(session.scalars(select(AuditEvent.id).where(*wrong))))
    db.close()
    return found
