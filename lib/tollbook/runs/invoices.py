"""One customer's invoice from settling to filing; a run that fails or is killed leaves no invoice and no number."""

import shutil
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import nbformat
import polars as pl
from filelock import FileLock
from nbformat import NotebookNode

from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.account.parties import listing
from tollbook.billing.decks import decks_of
from tollbook.billing.filed import RECORD, RENDERING, report_folder
from tollbook.billing.invoices import customer_named, issue, issued, next_number, save_draft
from tollbook.billing.record import Record
from tollbook.billing.settle import Asked, settle
from tollbook.errors import TollbookError
from tollbook.lake.store import Lake
from tollbook.params import Invoice, folder
from tollbook.periods import Period
from tollbook.runs.notebook import execute, result
from tollbook.runs.page import html_page
from tollbook.show.invoice import RESULT
from tollbook.tables import CALLS
from tollbook.workspace import Workspace

NOTEBOOK: Final = "invoice.ipynb"
PAGE: Final = "invoice.html"
FILES: Final = (RECORD, NOTEBOOK, PAGE)


@dataclass(frozen=True)
class Bill:
    """What a run has to make: one customer, one period, as of one instant."""

    workspace: Workspace
    customer: str
    period: Period
    at: datetime
    terms: Invoice

    @property
    def folder(self) -> Path:
        return report_folder(self.workspace, self.customer, self.period.name)

    @property
    def is_settled(self) -> bool:
        """The period is over for long enough that late calls have come in."""
        return self.at >= self.period.end + timedelta(hours=self.terms.settle_hours)


def customers_of(workspace: Workspace, period: Period) -> tuple[list[str], list[str]]:
    """The customers that calls of the period name: those entered, and those nobody has entered yet."""
    days = pl.col("day").is_between(period.start.date(), period.end.date(), closed="left")
    named = Lake(workspace).scan(CALLS).filter(days).select(pl.col("customer").drop_nulls().unique().sort())
    db = Database.of(workspace)
    with db.reading() as session:
        entered = {str(row["id"]) for row in listing(session, Customer)}
    db.close()
    ids: list[str] = named.collect()["customer"].to_list()
    return [i for i in ids if i in entered], [i for i in ids if i not in entered]


def make_invoice(bill: Bill) -> dict[str, Any] | None:
    """Settle, run the notebook, file: the invoice of a period that is over, else its draft.

    None where the customer was charged for nothing. A period that has its invoice gets that one again.

    Raises:
        TollbookError: what stands in the way; then nothing has changed.
    """
    db = Database.of(bill.workspace)
    try:
        return _made(bill, db)
    finally:
        db.close()


def _made(bill: Bill, db: Database) -> dict[str, Any] | None:
    customer = customer_named(db, bill.customer)
    record = issued(db, customer.id, bill.period) or _draft(bill, db, customer)
    if record is None:
        return None
    if record.number:
        return _again(bill, record)
    if bill.is_settled:
        return _issued(bill, db, record)
    staged = _rendered(bill, record)
    save_draft(db, record)
    return _filed(bill, record, staged)


def _draft(bill: Bill, db: Database, customer: Customer) -> Record | None:
    decks = decks_of(db, "customer", customer.id)
    return settle(Lake(bill.workspace), Asked(customer, decks, bill.period, bill.terms.settle_hours))


def _issued(bill: Bill, db: Database, draft: Record) -> dict[str, Any]:
    """Render under the next number, then take it. One at a time: the number must still be the next one then."""
    with FileLock(bill.workspace.home / "invoices.lock"):
        while (other := issued(db, bill.customer, bill.period)) is None:
            record = draft.issued(next_number(db, bill.at), bill.at)
            staged = _rendered(bill, record)
            if issue(db, record):
                return _filed(bill, record, staged)
            shutil.rmtree(staged)  # a run on another machine took the number
    return _again(bill, other)


def _again(bill: Bill, record: Record) -> dict[str, Any]:
    """The files of an invoice that has been issued; made again from its record where a killed run left none."""
    record_file = bill.folder / RECORD
    if record_file.is_file() and record_file.read_text(encoding="utf-8") == record.text:
        return _row(bill, record)
    return _filed(bill, record, _rendered(bill, record))


def _rendered(bill: Bill, record: Record) -> Path:
    """A new folder with the record, the executed notebook and the page.

    Raises:
        TollbookError: the notebook failed, or did not show this record. The folder stays, to be looked at.
    """
    staged = bill.workspace.staging / f"invoice-{uuid.uuid4().hex[:12]}"
    staged.mkdir(parents=True)
    (staged / RECORD).write_text(record.text, encoding="utf-8")
    node = execute(
        folder("notebooks") / NOTEBOOK,
        {"customer": bill.customer, "period": bill.period.name},
        staged / NOTEBOOK,
        timeout_s=bill.terms.timeout_s,
        environment={"TOLLBOOK_HOME": str(bill.workspace.home), RENDERING: str(staged / RECORD)},
    )
    shown = result(node, RESULT)
    if shown is None or shown.get("record_sha256") != record.sha256:
        raise TollbookError(f"{NOTEBOOK} ended without showing its record; see {staged / NOTEBOOK}")
    title = f"Invoice {record.number}" if record.number else f"Draft {bill.customer} {bill.period.name}"
    (staged / PAGE).write_text(html_page(node, title), encoding="utf-8")
    _without_paths(node, staged / NOTEBOOK)
    return staged


def _without_paths(node: NotebookNode, path: Path) -> None:
    """Papermill notes where files lay on this machine; whoever gets the notebook need not know."""
    for name in ("input_path", "output_path"):
        node.metadata["papermill"].pop(name, None)
    nbformat.write(node, path)  # type: ignore[no-untyped-call]


def _filed(bill: Bill, record: Record, staged: Path) -> dict[str, Any]:
    """Move the staged folder to its place in reports, in place of a draft's."""
    bill.folder.parent.mkdir(parents=True, exist_ok=True)
    old = staged.with_name(f"{staged.name}-old")
    replaced = bill.folder.exists()
    if replaced:
        bill.folder.rename(old)
    staged.rename(bill.folder)
    if replaced:
        shutil.rmtree(old)
    return _row(bill, record)


def _row(bill: Bill, record: Record) -> dict[str, Any]:
    return {
        "number": record.number,
        "customer": bill.customer,
        "status": record.status,
        "net": record.net,
        "tax": record.tax,
        "total": record.total,
        "currency": record.currency,
        "files": [str(bill.folder / name) for name in FILES],
    }


def run(bills: Sequence[Bill], workers: int = 1) -> Iterator[dict[str, Any] | None]:
    """What became of each, in order, `workers` at a time; one that fails does not hold up the rest."""
    if workers == 1 or len(bills) < 2:  # noqa: PLR2004 - one invoice needs no second process
        yield from map(attempt, bills)
        return
    # Kernels are started from threads of their own: only a fresh process is safe to start them from.
    with ProcessPoolExecutor(min(workers, len(bills)), mp_context=get_context("spawn")) as pool:
        yield from pool.map(attempt, bills)


def attempt(bill: Bill) -> dict[str, Any] | None:
    """As `make_invoice`, with a failure as a row that says why."""
    try:
        return make_invoice(bill)
    except (TollbookError, OSError) as error:
        nothing = dict.fromkeys(("net", "tax", "total", "currency"))
        told = {"customer": bill.customer, "status": "failed", "files": [], "why": str(error)}
        return {"number": None, **nothing, **told}
