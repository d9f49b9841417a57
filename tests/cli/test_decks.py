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
    assert json.loads(done.stdout) == {
        "rows": 2, "currency": "EUR", "effective_from": None, "version": 1,
        "new": 2, "raised": 0, "lowered": 0, "changed": 0, "ended": 0, "unchanged": 0, "gaps": 0,
    }  # fmt: skip
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


def test_a_dry_run_tells_what_would_change_and_who_is_affected(workspace: Workspace, file: Path) -> None:
    run(workspace, "import", file, "--customer", "acme", "--currency", "EUR")
    file.write_text(DECK.replace("0.010", "0.012") + "1,USA,0.01,6,6\n")
    done = run(workspace, "import", file, "--customer", "acme", "--dry-run")
    told = json.loads(done.stdout)
    assert (told["version"], told["new"], told["raised"], told["unchanged"]) == (2, 1, 1, 1)
    assert [(row["prefix"], row["change"]) for row in told["biggest"]] == [("44", "0.002")]
    assert (told["affected"], told["destinations"]) == ([], [])
    assert "nothing was stored" in done.stderr
    assert len(json.loads(run(workspace, "versions", "--customer", "acme").stdout)) == 1


def test_rates_that_are_to_begin_later_leave_a_gap_that_is_said(workspace: Workspace, file: Path) -> None:
    run(workspace, "import", file, "--customer", "acme", "--currency", "EUR")
    file.write_text("prefix,destination,rate_per_min,effective_from\n44,UK,1,2999-01-01\n447,UK,1,\n")
    done = run(workspace, "import", file, "--customer", "acme", "--dry-run")
    assert json.loads(done.stdout)["gaps"] == 1
    assert "1 prefixes have a rate now and will have none until" in done.stderr


def test_versions_are_told_apart_shown_and_compared(workspace: Workspace, file: Path) -> None:
    run(workspace, "import", file, "--customer", "acme", "--currency", "EUR")
    file.write_text(DECK.replace("0.010", "0.012"))
    run(workspace, "import", file, "--customer", "acme")
    versions = json.loads(run(workspace, "versions", "--customer", "acme").stdout)
    assert [(one["version"], one["rates"], one["replaced_at"] is None) for one in versions] == [
        (2, 2, True), (1, 2, False),
    ]  # fmt: skip
    first = json.loads(
        run(workspace, "show", "--customer", "acme", "--version", "1", "--prefix", "44").stdout
    )
    assert [row["rate_per_min"] for row in first] == ["0.01", "0.028"]
    done = run(workspace, "diff", "1", "2", "--customer", "acme")
    assert [(row["prefix"], row["kind"]) for row in json.loads(done.stdout)] == [("44", "raised")]
    assert "1 raised, 0 lowered" in done.stderr
    same = run(workspace, "diff", "1", "2", "--customer", "acme", "--kind", "unchanged", "--at", "2026-01-01")
    assert [row["prefix"] for row in json.loads(same.stdout)] == ["447"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_exported_is_imported_again_unchanged(
    workspace: Workspace, file: Path, tmp_path: Path, kind: str
) -> None:
    run(workspace, "import", file, "--customer", "acme", "--currency", "EUR")
    out = tmp_path / f"out.{kind}"
    told = json.loads(
        run(workspace, "export", "--customer", "acme", "--format", kind, "--output", out).stdout
    )
    assert (told["version"], told["rows"]) == (1, 2)
    again = json.loads(run(workspace, "import", out, "--customer", "acme", "--dry-run").stdout)
    assert (again["unchanged"], again["raised"] + again["changed"] + again["ended"]) == (2, 0)
    assert [row["prefix"] for row in json.loads(run(workspace, "export", "--customer", "acme").stdout)] == [
        "44",
        "447",
    ]


def test_an_export_to_standard_output_is_the_file(workspace: Workspace, file: Path) -> None:
    run(workspace, "import", file, "--customer", "acme", "--currency", "EUR")
    done = CliRunner().invoke(root, ["--home", str(workspace.home), "deck", "export", "--customer", "acme"])
    assert done.stdout.splitlines()[1] == "44,UK,0.01,0,60,60,,,no"


def test_a_rate_card_brings_its_currency_and_its_rounding(
    workspace: Workspace, file: Path, tmp_path: Path
) -> None:
    card = {
        "type": "termination", "currency": "USD", "charge": {"precision": 4, "rounding": "up"},
        "fields": [{"name": "prefix"}, {"name": "name"}, {"name": "rate"}], "rates": [["44", "UK", 0.01]],
    }  # fmt: skip
    path = tmp_path / "kilo.json"
    path.write_text(json.dumps({"schema_version": "1.0.0", "cards": {"a": card, "b": card}}))
    assert (
        json.loads(run(workspace, "import", path, "--customer", "acme", "--card", "b").stdout)["currency"]
        == "USD"
    )
    (row,) = json.loads(run(workspace, "versions", "--customer", "acme").stdout)
    assert (row["price_precision"], row["price_rounding"], row["source"]) == (4, "up", "kilo.json: card 'b'")
