from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import IntegrityError

from tollbook.account import audit
from tollbook.account.audit import HIDDEN, Actor
from tollbook.account.database import Database
from tollbook.account.people.models import AuditEvent
from tollbook.errors import UsageError

AT = datetime(2026, 10, 5, 9, tzinfo=UTC)
ANNA = Actor(7, "anna", "192.0.2.7", seen_as="bob", via="portal")


@pytest.fixture
def kept(database: Database) -> Database:
    """One event a day of three days."""
    with database.session() as session:
        for day in range(3):
            audit.record(
                session, ANNA, "change", "user carl", at=AT + timedelta(days=day), after={"day": day}
            )
    return database


def told(db: Database, start: datetime | None = None, end: datetime | None = None) -> list[dict]:
    with db.reading() as session:
        return list(audit.events(session, start, end))


def test_an_event_tells_who_when_where_what_and_what_became_of_it(kept: Database) -> None:
    assert told(kept)[0] == {
        "id": 1,
        "at": AT,
        "person_id": 7,
        "login": "anna",
        "as_login": "bob",
        "via": "portal",
        "address": "192.0.2.7",
        "action": "change",
        "resource": "user carl",
        "outcome": "done",
        "before": None,
        "after": {"day": 0},
    }


def test_events_are_told_from_an_instant_until_before_another(kept: Database) -> None:
    days = [event["after"]["day"] for event in told(kept, AT + timedelta(days=1), AT + timedelta(days=2))]
    assert days == [1]
    assert [event["after"]["day"] for event in told(kept, end=AT + timedelta(days=1))] == [0]


@pytest.mark.parametrize(
    "change",
    [
        update(AuditEvent).values(login="nobody"),
        delete(AuditEvent),
        delete(AuditEvent).where(AuditEvent.id == 1),
        update(AuditEvent).where(AuditEvent.id == 2).values(outcome="refused"),
    ],
)
def test_the_database_itself_refuses_to_change_or_remove_one(kept: Database, change) -> None:
    before = told(kept)
    with pytest.raises(IntegrityError, match="audit_event is only ever added to"), kept.session() as session:
        session.execute(change)
    assert told(kept) == before


def test_there_is_no_way_around_by_replacing_or_emptying(kept: Database) -> None:
    words = {
        "sqlite": "INSERT OR REPLACE INTO audit_event SELECT * FROM audit_event WHERE id = 1",
        "postgresql": "TRUNCATE audit_event",
    }
    before = told(kept)
    with pytest.raises(IntegrityError, match="audit_event is only ever added to"), kept.session() as session:
        session.execute(text(words[kept.url.get_backend_name()]))
    assert told(kept) == before


def test_an_event_is_kept_only_with_the_change_it_tells_of(database: Database) -> None:
    def half_done() -> None:
        with database.session() as session:
            audit.record(session, ANNA, "change", "user carl")
            raise KeyError

    with pytest.raises(KeyError):
        half_done()
    assert told(database) == []


def test_a_refusal_is_kept_by_itself(database: Database) -> None:
    audit.refused(database, ANNA, "see", "people", AT)
    (event,) = told(database)
    assert (event["action"], event["resource"], event["outcome"]) == ("see", "people", "refused")


def test_whoever_goes_on_being_refused_fills_no_table(database: Database) -> None:
    for seconds in (0, 1, 59, 60, 61):
        audit.refused(database, ANNA, "see", "people", AT + timedelta(seconds=seconds))
    audit.refused(database, ANNA, "see", "audit", AT + timedelta(seconds=61))
    assert [event["resource"] for event in told(database)] == ["people", "people", "audit"]


def test_what_became_of_it_is_one_of_three_words(database: Database) -> None:
    with pytest.raises(IntegrityError, match="outcome"), database.session() as session:
        session.add(AuditEvent(login="anna", action="see", resource="people", outcome="maybe"))


@pytest.mark.parametrize(
    "name",
    ["password", "password_hash", "totp_secret", "token", "API-Token", "recovery_codes", "cookie", "hash"],
)
def test_what_is_secret_by_its_name_is_never_kept_however_deep(name: str) -> None:
    kept = audit.without_secrets({"a": [{name: "hunter2"}], name: "hunter2"})
    assert kept == {"a": [{name: HIDDEN}], name: HIDDEN}


def test_when_a_secret_changed_is_none_and_neither_is_a_code_of_sip() -> None:
    plain = {"password_changed_at": "2026-10-05", "totp_step": 5, "sip_code": 503, "password_hash": None}
    assert audit.without_secrets(plain) == plain


def test_amounts_instants_and_dates_are_kept_in_full(database: Database) -> None:
    values = {"amount": Decimal("0.100"), "at": AT, "day": date(2026, 10, 5), "networks": ("192.0.2.0/24",)}
    with database.session() as session:
        audit.record(session, ANNA, "add", "payment 1", after=values)
    assert told(database)[0]["after"] == {
        "amount": "0.1",
        "at": "2026-10-05T09:00:00Z",
        "day": "2026-10-05",
        "networks": ["192.0.2.0/24"],
    }


def test_of_many_changes_at_once_each_has_a_row_without_secrets(database: Database) -> None:
    changes = [("extension 1", None, {"name": "Desk"}), ("extension 2", {"pin": "1234"}, {"pin": "9"})]
    with database.session() as session:
        audit.record_each(session, ANNA, "add", changes, AT)
        audit.record_each(session, ANNA, "add", [], AT)
    rows = told(database)
    assert [(row["resource"], row["via"], row["before"], row["after"]) for row in rows] == [
        ("extension 1", "portal", None, {"name": "Desk"}),
        ("extension 2", "portal", {"pin": HIDDEN}, {"pin": HIDDEN}),
    ]


def test_only_what_differs_is_told() -> None:
    assert audit.changed({"a": 1, "b": 2}, {"a": 1, "b": 3}) == ({"b": 2}, {"b": 3})


def test_the_command_line_is_named_by_who_types(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit.getpass, "getuser", lambda: "carl")
    assert audit.command_line() == Actor(None, "carl (command line)", via="command line")


def test_a_user_without_a_name_can_type_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError

    monkeypatch.setattr(audit.getpass, "getuser", nameless)
    assert audit.command_line().login == "somebody (command line)"


def test_whoever_looks_as_another_changes_nothing_of_their_own() -> None:
    assert Actor(7, "anna").as_oneself() == 7
    with pytest.raises(UsageError, match="only by the person themselves"):
        ANNA.as_oneself()
    with pytest.raises(UsageError, match="only by the person themselves"):
        Actor(None, "root (command line)").as_oneself()


def test_events_stay_when_the_log_is_long(database: Database) -> None:
    with database.session() as session:
        for number in range(2500):
            audit.record(session, ANNA, "see", str(number), at=AT)
    with database.reading() as session:
        assert [event["resource"] for event in audit.events(session, None, None)] == [
            str(number) for number in range(2500)
        ]
        assert session.scalar(select(AuditEvent.id).order_by(AuditEvent.id.desc()).limit(1)) == 2500


def test_an_actor_travels_as_text():
    told = Actor(3, "anna", "192.0.2.1", "ben")
    assert Actor.parse(told.text()) == told


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"login": "anna"}', '{"person_id": 1, "login": "a", "more": 1}']
)
def test_a_text_that_is_none_gives_no_actor(text):
    with pytest.raises(ValueError, match=r"."):
        Actor.parse(text)
