"""What the rules did, the newest first."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, select

from account.alerts.conftest import AT
from tollbook.account.alerts import history
from tollbook.account.alerts.models import Alert
from tollbook.account.alerts.telling import Figure, Teller
from tollbook.account.post.models import Outgoing
from tollbook.account.secret import Secret
from tollbook.errors import UsageError
from tollbook.params import Site
from tollbook.servers import Mail

SITE = Site(mail=Mail(host="mail.example", sender="noc@site.example"))


@pytest.fixture
def happened(enter, database) -> None:
    """Rule 1 fired at 12:00 and was over at 13:00, rule 2 fired at 13:00."""
    for name in ("one", "two"):
        enter(name=name, recipients="a@x.example")
    teller = Teller(SITE, Secret(b"s" * 32))
    with database.session() as session:
        for number, kind, hours in ((1, "fired", 0), (1, "reset", 1), (2, "fired", 1)):
            at = AT + timedelta(hours=hours)
            rule = session.get_one(Alert, number)
            teller.tell(session, rule, "", kind, Figure(at, Decimal("0.3"), calls=60), at)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [(2, "fired"), (1, "reset"), (1, "fired")]),
        ({"alert": 1}, [(1, "reset"), (1, "fired")]),
        ({"kind": "fired"}, [(2, "fired"), (1, "fired")]),
        ({"start": AT + timedelta(hours=1)}, [(2, "fired"), (1, "reset")]),
        ({"end": AT + timedelta(hours=1)}, [(1, "fired")]),
        ({"most": 1}, [(2, "fired")]),
    ],
    ids=str,
)
def test_it_is_asked_by_rule_kind_and_time(happened, database, asked, found) -> None:
    with database.reading() as session:
        assert [(row["alert"], row["kind"]) for row in history.listing(session, **asked)] == found


def test_a_message_that_is_long_over_leaves_the_event(happened, database) -> None:
    with database.session() as session:
        session.execute(delete(Outgoing).where(Outgoing.id == session.scalar(select(Outgoing.id).limit(1))))
    with database.reading() as session:
        told = {row["id"]: row["deliveries"][0]["state"] for row in history.listing(session)}
        assert history.show(session, 1)["kind"] == "fired"
    assert told == {1: None, 2: "waiting", 3: "waiting"}


def test_an_unknown_kind_is_refused(database) -> None:
    with database.reading() as session, pytest.raises(UsageError, match="did you mean 'fired'"):
        history.listing(session, kind="fire")
