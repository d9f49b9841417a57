"""`tollbook customer` and `tollbook carrier`, as people type them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner

from tollbook.cli import root
from tollbook.cli.parties import carrier, customer
from tollbook.errors import UsageError
from tollbook.lake.store import Lake
from tollbook.tables import TRAFFIC
from tollbook.workspace import Workspace

BOTH = pytest.mark.parametrize("group", ["customer", "carrier"])
AT = datetime(2026, 10, 5, tzinfo=UTC)


def run(workspace: Workspace, *words: str | Path) -> Any:
    """What the command prints with --json."""
    done = CliRunner().invoke(root, [*map(str, words), "--home", str(workspace.home), "--json"])
    if done.exception:
        raise done.exception
    return json.loads(done.stdout)


@BOTH
def test_what_is_added_is_shown_and_listed(workspace: Workspace, group: str) -> None:
    entered = ["--name", "ACME Ltd", "--currency", "EUR", "--channels", "30"]
    row = run(workspace, group, "add", "acme", *entered)
    given = {"id": "acme", "confirmed": True, "name": "ACME Ltd", "currency": "EUR", "channels": 30}
    assert row.items() >= given.items()
    assert run(workspace, group, "show", "acme") == row
    assert run(workspace, group, "list") == [row]


def test_a_customer_takes_every_option(workspace: Workspace) -> None:
    words = (
        "--debit-limit -100.50 --zone Europe/Berlin --carriers-shown names --due-days 30 --tax-rate 19 "
        "--grouping day --address Street\n12345 --country DE --postcode 12345 --city Street --tax-id DE1 "
        "--endpoint 9930:DE1 --language de --reference 04-1 --tax-category AE --tax-note None "
        "--invoice-mail a@b.example --schedule weekly --number-rules 00>"
    )
    row = run(workspace, "customer", "add", "acme", *words.split(" "))
    del row["created_at"]
    assert row == {
        "id": "acme",
        "confirmed": True,
        "name": "acme",
        "currency": None,
        "channels": None,
        "debit_limit": "-100.5",
        "zone": "Europe/Berlin",
        "carriers_shown": "names",
        "due_days": 30,
        "tax_rate": "19",
        "invoice_grouping": "day",
        "address": "Street\n12345",
        "country": "DE",
        "postcode": "12345",
        "city": "Street",
        "tax_id": "DE1",
        "endpoint": "9930:DE1",
        "language": "de",
        "reference": "04-1",
        "tax_category": "AE",
        "tax_note": "None",
        "invoice_mail": "a@b.example",
        "schedule": "weekly",
        "number_rules": "00>",
    }


@BOTH
def test_set_changes_one_field_and_an_empty_value_clears_one(workspace: Workspace, group: str) -> None:
    run(workspace, group, "add", "acme", "--currency", "EUR", "--channels", "30")
    row = run(workspace, group, "set", "acme", "--channels", "")
    assert (row["currency"], row["channels"]) == ("EUR", None)
    assert run(workspace, group, "show", "acme") == row


@BOTH
def test_set_without_a_field_is_wrong_usage(workspace: Workspace, group: str) -> None:
    run(workspace, group, "add", "acme")
    with pytest.raises(UsageError, match="nothing to set: name a field, such as --name"):
        run(workspace, group, "set", "acme")


def test_a_mistyped_zone_names_the_nearest(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="zone: unknown zone 'Europe/Berln', did you mean 'Europe/Berlin'"):
        run(workspace, "customer", "add", "acme", "--zone", "Europe/Berln")


@BOTH
def test_import_enters_a_file(workspace: Workspace, tmp_path: Path, group: str) -> None:
    file = tmp_path / "who.csv"
    file.write_text("id,name,currency\nacme,ACME,EUR\nbolt,Bolt,USD\n")
    rows = run(workspace, group, "import", file)
    assert [(row["id"], row["name"], row["currency"]) for row in rows] == [
        ("acme", "ACME", "EUR"),
        ("bolt", "Bolt", "USD"),
    ]
    assert run(workspace, group, "list") == rows


@BOTH
def test_a_bad_file_changes_nothing_and_names_the_line(
    workspace: Workspace, tmp_path: Path, group: str
) -> None:
    file = tmp_path / "who.csv"
    file.write_text("id,currency\nacme,EUR\nbolt,EUX\n")
    with pytest.raises(UsageError, match=r"^who\.csv: line 3: currency: unknown currency 'EUX'"):
        run(workspace, group, "import", file)
    assert run(workspace, group, "list") == []


def test_the_list_has_those_that_only_calls_name(workspace: Workspace) -> None:
    rows = [("acme", "kilo"), ("bolt", None), ("bolt", "kilo")]
    traffic = pl.LazyFrame(rows, schema=["customer", "carrier"], orient="row")
    with Lake(workspace).writing() as step:
        step.append(TRAFFIC, traffic.with_columns(day=AT.date(), quarter_at=AT))
    run(workspace, "customer", "add", "acme")
    listed = {group: run(workspace, group, "list") for group in ("customer", "carrier")}
    assert [(row["id"], row["confirmed"]) for row in listed["customer"]] == [("acme", True), ("bolt", False)]
    assert [(row["id"], row["confirmed"]) for row in listed["carrier"]] == [("kilo", False)]


@pytest.mark.parametrize("group", [customer, carrier], ids=lambda group: group.name)
def test_every_command_and_option_says_what_it_is(group: Any) -> None:
    for command in group.commands.values():
        assert command.help
        options = [param for param in command.params if param.param_type_name == "option"]
        assert all(option.help for option in options)


def test_the_docs_name_every_field_and_option() -> None:
    text = (Path(__file__).parents[2] / "docs" / "accounts.md").read_text()
    options = {
        name for command in customer.commands.values() for param in command.params for name in param.opts
    }
    missing = [name for name in options if name.startswith("--") and f"`{name}" not in text]
    assert missing == []
