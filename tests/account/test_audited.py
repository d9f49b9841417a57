"""The audit, read: what is asked for, page by page."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tollbook.account import audited
from tollbook.account.audit import COLUMNS, Actor, record, record_each
from tollbook.account.audited import Wanted, difference
from tollbook.account.database import Database
from tollbook.errors import UsageError

AT = datetime(2026, 10, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
ANNA, BEN = Actor(1, "anna", "192.0.2.7", via="portal"), Actor(2, "ben", seen_as="annika", via="token 5")
EVENTS = (
    # who, action, resource, outcome
    (ANNA, "add", "customer acme", "done"),
    (BEN, "add", "token 5 of carl", "done"),
    (ANNA, "change", "customer acme", "done"),
    (ANNA, "change", "customer acme_2", "done"),
    (BEN, "see", "people", "refused"),
    (ANNA, "add", "token 5 of customer acme", "done"),
    (ANNA, "export", "calls: calls-2026.csv", "done"),
)


@pytest.fixture
def kept(database: Database) -> Database:
    """An event an hour, numbered from 1."""
    with database.session() as session:
        for number, (by, action, resource, outcome) in enumerate(EVENTS):
            record(session, by, action, resource, outcome, at=AT + number * HOUR)  # type: ignore[arg-type]
            session.flush()
    return database


def numbers(db: Database, **asked: Any) -> list[int]:
    with db.reading() as session:
        found = audited.page(session, Wanted(**asked), rows=99).entries
        assert audited.count(session, Wanted(**asked)) == len(found)
        return [event.id for event in found]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, [7, 6, 5, 4, 3, 2, 1]),
        ({"since": AT + HOUR, "until": AT + 3 * HOUR}, [3, 2]),
        ({"who": "ann"}, [7, 6, 5, 4, 3, 2, 1]),  # ben looked as annika
        ({"who": "ANNA"}, [7, 6, 4, 3, 1]),
        ({"who": "a%a"}, []),
        ({"kinds": ["customer"]}, [4, 3, 1]),
        ({"kinds": ["customer"], "id": "acme"}, [3, 1]),
        ({"kinds": ["customer", "token"], "id": "5"}, [6, 2]),
        ({"kinds": ["token"], "id": "acme"}, [6]),
        ({"kinds": ["calls"]}, [7]),
        ({"kinds": ["custom"]}, []),
        ({"id": "acme"}, [6, 3, 1]),
        ({"id": "carl"}, [2]),
        ({"outcomes": ["refused", "failed"]}, [5]),
    ],
    ids=str,
)
def test_each_part_of_what_is_asked_narrows(
    kept: Database, asked: dict[str, Any], expected: list[int]
) -> None:
    assert numbers(kept, **asked) == expected


def test_what_is_of_a_customer_is_what_names_it_before_or_after(database: Database) -> None:
    named = [
        (None, {"customer": "acme"}), ({"customer": "acme"}, None), ({"name": "acme"}, {"customer": "beta"}),
        (None, None), (None, {"customer": ["acme"]}),
    ]  # fmt: skip
    with database.session() as session:
        for number, (before, after) in enumerate(named):
            record(session, ANNA, "change", "block 1", before=before, after=after, at=AT + number * HOUR)
            session.flush()
        record_each(session, ANNA, "add", [("block 2", None, {"customer": "acme"})], AT)
    assert numbers(database, customers=["acme"]) == [2, 6, 1]
    assert numbers(database, customers=["acme", "beta"], since=AT + HOUR) == [3, 2]
    assert numbers(database, customers=[]) == []


def test_what_is_of_a_customer_is_found_by_an_index_in_order_however_many_entries_there_are(
    tmp_path: Path,
) -> None:
    db = Database(f"sqlite:///{tmp_path / 'tollbook.db'}")
    db.migrate()
    wanted = Wanted(kinds=("block", "extension"), outcomes=("done",), customers=["acme"])
    with db.reading() as session:
        asked = audited.asked(session, wanted).limit(200)
        words = str(asked.compile(session.connection(), compile_kwargs={"literal_binds": True}))
        plan = str(session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {words}").all())
    db.close()
    assert "USING INDEX ix_audit_event_customer (customer=?)" in plan
    assert "TEMP B-TREE" not in plan  # nothing is left to be sorted


def ids(page: audited.Page) -> tuple[list[int], bool]:
    return [event.id for event in page.entries], page.more


def test_pages_lie_side_by_side_in_both_directions(kept: Database) -> None:
    with kept.reading() as session:
        assert ids(audited.page(session, Wanted(), rows=3)) == ([7, 6, 5], True)
        assert ids(audited.page(session, Wanted(), rows=3, after=5)) == ([4, 3, 2], True)
        assert ids(audited.page(session, Wanted(), rows=3, after=2)) == ([1], False)
        assert ids(audited.page(session, Wanted(), rows=3, before=2)) == ([5, 4, 3], True)
        assert ids(audited.page(session, Wanted(), rows=3, before=4)) == ([7, 6, 5], False)
        assert ids(audited.page(session, Wanted(), rows=3, before=0)) == ([3, 2, 1], True)


def test_entries_of_one_instant_are_in_the_order_of_their_numbers(database: Database) -> None:
    with database.session() as session:
        record_each(session, ANNA, "add", [(f"extension {n}", None, {"n": n}) for n in range(5)], AT)
        record(session, ANNA, "add", "customer late", at=AT - HOUR)
    with database.reading() as session:
        assert ids(audited.page(session, Wanted(), rows=2, after=4)) == ([3, 2], True)
        assert ids(audited.page(session, Wanted(), rows=9, after=1)) == ([6], False)


def test_a_page_beside_what_there_is_not_is_refused(kept: Database) -> None:
    with kept.reading() as session, pytest.raises(UsageError, match="no entry 99"):
        audited.page(session, Wanted(), rows=3, after=99)


def test_cells_are_in_the_order_of_the_columns_with_documents_as_json(database: Database) -> None:
    with database.session() as session:
        record(session, ANNA, "change", "user bob", after={"name": "Ünal"}, at=AT + timedelta(microseconds=5))
    with database.reading() as session:
        (event,) = audited.entries(session, Wanted())
        assert dict(zip(COLUMNS, audited.cells(event), strict=True)) == {
            "id": 1, "at": "2026-10-05T09:00:00.000005Z", "person_id": 1, "login": "anna", "as_login": "",
            "via": "portal", "address": "192.0.2.7", "action": "change", "resource": "user bob",
            "outcome": "done", "before": None, "after": '{"name": "Ünal"}',
        }  # fmt: skip


def test_when_the_audit_begins_and_ends(kept: Database) -> None:
    with kept.reading() as session:
        assert audited.ends(session) == (AT, AT + 6 * HOUR)
        assert audited.newest(session) == 7


def test_of_an_empty_one_nothing_is_told(database: Database) -> None:
    with database.reading() as session:
        assert (audited.ends(session), audited.newest(session)) == ((None, None), 0)
        assert audited.page(session, Wanted(), rows=3) == audited.Page([], more=False)


def test_a_difference_has_what_was_and_what_is_side_by_side() -> None:
    before, after = {"name": "A", "tax": None}, {"name": "B", "channels": 5, "mail": ["a", "b"]}
    assert difference(before, after) == [
        ("name", "A", "B"),
        ("tax", "null", None),
        ("channels", None, "5"),
        ("mail", None, '["a", "b"]'),
    ]
    assert difference(None, None) == []


def test_a_page_of_many_is_found_without_reading_the_others(database: Database) -> None:
    with database.session() as session:
        record_each(session, ANNA, "see", [(f"customer c{n % 97}", None, None) for n in range(5000)], AT)
        plan = _plan(session)
    if database.url.get_backend_name() == "sqlite":
        assert "USING INDEX ix_audit_event_at" in plan
        assert "TEMP B-TREE" not in plan


def _plan(session: Session) -> str:
    asked = audited.asked(session, Wanted(since=AT), after=4000).limit(201)
    compiled = asked.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    if session.get_bind().dialect.name != "sqlite":
        return ""
    rows = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}")
    return "\n".join(str(row[-1]) for row in rows)
