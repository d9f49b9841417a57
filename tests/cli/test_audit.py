"""`tollbook audit`, as people type it."""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tollbook.account.audit import COLUMNS, Actor, record
from tollbook.account.database import Database
from tollbook.workspace import Workspace

Run = Callable[..., Any]


@pytest.fixture(autouse=True)
def _events(workspace: Workspace) -> None:
    """One of October 5th, one of the 6th that a spreadsheet might take for a formula."""
    with Database.of(workspace).session() as session:
        at = datetime(2026, 10, 5, 9, 0, 0, 123456, UTC)
        record(
            session,
            Actor(1, "anna", "192.0.2.7", via="portal"),
            "change",
            "user bob",
            after={"name": "Ünal"},
            at=at,
        )
        other = datetime(2026, 10, 6, tzinfo=UTC)
        record(session, Actor(None, "=cmd()"), "see", "people", "refused", at=other)


def test_json_has_every_column(tollbook: Run) -> None:
    first, second = tollbook("audit", "--json").json
    assert first == {
        "id": 1,
        "at": "2026-10-05T09:00:00.123456Z",
        "person_id": 1,
        "login": "anna",
        "as_login": "",
        "via": "portal",
        "address": "192.0.2.7",
        "action": "change",
        "resource": "user bob",
        "outcome": "done",
        "before": None,
        "after": {"name": "Ünal"},
    }
    assert (second["person_id"], second["outcome"]) == (None, "refused")


def test_a_span_is_from_its_start_until_before_its_end(tollbook: Run) -> None:
    assert [row["login"] for row in tollbook("audit", "--to", "2026-10-06", "--json").json] == ["anna"]
    assert [row["login"] for row in tollbook("audit", "--from", "2026-10-06", "--json").json] == ["=cmd()"]


@pytest.mark.parametrize(
    ("words", "logins"),
    [
        (("--since", "2026-10-06"), ["=cmd()"]),
        (("--until", "2026-10-06"), ["anna"]),
        (("--who", "ann"), ["anna"]),
        (("--kind", "user", "--kind", "people"), ["anna", "=cmd()"]),
        (("--kind", "user", "--id", "bo"), []),
        (("--id", "bob"), ["anna"]),
        (("--outcome", "refused"), ["=cmd()"]),
    ],
    ids=str,
)
def test_each_filter_narrows(tollbook: Run, words: tuple[str, ...], logins: list[str]) -> None:
    assert [row["login"] for row in tollbook("audit", *words, "--json").json] == logins


def test_what_the_command_line_changes_is_in_it_with_before_and_after(tollbook: Run) -> None:
    tollbook("customer", "add", "acme", "--name", "Acme")
    tollbook("customer", "set", "acme", "--name", "Acme Ltd", "--channels", "5")
    tollbook("customer", "set", "acme", "--name", "Acme Ltd")
    added, changed = tollbook("audit", "--kind", "customer", "--id", "acme", "--json").json
    assert (added["action"], added["via"], added["before"]) == ("add", "command line", None)
    assert (added["after"]["id"], added["after"]["name"]) == ("acme", "Acme")
    assert (changed["before"], changed["after"]) == (
        {"name": "Acme", "channels": None},
        {"name": "Acme Ltd", "channels": 5},
    )


def test_csv_is_for_spreadsheets_and_executes_nothing(tollbook: Run) -> None:
    head, first, second = csv.reader(io.StringIO(tollbook("audit", "--csv").out))
    assert head == list(COLUMNS)
    assert (first[1], json.loads(first[-1])) == ("2026-10-05T09:00:00.123456Z", {"name": "Ünal"})
    assert second[3] == "'=cmd()"


def test_people_get_a_table(tollbook: Run) -> None:
    head, *rows = tollbook("audit").out.splitlines()
    assert head.split()[:4] == ["id", "at", "person_id", "login"]
    assert len(rows) == 2


def test_a_date_that_is_none_says_what_to_write(tollbook: Run) -> None:
    done = tollbook("audit", "--from", "yesterday")
    assert (done.code, done.out) == (2, "")
    assert "'yesterday' is no date or time: write 2026-10-05" in done.err
