"""The page of alerts: what is sent to whom, and what a page may ask for."""

import pytest
from sqlalchemy import select

from alerts.conftest import calls
from tollbook.account.alerts import rules
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import now
from tollbook.account.people.models import AuditEvent
from tollbook.account.scope import Scope
from tollbook.alerts.refreshed import after_refresh
from tollbook.errors import TollbookError, UsageError
from tollbook.show import alerts, reader

BY = Actor(None, "test")
ANNA = Actor(7, "anna@site.example", "192.0.2.1")
FILLED = {
    "name": "ACD",
    "area": "acd",
    "threshold": "90",
    "sample_min": "15",
    "min_calls": "1",
    "operator": "",
}


@pytest.fixture
def db(workspace, keep, monkeypatch):
    """Rule 1 is ASR below 40 %, over at 45 %, of each customer: raised for zebra since 11:15, for acme not."""
    monkeypatch.setenv("TOLLBOOK_HOME", str(workspace.home))
    monkeypatch.setattr(reader._process, "scope", None)
    monkeypatch.setattr(reader._process, "actor", None)
    made = Database.of(workspace)
    told = {
        "name": "ASR",
        "area": "asr",
        "threshold": "40%",
        "reset": "45%",
        "sample_min": "15",
        "min_calls": "10",
    }
    with made.session() as session:
        rules.add(session, BY, {**told, "by": "customer"}, now())
    keep([*calls("11:00", 10, 9, customer="acme"), *calls("11:00", 10, 1, customer="zebra")])
    after_refresh(workspace)
    yield made
    made.close()


@pytest.fixture
def opened(db, monkeypatch):
    """The page as a reader of the portal has it."""

    def show(role="admin", actor=ANNA, **given):
        monkeypatch.setenv(reader.VARIABLE, reader.TOLD)
        scope = Scope(role, "acme") if role == "contact" else Scope(role)
        reader.begin(scope.text(), actor.text())
        return alerts.read(**given)

    return show


def ask(part, **message):
    """What the page is told when it asks for this."""
    part._handle_custom_msg(message, [])
    return part.fault or part.said


def audited(db):
    with db.reading() as session:
        events = select(AuditEvent).where(AuditEvent.login == ANNA.login).order_by(AuditEvent.id)
        return [(event.action, event.resource, event.outcome) for event in session.scalars(events)]


def test_rules_are_there_with_how_they_stand_and_history_with_what_they_did(opened) -> None:
    page = opened()
    frame = page.rules().frame
    assert frame.select("subject", "status", "value").rows() == [
        ("zebra", "raised", "10.00 %"),
        ("acme", "in order", "90.00 %"),
    ]
    assert page.history().frame.select("name", "kind", "subject").rows() == [("ASR", "raised", "zebra")]
    assert page.form().told["alert"] == 0
    assert page.graph().state == "empty"


def test_a_chosen_rule_is_in_the_form_and_its_back_test_below(opened) -> None:
    page = opened(alert="1")
    assert {field["name"]: field["value"] for field in page.form().told["fields"]}["threshold"] == "40%"
    told = page.replay().told
    assert told["summary"].startswith("It would have fired 1 time in the last 30 days.")
    assert (told["subjects"], told["subject"]) == (
        [{"name": "zebra", "fired": 1}, {"name": "acme", "fired": 0}],
        "zebra",
    )
    assert (page.graph().state, page.graph().title) == ("ready", "ASR, zebra")
    assert page.firings().frame["value"].to_list() == ["10.00 %"]
    assert ask(page.replay(), kind="subject", subject="acme") == ""
    assert page.graph().title == "ASR, acme"
    assert ask(page.replay(), kind="subject", subject="nobody") == "There is no such row."


def test_a_rule_is_entered_changed_tested_and_removed(opened, db) -> None:
    page = opened()
    assert (
        ask(page.form(), kind="save", values=FILLED)
        == "ACD was entered. It is judged from the next refresh on."
    )
    assert page.controls().values["alert"] == "2"
    assert ask(page.form(), kind="save", values={"threshold": "80"}) == "ACD was changed."
    assert ask(page.form(), kind="test") == "A test is on its way to 0 recipients."
    assert page.history().frame["kind"].to_list() == ["test"]
    assert ask(page.form(), kind="remove") == "ACD was removed."
    assert (page.controls().values["alert"], page.rules().frame["name"].unique().to_list()) == ("", ["ASR"])
    assert [what[0] for what in audited(db)] == ["add", "change", "test", "remove"]


def test_values_are_tried_without_being_kept(opened, db) -> None:
    page = opened("analyst")
    assert ask(page.form(), kind="try", values=FILLED) == ""
    # Every answer talks 60 s, which is less than 90 s.
    assert page.replay().told["summary"].startswith("It would have fired 1 time")
    assert page.replay().told["subjects"] == []
    with db.reading() as session:
        assert len(rules.listing(session)) == 1
    chosen = opened("analyst", alert="1")
    assert ask(chosen.form(), kind="try", values={"threshold": "5%", "reset": ""}) == ""
    assert chosen.replay().told["summary"].startswith("It would have fired 0 times")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({**FILLED, "threshold": ""}, "threshold is missing"),
        ({**FILLED, "area": "asr", "threshold": "40"}, "threshold: write 40% or 0.4 of asr"),
        ({"moon": "1"}, "This cannot be done with these rows."),
        ({"name": 7}, "This cannot be done with these rows."),
        ("x", "This cannot be done with these rows."),
    ],
    ids=str,
)
def test_what_does_not_fit_is_said_and_changes_nothing(opened, db, values, words) -> None:
    page = opened()
    assert ask(page.form(), kind="save", values=values) == words
    assert ask(page.form(), kind="remove") == "Choose an alert."
    assert audited(db) == []


def test_an_analyst_changes_nothing_and_who_looks_as_another_neither(opened, db) -> None:
    page = opened("analyst", alert="1")
    assert page.form().told["may"] is False
    for kind in ("save", "test", "remove"):
        assert ask(page.form(), kind=kind, values=FILLED) == "You may not change this."
    assert set(audited(db)) == {("change", "alerts", "refused")}


def test_a_contact_opens_nothing(opened) -> None:
    with pytest.raises(TollbookError, match="You may not see this"):
        opened("contact")


def test_what_others_change_is_shown_at_the_next_look(opened, db) -> None:
    page = opened()
    with db.session() as session:
        rules.remove(session, BY, 1, now())
    page._tick()
    assert page.rules().frame.is_empty()


def test_a_number_that_is_none_is_refused(opened) -> None:
    with pytest.raises(UsageError, match="there is no alert '9'"):
        opened(alert="9")
    with pytest.raises(TollbookError):
        opened(alert="x")
