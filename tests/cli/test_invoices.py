"""`tollbook invoice`, as people type it."""

import json

import pytest
from click.testing import CliRunner, Result

from tollbook.cli import root
from tollbook.errors import TollbookError, UsageError
from tollbook.workspace import Workspace


def run(workspace: Workspace, *words: str) -> Result:
    return CliRunner().invoke(root, ["--home", str(workspace.home), "--json", "invoice", *words])


def test_run_list_and_show_tell_the_same_figures(charged: Workspace) -> None:
    done = run(charged, "run", "--view", "monthly", "--period", "2026-10")
    (row,) = json.loads(done.stdout)
    assert {name: row[name] for name in ("customer", "status", "net", "tax", "total", "currency")} == {
        "customer": "acme", "status": "issued", "net": "0.19", "tax": "0.03", "total": "0.22", "currency": "EUR",
    }  # fmt: skip
    (listed,) = json.loads(run(charged, "list").stdout)
    assert (listed["number"], listed["total"], listed["exact_charge"]) == (row["number"], "0.22", "0.188")
    shown = json.loads(run(charged, "show", row["number"]).stdout)
    assert shown == json.loads((charged.reports / "acme" / "2026-10" / "record.json").read_text())


def test_one_failure_is_listed_with_its_reason_and_ends_with_1(charged: Workspace) -> None:
    done = run(
        charged,
        "run",
        "--view",
        "daily",
        "--period",
        "2026-10-05",
        "--customer",
        "nobody",
        "--customer",
        "quiet",
    )
    (row,) = json.loads(done.stdout)
    assert (row["customer"], row["status"]) == ("nobody", "failed")
    assert "no customer 'nobody'" in row["why"]
    assert "quiet: nothing was charged in 2026-10-05" in done.stderr
    assert isinstance(done.exception, TollbookError)
    assert (done.exception.exit_code, str(done.exception)[:40]) == (
        1,
        "1 of 2 invoices could not be made: mend ",
    )


@pytest.mark.parametrize(
    ("view", "period", "words"),
    [
        ("daily", "2026-10", "period '2026-10' is a row of the monthly view, not of the daily one"),
        ("weekly", "2026-W60", "period '2026-W60'"),
    ],
)
def test_period_must_be_a_row_of_the_view(workspace: Workspace, view: str, period: str, words: str) -> None:
    done = run(workspace, "run", "--view", view, "--period", period)
    assert isinstance(done.exception, UsageError)
    assert words in str(done.exception)


def test_live_view_is_never_invoiced(workspace: Workspace) -> None:
    assert run(workspace, "run", "--view", "live", "--period", "2026-10").exit_code == 2


def test_unknown_number_is_told(charged: Workspace) -> None:
    assert "no invoice 'INV-1'" in str(run(charged, "show", "INV-1").exception)


def test_a_cluster_needs_a_ledger_that_all_reach(charged: Workspace) -> None:
    words = ("run", "--view", "monthly", "--period", "2026-10", "--cluster", "tcp://127.0.0.1:1")
    done = run(charged, *words)
    assert isinstance(done.exception, TollbookError)
    assert "let TOLLBOOK_DATABASE_URL name a PostgreSQL database" in str(done.exception)
