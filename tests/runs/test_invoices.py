"""From calls to filed invoices, and what a failed run leaves: nothing."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat
import polars as pl
import pytest

from tollbook.account.database import Database
from tollbook.billing.invoices import invoices, next_number
from tollbook.billing.record import Record
from tollbook.errors import TollbookError
from tollbook.lake.store import Lake
from tollbook.params import Invoice
from tollbook.periods import parse_period
from tollbook.runs import invoices as made
from tollbook.runs.invoices import Bill, attempt, customers_of, make_invoice, run
from tollbook.tables import CALLS, TRAFFIC
from tollbook.workspace import Workspace

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


def bill(workspace: Workspace, period: str = "2026-10", customer: str = "acme", at: datetime = AT) -> Bill:
    return Bill(workspace, customer, parse_period(period), at, Invoice())


def files(workspace: Workspace) -> list[str]:
    return sorted(str(f.relative_to(workspace.reports)) for f in workspace.reports.rglob("*") if f.is_file())


def test_invoice_is_filed_as_record_notebook_and_page(charged: Workspace) -> None:
    row = make_invoice(bill(charged))
    assert row is not None
    assert (row["number"], row["status"], str(row["total"])) == ("INV-2026-000001", "issued", "0.22")
    assert files(charged) == [
        f"acme/2026-10/{name}" for name in ("invoice.html", "invoice.ipynb", "record.json")
    ]
    assert sorted(row["files"]) == [str(charged.reports / name) for name in files(charged)]
    record = Record.model_validate_json((charged.reports / "acme/2026-10/record.json").read_text())
    assert (record.number, record.issued_at) == ("INV-2026-000001", AT)
    page = (charged.reports / "acme/2026-10/invoice.html").read_text()
    for figure in (
        "INV-2026-000001",
        "ACME Ltd",
        "UK mobile",
        "0.168",
        "0.188 EUR",
        "0.22 EUR",
        record.sha256,
    ):
        assert figure in page
    assert not re.search(r"(?i)<script|<link|https?:|src=", page)
    executed = (charged.reports / "acme/2026-10/invoice.ipynb").read_text()
    assert str(charged.home) not in executed
    assert list(charged.staging.iterdir()) == []
    total = Lake(charged).scan(TRAFFIC).select(pl.col("charge").sum()).collect().item()
    assert record.exact_charge == total


def test_same_period_again_is_the_same_invoice_and_its_files_are_made_again_if_lost(
    charged: Workspace,
) -> None:
    first = make_invoice(bill(charged))
    before = (charged.reports / "acme/2026-10/record.json").read_text()
    assert make_invoice(bill(charged)) == first
    (charged.reports / "acme/2026-10/record.json").unlink()  # as a run killed before filing leaves it
    assert make_invoice(bill(charged)) == first
    assert (charged.reports / "acme/2026-10/record.json").read_text() == before
    assert next_number(Database.of(charged), AT) == "INV-2026-000002"


def test_period_is_a_draft_until_24_h_after_its_end(charged: Workspace) -> None:
    draft = make_invoice(bill(charged, at=datetime(2026, 11, 1, 23, 59, 59, tzinfo=UTC)))
    assert draft is not None
    assert (draft["number"], draft["status"]) == (None, "draft")
    assert "Draft, not an invoice" in (charged.reports / "acme/2026-10/invoice.html").read_text()
    issued = make_invoice(bill(charged, at=datetime(2026, 11, 2, tzinfo=UTC)))
    assert issued is not None
    assert issued["number"] == "INV-2026-000001"
    assert [row["status"] for row in invoices(Database.of(charged))] == ["issued"]
    assert "Invoice INV-2026-000001" in (charged.reports / "acme/2026-10/invoice.html").read_text()


def use_notebook(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, last_cell: str) -> None:
    """The product's own notebook, with another last cell."""
    node = nbformat.read(made.folder("notebooks") / made.NOTEBOOK, as_version=4)
    node.cells[-1].source = last_cell
    nbformat.write(node, tmp_path / made.NOTEBOOK)
    monkeypatch.setattr(made, "folder", lambda _: tmp_path)


@pytest.mark.parametrize(
    "last_cell",
    ["raise ValueError('no')", "import sys; sys.exit(0)", "invoice.seal(record.issued('INV-2026-000009', record.issued_at))"],
    ids=["a cell raises", "the notebook ends itself", "it shows another record"],
)  # fmt: skip
def test_failed_run_leaves_no_report_no_invoice_and_no_gap(
    charged: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last_cell: str
) -> None:
    with monkeypatch.context() as changed:
        use_notebook(changed, tmp_path, last_cell)
        row = attempt(bill(charged))
    assert row is not None
    assert (row["status"], row["number"], row["files"]) == ("failed", None, [])
    assert files(charged) == []
    assert invoices(Database.of(charged)) == []
    assert Path(row["why"].rpartition("see ")[2]).exists()
    assert next_number(Database.of(charged), AT) == "INV-2026-000001"


def test_customer_without_calls_has_no_invoice_and_an_unknown_one_is_told(charged: Workspace) -> None:
    assert make_invoice(bill(charged, customer="quiet")) is None
    with pytest.raises(TollbookError, match="no customer 'acne', did you mean 'acme'"):
        make_invoice(bill(charged, customer="acne"))


def test_customers_of_a_period_are_those_that_its_calls_name(charged: Workspace) -> None:
    assert customers_of(charged, parse_period("2026-10")) == (["acme"], [])
    assert customers_of(charged, parse_period("2026-09")) == ([], [])


def test_a_customer_that_nobody_entered_is_told_apart(charged: Workspace) -> None:
    stray = Lake(charged).scan(CALLS).head(1).with_columns(customer=pl.lit("stray"), call_id=pl.lit("x"))
    with Lake(charged).writing() as step:
        step.append(CALLS, stray)
    assert customers_of(charged, parse_period("2026-10")) == (["acme"], ["stray"])


def test_one_that_fails_does_not_hold_up_the_rest_and_workers_share_the_work(charged: Workspace) -> None:
    bills = [bill(charged, "2026-10-05"), bill(charged, customer="nobody"), bill(charged, "2026-10-06")]
    rows: list[dict[str, Any] | None] = list(run(bills, workers=2))
    assert [row and row["status"] for row in rows] == ["issued", "failed", "issued"]
    assert sorted(row["number"] for row in invoices(Database.of(charged))) == [
        "INV-2026-000001",
        "INV-2026-000002",
    ]
