"""Whom an alert tells: people of the account by login name, and e-mail addresses.

A contact gets what is of its own customer alone, and nothing that names carriers.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tollbook.account.alerts.models import Alert
from tollbook.account.models import Customer
from tollbook.account.people.fields import checked_email, folded
from tollbook.account.people.models import Person
from tollbook.account.people.persons import of_email
from tollbook.errors import UsageError, did_you_mean
from tollbook.language import tr
from tollbook.params import Site


@dataclass(frozen=True)
class Recipient:
    """One of them, as the rule names it: where it is written to and in which language, or `note`: why it is not."""

    named: str
    address: str = ""
    language: str = ""
    note: str = ""


def refuse_unknown(session: Session, values: Mapping[str, Any]) -> None:
    """Nothing, if everybody whom a rule with these values names can be told.

    Raises:
        UsageError: who cannot, and why.
    """
    for named in values["recipients"]:
        if _person(session, named) is None:
            _refuse_no_address(session, named)
        for person in _people(session, named):
            if not _may(person, values):
                words = tr(
                    "recipients: {name} is a contact of {customer}, and gets alerts of that customer alone"
                )
                raise UsageError(words.format(name=named, customer=person.customer_id))


def recipients_of(session: Session, rule: Alert, site: Site) -> Iterator[Recipient]:
    """Each that a rule names as it is now: people may have gone since, or become somebody else's contact."""
    values = {"by": rule.by, "customer": rule.customer, "carrier": rule.carrier}
    for named in rule.recipients:
        person = _person(session, named)
        address = person.email if person and person.email else named
        if "@" not in address:
            note = "has no e-mail address" if person else "nobody signs in by this name"
            yield Recipient(named, note=note)
        elif person is not None and person.disabled_at is not None:
            yield Recipient(named, note="may not sign in")
        elif not all(_may(one, values) for one in _people(session, named)):
            yield Recipient(named, note="a contact of another customer")
        else:
            spoken = person.language if person else _spoken(session, named)
            yield Recipient(named, address, spoken or site.language)


def _refuse_no_address(session: Session, named: str) -> None:
    if "@" not in named:
        words = tr("recipients: nobody signs in as '{name}', and it is no e-mail address")
        raise UsageError(
            words.format(name=named) + did_you_mean(named, session.scalars(select(Person.login)))
        )
    try:
        checked_email(named)
    except ValueError as error:
        raise UsageError(f"recipients: {error}") from None


def _person(session: Session, login: str) -> Person | None:
    return session.scalars(select(Person).where(Person.login == folded(login))).first()


def _people(session: Session, named: str) -> list[Person]:
    """Whoever reads what is sent there."""
    own = _person(session, named)
    return [*([own] if own else []), *(of_email(session, named) if "@" in named else [])]


def _may(person: Person, values: Mapping[str, Any]) -> bool:
    """Whether somebody may be told what a rule with these values says."""
    if person.role != "contact":
        return True
    apart = values["by"] == "carrier" or values["carrier"]
    return values["customer"] == person.customer_id and not apart


def _spoken(session: Session, address: str) -> str:
    """The language of whoever has an address: a person's, or the customer's that gets invoices there."""
    for person in of_email(session, address):
        if person.language:
            return person.language
    rows = session.execute(
        select(Customer.invoice_mail, Customer.language).where(Customer.invoice_mail.contains(address))
    )
    return next((language for mails, language in rows if address in mails.split()), "")
