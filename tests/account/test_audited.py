"""The audit, read: what is asked for, page by page."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tollbook.account import audited
from tollbook.account.audit import COLUMNS, Actor, record, record_each
from tollbook.account.audited import KINDS, Wanted, difference, words_of
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
    (BEN, "import", "extensions", "done"),
    (ANNA, "import", "master_data", "done"),
    (BEN, "add", "refund 3 of payment 17", "done"),
    (ANNA, "export", "invoice INV-1: invoice.pdf", "done"),
    (ANNA, "export", "/api/v1/invoices/INV-1.pdf", "done"),
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
        ({}, [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]),
        ({"since": AT + HOUR, "until": AT + 3 * HOUR}, [3, 2]),
        ({"who": "ann"}, [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]),  # ben looked as annika
        ({"who": "ANNA"}, [12, 11, 9, 7, 6, 4, 3, 1]),
        ({"who": "a%a"}, []),
        ({"kinds": ["customer"]}, [9, 4, 3, 1]),
        ({"kinds": ["customer"], "id": "acme"}, [3, 1]),
        ({"kinds": ["customer", "token"], "id": "5"}, [6, 2]),
        ({"kinds": ["token"], "id": "acme"}, [6]),
        ({"kinds": ["calls"]}, [7]),
        ({"kinds": ["custom"]}, []),
        ({"kinds": ["extension"]}, [8]),
        ({"kinds": ["extension"], "files": False}, []),
        ({"kinds": ["payment"]}, []),
        ({"id": "17"}, [10]),
        ({"kinds": ["invoice"], "id": "INV-1"}, [11]),
        ({"kinds": ["/api"]}, [12]),
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
    wanted = Wanted(kinds=("block", "extension"), outcomes=("done",), customers=["acme"], files=False)
    with db.reading() as session:
        asked = audited.asked(session, wanted).limit(200)
        words = str(asked.compile(session.connection(), compile_kwargs={"literal_binds": True}))
        plan = str(session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {words}").all())
    db.close()
    assert "USING INDEX ix_audit_event_customer (customer=?)" in plan
    assert "TEMP B-TREE" not in plan  # nothing is left to be sorted


RECORDS = {"record": 3, "note_export": 1, "record_each": 3}
"""What writes entries, and which of its arguments is what they are about."""
UNTOLD = {
    # what an argument that is no literal stands for: the words that it begins with
    "kind.__tablename__": ["customer", "carrier"],
    "kind": ["contact", "user"],
    "_named(person)": ["contact", "user"],
    "deck.side": ["customer", "carrier"],
    "WORDS[record.kind]": ["credit note", "debit note"],
    "_audited(found)": ["invoice", "credit note", "debit note"],
    "register.resource": ["master_data", "people"],
    "self._register.resource": ["master_data", "people"],
    "self._kind.resource": ["blocks", "extensions"],
    "request.path[:_LONGEST]": ["/api/v1/invoices"],
    "RESOURCE": ["alerts"],
    # of changes that are made at once
    "map(_added, made.added)": ["extension", "block"],
    "map(_renamed, made.changed)": ["extension"],
}
PASSED_ON = {"resource", "what"}
"""Arguments of functions that are looked at where they are called."""


def recorded() -> Iterator[tuple[str, str]]:
    """File and beginning of what each entry that the program writes is about."""
    for file in sorted(Path(audited.__file__).parents[1].rglob("*.py")):
        text = file.read_text()
        if "note_export(" not in text and "account.audit import" not in text:
            continue
        names = {**RECORDS, **({"note": 3} if "import record as note" in text else {})}
        for call in ast.walk(ast.parse(text)):
            if not isinstance(call, ast.Call):
                continue
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            at = 0 if name == "note_export" and len(call.args) == 1 else names.get(name)
            if at is None:
                continue
            for begun in _begun(call.args[at]):
                yield f"{file.name}:{call.lineno}", begun


def _begun(told: ast.expr) -> list[str]:
    """How a text begins."""
    if isinstance(told, ast.JoinedStr):
        told = told.values[0]
    if isinstance(told, ast.FormattedValue):
        told = told.value
    if isinstance(told, ast.Constant):
        return [str(told.value)]
    text = ast.unparse(told)
    return [] if text in PASSED_ON else UNTOLD[text]


def test_whatever_the_program_records_is_of_a_kind_that_a_reader_can_choose() -> None:
    found = list(recorded())
    words = [word for kind in KINDS for word in words_of(kind)]
    of_none = [
        told for told in found if not any(re.match(rf"{re.escape(word)}([ :/]|$)", told[1]) for word in words)
    ]
    assert of_none == []
    assert len(found) > 70
    known = {begun.strip() for _, begun in found}
    assert {"alert", "refund", "credit note", "extensions", "people", "webhook event", "rejects:"} <= known


def ids(page: audited.Page) -> tuple[list[int], bool]:
    return [event.id for event in page.entries], page.more


def test_pages_lie_side_by_side_in_both_directions(kept: Database) -> None:
    first = Wanted(until=AT + 7 * HOUR)
    with kept.reading() as session:
        assert ids(audited.page(session, first, rows=3)) == ([7, 6, 5], True)
        assert ids(audited.page(session, first, rows=3, after=5)) == ([4, 3, 2], True)
        assert ids(audited.page(session, first, rows=3, after=2)) == ([1], False)
        assert ids(audited.page(session, first, rows=3, before=2)) == ([5, 4, 3], True)
        assert ids(audited.page(session, first, rows=3, before=4)) == ([7, 6, 5], False)
        assert ids(audited.page(session, first, rows=3, before=0)) == ([3, 2, 1], True)


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
        assert audited.ends(session) == (AT, AT + 11 * HOUR)
        assert audited.newest(session) == 12


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
