"""`import --dry-run` and `export` of master data, as people type them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tollbook.cli import root
from tollbook.errors import UsageError
from tollbook.workspace import Workspace


def run(workspace: Workspace, *words: str | Path) -> tuple[object, str]:
    """What the command prints with --json, and what it says beside it."""
    done = CliRunner().invoke(root, [*map(str, words), "--home", str(workspace.home), "--json"])
    if done.exception:
        raise done.exception
    return json.loads(done.stdout), done.stderr


def test_a_dry_run_names_every_conflict_and_changes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "who.csv"
    path.write_text("id,currency\nacme,EUR\nbolt,EUX\n")
    told, said = run(workspace, "customer", "import", path, "--dry-run")
    assert (told["added"], told["dry_run"], [one["line"] for one in told["conflicts"]]) == (1, True, [3])
    assert "who.csv: line 3: currency: unknown currency 'EUX'" in said
    assert run(workspace, "customer", "list")[0] == []
    with pytest.raises(UsageError, match="line 3: currency"):
        run(workspace, "customer", "import", path)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_is_read_in_again(workspace: Workspace, tmp_path: Path, kind: str) -> None:
    run(workspace, "carrier", "add", "kilo", "--currency", "USD", "--channels", "120")
    path = tmp_path / f"carriers.{kind}"
    told, _ = run(workspace, "carrier", "export", "--format", kind, "--output", path)
    assert told == {"format": kind, "file": str(path), "rows": 1}
    assert run(workspace, "carrier", "import", path, "--dry-run")[0]["unchanged"] == 1


def test_with_json_an_export_is_the_rows(workspace: Workspace) -> None:
    run(workspace, "customer", "add", "acme")
    run(workspace, "contact", "add", "al", "--customer", "acme", "--email", "al@acme.example")
    (row,), _ = run(workspace, "contact", "export")
    assert (row["login"], row["customer"], row["email"]) == ("al", "acme", "al@acme.example")


def test_without_a_file_it_is_printed_as_csv(workspace: Workspace) -> None:
    run(workspace, "carrier", "add", "kilo")
    done = CliRunner().invoke(root, ["carrier", "export", "--home", str(workspace.home)])
    assert done.stdout == "id,name,currency,channels\nkilo,kilo,,\n"
