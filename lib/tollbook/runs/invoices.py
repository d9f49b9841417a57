"""One customer's invoice from settling to filing; a run that fails or is killed leaves no invoice and no number."""

import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import polars as pl
from filelock import FileLock

from tollbook.account.audit import Actor
from tollbook.account.database import Database, shared
from tollbook.account.models import Customer
from tollbook.account.parties import listing
from tollbook.billing.documents.annex import calls_of
from tollbook.billing.documents.document import Document, preceding_of
from tollbook.billing.documents.look import look_of
from tollbook.billing.documents.make import ALWAYS, NAMES, absent_of, documents
from tollbook.billing.filed import RECORD, RENDERING, aside, folder_of
from tollbook.billing.invoices import Send, customer_named, issue_next, issued, save_draft, unsent
from tollbook.billing.mails import mailing
from tollbook.billing.notes import issue_note
from tollbook.billing.record import Record
from tollbook.billing.settle import asked, settle
from tollbook.billing.turns import Turns
from tollbook.errors import TollbookError
from tollbook.lake.store import Lake
from tollbook.params import Invoice, folder
from tollbook.periods import Period
from tollbook.runs.notebook import BULK, KERNEL, execute, result
from tollbook.show.invoice import RESULT
from tollbook.tables import CALLS
from tollbook.workspace import Workspace

NOTEBOOK: Final = "invoice.ipynb"
FILES: Final = (RECORD, NOTEBOOK, *NAMES)
"""What an invoice's folder holds, as far as it can be made."""


@dataclass(frozen=True)
class Bill:
    """What a run has to make: one customer, one period, as of one instant."""

    workspace: Workspace
    customer: str
    period: Period
    at: datetime
    terms: Invoice
    by: Actor | None = None
    """Who issues it, for the audit."""
    engine: str = KERNEL
    """The engine of Papermill that runs the notebook."""
    is_sent: bool = True
    """Whether it is sent by mail, once, where `terms` have invoices sent."""

    @property
    def settles_at(self) -> datetime:
        """From when on the period is over for long enough that late calls have come in."""
        return self.period.end + timedelta(hours=self.terms.settle_hours)

    @property
    def is_settled(self) -> bool:
        """The period settled by then."""
        return self.at >= self.settles_at


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
    db = shared(bill.workspace)
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
    lake = Lake(bill.workspace)
    return settle(lake, asked(lake, db, customer, bill.period, bill.terms.settle_hours))


def _issued(bill: Bill, db: Database, draft: Record) -> dict[str, Any] | None:
    """The invoice of the draft, rendered under its number; it takes turns with others only to take it."""

    def again() -> Record | None:
        return _draft(bill, db, customer_named(db, bill.customer))

    rendered = partial(_rendered, bill)
    done = issue_next(db, draft, bill.at, rendered, again, bill.by, _send(bill), Turns(bill.workspace.home))
    if done is None:
        return None
    record, staged = done
    return _again(bill, record) if staged is None else _filed(bill, record, staged)


def _send(bill: Bill) -> Send:
    """What puts an invoice into the outbox while it is issued; nothing where it is not to be sent."""
    post = mailing(bill.workspace, bill.terms) if bill.is_sent else None
    return post.put if post else unsent


def make_note(bill: Bill, record: Record) -> dict[str, Any]:
    """The files of a note, in a folder of their own beside those of the invoice; it is sent if such are sent."""
    if _is_filed(bill, record):
        return _row(bill, record)
    staged, send = _rendered(bill, record), _send(bill)
    if send is not unsent:  # before filing: who is stopped in between is known by the missing files
        with shared(bill.workspace).session() as session:
            send(session, record=record, folder=staged)
    return _filed(bill, record, staged)


def make_difference(
    bill: Bill, db: Database, draft: Record, again: Callable[[], Record | None], by: Actor
) -> dict[str, Any] | None:
    """Issue and file the note of a difference; None where by now there is none.

    Raises:
        TollbookError: its files cannot be made; then it has not been issued.
    """
    with FileLock(bill.workspace.home / "notes.lock"):
        done = issue_note(db, draft, bill.at, partial(_rendered, bill), again, by, _send(bill))
        return _filed(bill, *done) if done else None


def _again(bill: Bill, record: Record) -> dict[str, Any]:
    """The files of an invoice that has been issued; made again from its record where one of them is gone."""
    if _is_filed(bill, record):
        return _row(bill, record)
    return _filed(bill, record, _rendered(bill, record))


def _is_filed(bill: Bill, record: Record) -> bool:
    place = folder_of(bill.workspace, record)
    there = all((place / name).is_file() for name in (RECORD, NOTEBOOK, *ALWAYS))
    return there and (place / RECORD).read_text(encoding="utf-8") == record.text


def _rendered(bill: Bill, record: Record) -> Path:
    """A new folder with the record, the executed notebook and the documents.

    Raises:
        TollbookError: the notebook failed or did not show this record, or a document cannot be made. The folder
            stays, to be looked at.
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
        engine=bill.engine,
    )
    shown = result(node, RESULT)
    if shown is None or shown.get("record_sha256") != record.sha256:
        raise TollbookError(f"{NOTEBOOK} ended without showing its record; see {staged / NOTEBOOK}")
    for name, content in documents(_document(bill, record)).items():
        (staged / name).write_bytes(content)
    return staged


def _document(bill: Bill, record: Record) -> Document:
    """The invoice as its documents are made from it; without its calls where these are not what they were."""
    calls = None
    with suppress(TollbookError):
        calls = calls_of(Lake(bill.workspace), record)
    look, most = look_of(bill.customer), bill.terms.annex_calls
    return Document(record, preceding_of(record), calls, look, most)


def _filed(bill: Bill, record: Record, staged: Path) -> dict[str, Any]:
    """Move the staged folder to its place in reports, in place of a draft's; an invoice that was there is kept aside."""
    folder = folder_of(bill.workspace, record)
    folder.parent.mkdir(parents=True, exist_ok=True)
    old = staged.with_name(f"{staged.name}-old")
    with FileLock(bill.workspace.home / "filing.lock"):
        replaced = folder.exists()
        if replaced:
            folder.rename(old)
        staged.rename(folder)
        if replaced:
            _put_away(old, folder, record)
    return _row(bill, record)


def _put_away(old: Path, folder: Path, record: Record) -> None:
    """Drop the files of a draft, or of this same invoice; keep those of one that has been credited."""
    path = old / RECORD
    number = Record.model_validate_json(path.read_text(encoding="utf-8")).number if path.is_file() else None
    if number and number != record.number and not aside(folder, number).exists():
        old.rename(aside(folder, number))
    else:
        shutil.rmtree(old)


def _row(bill: Bill, record: Record) -> dict[str, Any]:
    place = folder_of(bill.workspace, record)
    return {
        "number": record.number,
        "customer": bill.customer,
        "status": record.status,
        "net": record.net,
        "tax": record.tax,
        "total": record.total,
        "currency": record.currency,
        "files": [str(place / name) for name in FILES if (place / name).is_file()],
        "absent": absent_of(record, place),
    }


def run(bills: Sequence[Bill], workers: int = 1) -> Iterator[dict[str, Any] | None]:
    """What became of each, in order, `workers` at a time; one that fails does not hold up the rest."""
    bills = in_bulk(bills)
    if workers == 1 or len(bills) < 2:  # noqa: PLR2004 - one invoice needs no second process
        yield from map(attempt, bills)
        return
    # Kernels are started from threads of their own: only a fresh process is safe to start them from.
    fresh = get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(bills)), mp_context=fresh, initializer=_begin) as pool:
        yield from pool.map(attempt, bills)


def _begin() -> None:
    """In a worker, before its first invoice."""
    Database.stays_open = True


def in_bulk(bills: Sequence[Bill]) -> Sequence[Bill]:
    """The same, each without a kernel of its own where there is more than one."""
    return [replace(bill, engine=BULK) for bill in bills] if len(bills) > 1 else bills


def attempt(bill: Bill) -> dict[str, Any] | None:
    """As `make_invoice`, with a failure as a row that says why."""
    try:
        return make_invoice(bill)
    except (TollbookError, OSError) as error:
        return failed(bill, str(error))


def failed(bill: Bill, why: str) -> dict[str, Any]:
    """The row of one that was not made."""
    nothing = dict.fromkeys(("net", "tax", "total", "currency"))
    told = {"customer": bill.customer, "status": "failed", "files": [], "absent": [], "why": why}
    return {"number": None, **nothing, **told}
