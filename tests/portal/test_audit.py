"""Files of the audit: the same entries as the page's query, all of them."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from urllib.request import Request, urlopen

import pytest

from portal.doors import Visitor, cookie_of
from tollbook.account.audit import COLUMNS, Actor, record_each
from tollbook.account.audited import Wanted
from tollbook.account.database import Database
from tollbook.account.workbook import read_workbook
from tollbook.errors import UsageError
from tollbook.portal import audit

AT = datetime(2026, 10, 5, 9, tzinfo=UTC)
ANNA = Actor(7, "=anna", "192.0.2.1", via="portal")


@pytest.fixture
def db(workspace):
    """Seven entries of one instant."""
    made = Database.of(workspace)
    with made.session() as session:
        record_each(session, ANNA, "add", [(f"customer c{n}", None, {"name": f"C{n}"}) for n in range(7)], AT)
    yield made
    made.close()


def test_csv_has_all_that_is_asked_for_however_many_pieces_it_takes(db, monkeypatch):
    monkeypatch.setattr(audit, "LINES", 3)
    pieces = list(audit.csv_pieces(db, Wanted(kinds=["customer"])))
    assert len(pieces) == 1 + 3
    rows = list(csv.DictReader(io.StringIO(b"".join(pieces).decode())))
    assert [row["id"] for row in rows] == ["7", "6", "5", "4", "3", "2", "1"]
    assert (rows[0]["login"], json.loads(rows[0]["after"])) == ("'=anna", {"name": "C6"})
    assert b"".join(audit.csv_pieces(db, Wanted(who="nobody"))).decode().split() == [",".join(COLUMNS)]


def test_a_workbook_has_the_same_as_text(db, tmp_path):
    path = tmp_path / "audit.xlsx"
    path.write_bytes(audit.workbook(db, Wanted(id="c3")))
    head, row = ([cell.text for cell in cells] for _, cells in read_workbook(path))
    assert tuple(head) == COLUMNS
    assert row[:4] == ["4", "2026-10-05T09:00:00Z", "7", "=anna"]


def test_a_workbook_of_more_than_it_can_hold_is_refused(db, monkeypatch):
    monkeypatch.setattr(audit, "MOST_ROWS", 6)
    with pytest.raises(UsageError, match="more than 6 entries: narrow them, or take CSV"):
        audit.workbook(db, Wanted())


def test_a_misspelt_name_is_refused():
    with pytest.raises(UsageError, match="unknown 'wo', did you mean 'who'"):
        audit.checked({"wo": "anna"})
    with pytest.raises(UsageError, match="unknown 'entry'"):
        audit.checked({"entry": "5"})


@pytest.mark.slow
def test_the_portal_sends_it_to_whom_the_table_says_and_notes_it(billable, billing):
    mine = cookie_of(billable.home, "ada-of-audit", role="admin")
    ada = Visitor(billing, mine)
    text = ada.get("/audit.csv?kind=user").text
    assert text.splitlines()[0] == ",".join(COLUMNS)
    assert "user ada-of-audit" in text
    asked = Request(f"{billing}audit.xlsx?kind=user", headers={"Cookie": "=".join(mine)})
    with urlopen(asked) as answer:
        assert answer.read(2) == b"PK"
    assert ada.get("/audit.csv?knd=user").status == 400
    carl = Visitor(billing, cookie_of(billable.home, "carl-of-audit", customer="alpha"))
    assert carl.get("/audit.csv").status == 403
    noted = ada.get(
        f"/audit.csv?who=ada-of-audit&start={datetime.now(UTC) - timedelta(hours=1):%Y-%m-%dT%H:%MZ}"
    )
    assert "audit: audit.xlsx" in noted.text
