"""From calls to filed invoices, and what a failed run leaves: nothing."""

import re
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat
import polars as pl
import pytest
import yaml

from billing.documents.schematron import broken
from tollbook.account import parties
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.billing.invoices import invoices
from tollbook.billing.numbers import next_number
from tollbook.billing.record import Record
from tollbook.errors import TollbookError
from tollbook.lake.store import Lake
from tollbook.params import Invoice
from tollbook.periods import parse_period
from tollbook.runs import invoices as made
from tollbook.runs.invoices import Bill, attempt, customers_of, in_bulk, make_invoice, run
from tollbook.runs.notebook import BULK, KERNEL
from tollbook.tables import CALLS, TRAFFIC
from tollbook.workspace import Workspace

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


def bill(workspace: Workspace, period: str = "2026-10", customer: str = "acme", at: datetime = AT) -> Bill:
    return Bill(workspace, customer, parse_period(period), at, Invoice())


def files(workspace: Workspace) -> list[str]:
    return sorted(str(f.relative_to(workspace.reports)) for f in workspace.reports.rglob("*") if f.is_file())


FILED = ("calls.csv", "invoice.html", "invoice.ipynb", "invoice.pdf", "lines.csv", "record.json")


def test_invoice_is_filed_as_record_notebook_and_documents(charged: Workspace) -> None:
    row = make_invoice(bill(charged))
    assert row is not None
    assert (row["number"], row["status"], str(row["total"])) == ("INV-2026-000001", "issued", "0.22")
    assert files(charged) == [f"acme/2026-10/{name}" for name in FILED]
    assert sorted(row["files"]) == [str(charged.reports / name) for name in files(charged)]
    record = Record.model_validate_json((charged.reports / "acme/2026-10/record.json").read_text())
    assert (record.number, record.issued_at) == ("INV-2026-000001", AT)
    page = (charged.reports / "acme/2026-10/invoice.html").read_text()
    for figure in (
        "INV-2026-000001",
        "ACME Ltd",
        "UK mobile",
        "0.028",
        "0.188 EUR",
        "€0.22",
        record.sha256,
    ):
        assert figure in re.sub(r"(\s|<[^>]+>)+", " ", page)
    assert not re.search(r"(?i)<script|<link|https?:|src=", page)
    executed = (charged.reports / "acme/2026-10/invoice.ipynb").read_text()
    assert str(charged.home) not in executed
    assert list(charged.staging.iterdir()) == []
    total = Lake(charged).scan(TRAFFIC).select(pl.col("charge").sum()).collect().item()
    assert record.exact_charge == total


def test_what_an_invoice_cannot_be_made_as_is_told_by_name(charged: Workspace) -> None:
    row = make_invoice(bill(charged))
    assert row is not None
    xml, ubl = row["absent"]
    ours, theirs = "params/company.yml has no country", "customer acme has no country"
    number = "params/company.yml has no VAT number with its country in front (tax_id)"
    assert xml == f"invoice.xml: {ours}; {theirs}; {number}"
    assert ubl.startswith(f"ubl.xml: {ours}; {theirs}; {number}; params/company.yml has no endpoint")
    again = make_invoice(bill(charged))
    assert again == row


def test_calls_are_those_of_the_version_that_was_invoiced(charged: Workspace) -> None:
    late = (
        Lake(charged).scan(CALLS).filter(pl.col("billed_s") > 0).head(1).with_columns(call_id=pl.lit("late"))
    )
    assert make_invoice(bill(charged)) is not None
    listed = (charged.reports / "acme/2026-10/calls.csv").read_text()
    with Lake(charged).writing() as step:
        step.append(CALLS, late)
    (charged.reports / "acme/2026-10/record.json").unlink()
    assert make_invoice(bill(charged)) is not None
    assert (charged.reports / "acme/2026-10/calls.csv").read_text() == listed
    assert len(listed.splitlines()) == 1 + 5


def test_same_period_again_is_the_same_invoice_and_its_files_are_made_again_if_lost(
    charged: Workspace,
) -> None:
    first = make_invoice(bill(charged))
    before = (charged.reports / "acme/2026-10/record.json").read_text()
    assert make_invoice(bill(charged)) == first
    for lost in ("record.json", "invoice.pdf"):  # as a run killed before filing, or a person, leaves it
        held = (charged.reports / "acme/2026-10" / lost).read_bytes()
        (charged.reports / "acme/2026-10" / lost).unlink()
        assert make_invoice(bill(charged)) == first
        assert (charged.reports / "acme/2026-10" / lost).read_bytes() == held
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


@pytest.mark.parametrize("engine", [KERNEL, BULK])
@pytest.mark.parametrize(
    "last_cell",
    [
        "raise ValueError('no')", "import sys; sys.exit(0)", "import os; os._exit(0)",
        "invoice.seal(record.issued('INV-2026-000009', record.issued_at))",
    ],
    ids=["a cell raises", "the notebook ends itself", "the process ends itself", "it shows another record"],
)  # fmt: skip
def test_failed_run_leaves_no_report_no_invoice_and_no_gap(
    charged: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, last_cell: str, engine: str
) -> None:
    with monkeypatch.context() as changed:
        use_notebook(changed, tmp_path, last_cell)
        row = attempt(replace(bill(charged), engine=engine))
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


def test_several_are_made_without_a_kernel_each(charged: Workspace) -> None:
    one, two = bill(charged, "2026-10-05"), bill(charged, "2026-10-06")
    assert in_bulk([one]) == [one]
    assert {each.engine for each in in_bulk([one, two])} == {BULK}


def test_of_whom_all_is_known_an_invoice_has_every_document(
    charged: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOLLBOOK_PARAMS", str(tmp_path))
    company = {
        "name": "Nordlicht", "address": "Speicherstadt 12\n20457 Hamburg", "country": "DE", "postcode": "20457",
        "city": "Hamburg", "contact": "Wiebke Hansen", "phone": "+49 40 5550123", "email": "billing@nordlicht.example",
        "tax_id": "DE123456789", "endpoint": "9930:DE123456789", "iban": "DE75512108001245126199",
    }  # fmt: skip
    (tmp_path / "company.yml").write_text(yaml.safe_dump(company))
    told = {
        "country": "DE", "postcode": "10115", "city": "Berlin", "tax_id": "DE987654321", "language": "de",
        "endpoint": "9930:DE987654321", "reference": "04011000-12345-34",
    }  # fmt: skip
    db = Database.of(charged)
    with db.session() as session:
        parties.change(session, Customer, "acme", told)
    db.close()
    row = make_invoice(bill(charged))
    assert row is not None
    assert row["absent"] == []
    assert [Path(name).name for name in row["files"]] == list(made.FILES)
    assert "0,22" in (charged.reports / "acme/2026-10/invoice.html").read_text()
    assert (
        broken((charged.reports / "acme/2026-10/xrechnung.xml").read_bytes(), "en16931-ubl", "xrechnung")
        == []
    )


KILLED = """
import os, signal, sys, threading, time
from datetime import datetime
from pathlib import Path
from sqlalchemy import event
from sqlalchemy.orm import Session
from tollbook.account.models import Invoice as Row
from tollbook.params import Invoice
from tollbook.periods import parse_period
from tollbook.runs.invoices import Bill, make_invoice
from tollbook.workspace import Workspace

moment, home, at = sys.argv[1:]
workspace, rendered = Workspace(Path(home)), []

def end(session=None):
    if rendered and not (session and session.in_nested_transaction()):
        os.kill(os.getpid(), signal.SIGKILL)

def watch():
    while not list(workspace.staging.glob("invoice-*/record.json")):
        time.sleep(0.01)
    rendered.append(True)
    if moment == "rendering":
        end()

event.listen(Session, {"counter": "before_commit", "committed": "after_commit"}.get(moment, "after_rollback"), end)
threading.Thread(target=watch, daemon=True).start()
make_invoice(Bill(workspace, "acme", parse_period("2026-10"), datetime.fromisoformat(at), Invoice()))
"""


@pytest.mark.parametrize(("moment", "issued"), [("rendering", 0), ("counter", 0), ("committed", 1)])
def test_run_that_is_killed_is_repeated_with_the_same_number(
    charged: Workspace, moment: str, issued: int
) -> None:
    words = (sys.executable, "-c", KILLED, moment, str(charged.home), AT.isoformat())
    assert subprocess.run(words, check=False).returncode == -signal.SIGKILL
    assert len(invoices(Database.of(charged))) == issued
    assert files(charged) == []
    row = make_invoice(bill(charged))
    assert row is not None
    assert row["number"] == "INV-2026-000001"
    assert all(Path(file).is_file() for file in row["files"])
    assert next_number(Database.of(charged), AT) == "INV-2026-000002"
