"""Any other switch: JSON from an address, or rows of a database."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from live.servers import PASSWORD, http
from tollbook.live.snapshot import SwitchError

CALLS = [
    {
        "id": 1,
        "acct": "acme",
        "to": "sip:+442071838750@sbc",
        "began": "2026-11-23T02:00:00+01:00",
        "up": None,
    },
    {"id": 2, "acct": "", "to": "33146737828", "began": 1795399893, "up": "2026-11-23T01:00:05Z"},
]
COLUMNS = {"call_id": "id", "customer": "acct", "called": "to", "started_at": "began", "answered_at": "up"}


def test_a_list_in_json_with_names_of_its_own(asked) -> None:
    def answer(_path, headers, _body):
        good = headers["Authorization"] == f"Bearer {PASSWORD}"
        return (200, json.dumps({"data": {"calls": CALLS}}).encode()) if good else (403, b"")

    with http(answer) as address:
        first, second = asked("http", address, query="data.calls", columns=COLUMNS).calls
    assert (first.call_id, first.customer, first.called) == ("1", "acme", "442071838750")
    assert (first.started_at, first.answered) == (datetime(2026, 11, 23, 1, tzinfo=UTC), False)
    assert (second.customer, second.answered) == (None, True)
    assert second.started_at == datetime.fromtimestamp(1795399893, UTC)
    assert second.answered_at == datetime(2026, 11, 23, 1, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("body", "query", "words"),
    [
        ({"calls": 3}, "calls", "'calls' is no list of calls"),
        ({"calls": []}, "", "the answer is no list of calls"),
        ([{"id": 1}], "", "a call has no 'call_id'"),
    ],
)
def test_another_answer_is_refused(asked, body: object, query: str, words: str) -> None:
    with (
        http(lambda *_: (200, json.dumps(body).encode())) as address,
        pytest.raises(SwitchError, match=words),
    ):
        asked("http", address, query=query)


def test_a_query_gives_a_row_per_call(asked, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "switch.db")) as db, db:
        db.execute("CREATE TABLE channels (id, customer, called, since)")
        db.execute("INSERT INTO channels VALUES ('x1', 'acme', '44207', '2026-11-23 02:00:00')")
    query = "SELECT id AS call_id, customer, called, since AS started_at FROM channels"
    told = asked("sql", f"sqlite:///{tmp_path}/switch.db", query=query, zone="Europe/Rome", secret_env="")
    (call,) = told.calls
    assert (call.call_id, call.customer) == ("x1", "acme")
    assert call.started_at == datetime(2026, 11, 23, 1, tzinfo=UTC)


def test_a_query_that_fails_is_told_in_one_line(asked, tmp_path: Path) -> None:
    with pytest.raises(SwitchError, match=r"s1: the query failed \(OperationalError\)"):
        asked("sql", f"sqlite:///{tmp_path}/none.db", query="SELECT 1 FROM nothing", secret_env="")


@pytest.mark.postgresql
def test_a_query_of_postgresql_can_change_nothing(asked, postgresql_url: str) -> None:
    one = "SELECT 'x1' AS call_id, timestamptz '2026-11-23 02:00:00+01' AS started_at"
    (call,) = asked("sql", postgresql_url, query=one, secret_env="").calls
    assert call.started_at == datetime(2026, 11, 23, 1, tzinfo=UTC)
    with pytest.raises(SwitchError, match="the query failed"):
        asked("sql", postgresql_url, query="CREATE TABLE x (y int)", secret_env="")
