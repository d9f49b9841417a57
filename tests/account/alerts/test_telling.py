"""What is put down when a rule does something: history, mail and events of webhooks, all or nothing."""

import json
from decimal import Decimal

import pytest
from sqlalchemy import select

from account.alerts.conftest import AT, BY
from tollbook.account.alerts import history
from tollbook.account.alerts.models import Alert, AlertDelivery, AlertEvent
from tollbook.account.alerts.recipients import Recipient
from tollbook.account.alerts.telling import Figure, Teller, letter
from tollbook.account.hooks import endpoints
from tollbook.account.hooks.models import WebhookEvent
from tollbook.account.people.models import AuditEvent
from tollbook.account.post.models import Outgoing
from tollbook.account.secret import Secret
from tollbook.params import Site
from tollbook.servers import Mail

FIGURE = Figure(AT, Decimal("0.3125"), Decimal(25), Decimal(80), 80)
SITE = Site(
    name="Site", address="https://calls.example/", mail=Mail(host="mail.example", sender="noc@site.example")
)


@pytest.fixture
def teller() -> Teller:
    return Teller(SITE, Secret(b"s" * 32))


def fire(database, teller: Teller, kind: str = "fired", subject: str = "north") -> list[int]:
    with database.session() as session:
        rule = session.scalars(select(Alert)).one()
        return teller.tell(session, rule, subject, kind, FIGURE, AT)[1]


def test_each_recipient_gets_a_message_and_the_history_says_so(enter, database, teller) -> None:
    enter(recipients="a@x.example b@x.example", by="carrier")
    assert fire(database, teller) == [1, 2]
    with database.reading() as session:
        (row,) = history.listing(session)
        assert [(one.recipient, one.purpose) for one in session.scalars(select(Outgoing))] == [
            ("a@x.example", "alert"),
            ("b@x.example", "alert"),
        ]
    assert (row["kind"], row["subject"], row["value"], row["calls"]) == ("fired", "north", 0.3125, 80)
    assert [(one["to"], one["state"]) for one in row["deliveries"]] == [
        ("a@x.example", "waiting"),
        ("b@x.example", "waiting"),
    ]


def test_what_is_rolled_back_is_told_to_nobody(enter, database, teller) -> None:
    enter(recipients="a@x.example")
    with database.session() as session:
        teller.tell(session, session.scalars(select(Alert)).one(), "", "fired", FIGURE, AT)
        session.rollback()
    with database.reading() as session:
        for kind in (AlertEvent, AlertDelivery, Outgoing, WebhookEvent):
            assert session.scalars(select(kind)).all() == []


def test_without_a_mail_server_the_history_says_why_nobody_got_anything(enter, database) -> None:
    enter(recipients="a@x.example")
    assert fire(database, Teller(Site(), Secret(b"s" * 32))) == []
    with database.reading() as session:
        (row,) = history.listing(session)
    (told,) = row["deliveries"]
    assert (told["state"], "mail.host is empty" in told["answer"]) == ("impossible", True)


def test_webhooks_that_asked_for_it_are_told(enter, database, teller) -> None:
    enter(by="carrier")
    with database.session() as session:
        for events in ([], ["alert.reset"]):
            endpoints.add(session, teller.secret, "https://x.example/", events, BY, AT)
    fire(database, teller)
    with database.reading() as session:
        event = session.scalars(select(WebhookEvent)).one()
    told = json.loads(event.body)
    assert (told["type"], told["data"]["subject"], told["data"]["value"]) == ("alert.fired", "north", 0.3125)
    assert (told["data"]["threshold"], told["data"]["at"]) == ("0.4", "2026-10-05T12:00:00Z")


def test_a_test_is_in_the_audit_and_says_what_it_is(enter, database, teller) -> None:
    enter(recipients="a@x.example")
    with database.session() as session:
        rule = session.scalars(select(Alert)).one()
        teller.test(session, rule, "", BY, FIGURE, AT)
        event = session.scalars(select(AlertEvent)).one()
        said = letter(SITE, rule, event, "", Recipient("a@x.example", "a@x.example"))
        assert session.scalars(select(AuditEvent.action)).all() == ["add", "test"]
    assert (event.kind, said.subject) == ("test", "Alert ASR: test")
    assert said.text.startswith("This is a test of an alert: nothing has happened.")


def test_a_mail_says_the_figure_the_rule_and_where_to_look_in_the_recipients_language(
    enter, database, teller
) -> None:
    enter(recipients="a@x.example", by="carrier", customer="acme")
    fire(database, teller)
    with database.reading() as session:
        rule, event = session.scalars(select(Alert)).one(), session.scalars(select(AlertEvent)).one()
    said = letter(SITE, rule, event, "", Recipient("a@x.example", "a@x.example"))
    assert said.subject == "Alert ASR: raised"
    assert said.text.split("\n\n") == [
        "ASR (acme, north): 31.25 %",
        "The rule: below 40.00 %, over again at 45.00 %.",
        "In the 60 minutes until 2026-10-05 12:00 UTC, of 80 calls.",
        "https://calls.example/alerts?alert=1",
        "Site\n",
    ]
    german = letter(SITE, rule, event, "", Recipient("a@x.example", "a@x.example", "de"))
    assert german.language == "de"
    assert "31,25 %" in german.text
    assert "UTC, of" not in german.text
