"""Whom an alert tells, and whom it never does."""

import pytest
from sqlalchemy import select

from account.alerts.conftest import BY
from tollbook.account.alerts.models import Alert
from tollbook.account.alerts.recipients import recipients_of
from tollbook.account.people import persons
from tollbook.account.people.models import Person
from tollbook.errors import UsageError
from tollbook.params import Site

pytestmark = pytest.mark.usefixtures("people")


def told(database) -> list[tuple[str, str, str]]:
    """Address, language and note of each."""
    with database.reading() as session:
        rule = session.scalars(select(Alert)).one()
        return [
            (one.address, one.language, one.note) for one in recipients_of(session, rule, Site(language="es"))
        ]


def test_each_is_written_to_in_their_language_else_the_sites(enter, database) -> None:
    enter(recipients="ada ada@site.example bills@acme.example noc@site.example")
    assert told(database) == [
        ("ada@site.example", "de", ""),
        ("ada@site.example", "de", ""),
        ("bills@acme.example", "fr", ""),
        ("noc@site.example", "es", ""),
    ]


@pytest.mark.parametrize(
    ("recipients", "words"),
    [
        ("nobody", "nobody signs in as 'nobody'"),
        ("adda", "did you mean 'ada'"),
        ("a@b@c", "is no e-mail address"),
        ("carl", "carl is a contact of acme"),
        ("carl@acme.example", "carl@acme.example is a contact of acme"),
    ],
)
def test_who_cannot_be_told_is_refused_by_name(enter, recipients: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        enter(recipients=recipients)


@pytest.mark.parametrize(
    "fields", [{"customer": "zebra"}, {"by": "customer"}, {"customer": "acme", "by": "carrier"}, {"customer": "acme", "carrier": "north"}],
    ids=str,
)  # fmt: skip
def test_a_contact_gets_nothing_of_others_and_nothing_that_names_carriers(enter, fields) -> None:
    for who in ("carl", "carl@acme.example"):
        with pytest.raises(UsageError, match="is a contact of acme"):
            enter(recipients=who, **fields)


def test_a_contact_gets_what_is_of_its_own_customer(enter, database) -> None:
    enter(recipients="carl", customer="acme", by="destination")
    assert told(database) == [("carl@acme.example", "es", "")]


def test_who_has_become_anothers_contact_or_has_gone_is_told_nothing_more(enter, database) -> None:
    enter(recipients="carl eve ada", customer="acme")
    with database.session() as session:
        session.scalars(select(Person).where(Person.login == "carl")).one().customer_id = "zebra"
        persons.add(session, "user", "second", {"role": "admin"}, BY)
        persons.disable(session, "ada", BY)
    assert [note for _, _, note in told(database)] == [
        "a contact of another customer",
        "has no e-mail address",
        "may not sign in",
    ]
