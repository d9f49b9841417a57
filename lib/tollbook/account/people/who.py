"""Who is asking: a person as the rest of the program knows one, and what of the data they have."""

from dataclasses import dataclass
from typing import Self, cast

from sqlalchemy.orm import Session

from tollbook.account.models import Customer
from tollbook.account.people.models import Person
from tollbook.account.rights import Role
from tollbook.account.scope import Scope


@dataclass(frozen=True)
class Who:
    """A person without anything secret."""

    id: int
    login: str
    role: Role
    customer: str | None
    name: str
    language: str
    zone: str
    theme: str

    @classmethod
    def of(cls, person: Person) -> Self:
        """What is known of a person."""
        role = cast("Role", person.role)
        settings = person.language, person.zone, person.theme
        return cls(person.id, person.login, role, person.customer_id, person.name, *settings)


def scope_of(session: Session, person: Person) -> Scope:
    """What of the data a person has; a contact is shown carriers as its customer's row says."""
    return (
        customer_scope(session, person.customer_id)
        if person.customer_id
        else Scope(cast("Role", person.role))
    )


def customer_scope(session: Session, customer: str) -> Scope:
    """What a contact of this customer has."""
    return Scope("contact", customer, session.get_one(Customer, customer).carriers_shown)
