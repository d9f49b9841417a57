"""What a reader has to do about themselves."""

from datetime import UTC, datetime

import pytest

from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.people import persons
from tollbook.outstanding.readers import unverified
from tollbook.params import Site
from tollbook.servers import Mail, Sms

pytestmark = pytest.mark.usefixtures("each_database")

BY = Actor(None, "test")
SENDS = Site(
    mail=Mail(host="localhost", sender="a@b.example"),
    sms=Sms(url="https://gateway.example", body="{to} {text}"),
)


@pytest.fixture
def db(workspace):
    made = Database.of(workspace)
    yield made
    made.close()


def person(db, **fields):
    with db.session() as session:
        persons.add(session, "user", "anna", {"role": "admin", **fields}, BY)
        return persons.found(session, "anna").id


def told(db, site, number, *, operator=True):
    return [(item.name, item.page, item.query) for item in unverified(db, site, number, operator=operator)]


def test_each_that_is_entered_and_not_verified_leads_to_where_a_code_is_asked_for(db):
    anna = person(db, email="anna@carrier.example", mobile="+4930123456")
    assert told(db, SENDS, anna) == [
        ("email_unverified", "account/verify", {"what": "email"}),
        ("mobile_unverified", "account/verify", {"what": "mobile"}),
    ]


def test_what_is_verified_or_not_entered_is_nothing_to_do(db):
    anna = person(db, email="anna@carrier.example")
    with db.session() as session:
        persons.found(session, "anna").email_verified_at = datetime(2026, 10, 5, tzinfo=UTC)
    assert told(db, SENDS, anna) == []


def test_where_no_code_can_be_sent_an_operator_is_told_to_set_it_up_and_a_contact_nothing(db):
    anna = person(db, mobile="+4930123456")
    (item,) = unverified(db, Site(), anna, operator=True)
    assert (item.remedy, item.words) == (
        "params/site.yml",
        "Your mobile telephone is not verified, and no text messages are sent from here: set it up",
    )
    assert told(db, Site(), anna, operator=False) == []


def test_nobody_has_nothing_to_do(db):
    assert told(db, SENDS, None) == told(db, SENDS, 99) == []
