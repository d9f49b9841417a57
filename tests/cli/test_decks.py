"""`tollbook deck`, as people type it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.cli import root
from tollbook.errors import UsageError
from tollbook.workspace import Workspace

DECK = "prefix,destination,rate_per_min,initial_increment_s,increment_s\n44,UK,0.010,60,60\n447,UK mobile,0.028,60,60\n"


@pytest.fixture
def file(workspace: Workspace, tmp_path: Path) -> Path:
    with Database.of(workspace).session() as session:
        session.add(Customer(id="acme", name="ACME"))
    path = tmp_path / "uk.csv"
    path.write_text(DECK)
    return path


def run(workspace: Workspace, *words: str | Path) -> Result:
    done = CliRunner().invoke(root, ["--home", str(workspace.home), "--json", "deck", *map(str, words)])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def test_import_tells_rows_and_currency_and_what_comes_next(workspace: Workspace, file: Path) -> None:
    done = run(workspace, "import", file, "--customer", "acme", "--currency", "EUR")
    assert json.loads(done.stdout) == {"rows": 2, "currency": "EUR", "effective_from": None}
    assert "tollbook refresh" in done.stderr


def test_effective_from_is_the_first_instant_of_a_deck_that_begins(workspace: Workspace, file: Path) -> None:
    file.write_text(
        "prefix,destination,rate_per_min,effective_from\n1,USA,1,2026-02-01\n44,UK,1,2026-01-01\n"
    )
    done = run(workspace, "import", file, "--customer", "acme", "--currency", "EUR", "--dry-run")
    assert json.loads(done.stdout)["effective_from"] == "2026-01-01T00:00:00Z"
    assert json.loads(run(workspace, "list").stdout) == []


def test_explain_shows_each_step(workspace: Workspace, file: Path) -> None:
    run(workspace, "import", file, "--customer", "acme", "--currency", "EUR")
    done = json.loads(
        run(workspace, "explain", "447700900123", "--seconds", "61", "--customer", "acme").stdout
    )
    assert done.pop("steps")[0] == "447700900123 starts with prefix 447, UK mobile"
    assert done == {
        "prefix": "447", "destination": "UK mobile", "rate_per_min": "0.028", "billed_s": 120,
        "charge": "0.056", "currency": "EUR", "unrated": None,
    }  # fmt: skip


def test_show_and_list_tell_the_rows_and_the_decks(workspace: Workspace, file: Path) -> None:
    run(workspace, "import", file, "--customer", "acme", "--currency", "EUR")
    rows = json.loads(run(workspace, "show", "--customer", "acme").stdout)
    assert [(row["prefix"], row["rate_per_min"]) for row in rows] == [("44", "0.01"), ("447", "0.028")]
    listed = json.loads(run(workspace, "list").stdout)
    assert [(d["customer_id"], d["rows"], d["source"]) for d in listed] == [("acme", 2, "uk.csv")]


def test_whose_deck_must_be_said_once(workspace: Workspace, file: Path) -> None:
    for words in ([], ["--customer", "acme", "--carrier", "kilo"]):
        with pytest.raises(UsageError, match="Name either --customer or --carrier"):
            run(workspace, "import", file, *words)


@pytest.mark.parametrize(("seconds", "words"), [("1e3", "scientific"), ("-1", "below 0"), ("long", "no")])
def test_explain_refuses_what_is_no_duration(
    workspace: Workspace, file: Path, seconds: str, words: str
) -> None:
    run(workspace, "import", file, "--customer", "acme", "--currency", "EUR")
    with pytest.raises(UsageError, match=words):
        run(workspace, "explain", "44", "--seconds", seconds, "--customer", "acme")


def test_owner_without_a_deck_is_told_how_to_import_one(workspace: Workspace, file: Path) -> None:
    with pytest.raises(Exception, match="has no deck: `tollbook deck import FILE --customer acme`"):
        run(workspace, "show", "--customer", "acme")
