"""Invoices that the server was asked to make: kept in the transaction of the request, made one after the other.

Each invoice of a run is one process's for half an hour. Where that process ends, another goes on: making an invoice
that is there already gives that one again. `attempts` counts how often a run was taken and is never set back, so that one
who comes back late is known by it; `before` of its results is what it was when the invoice at hand came first.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from tollbook.account.audit import Actor, record
from tollbook.account.database import Database
from tollbook.account.online import InvoiceRun
from tollbook.billing.record import Record
from tollbook.errors import TollbookError
from tollbook.params import Invoice, read
from tollbook.periods import Period, parse_period
from tollbook.runs.invoices import Bill, customers_of, make_note
from tollbook.runs.wanted import Wanted, make, refused
from tollbook.workspace import Workspace

Clock = Callable[[], datetime]

MOST: Final = 500
"""Customers that a run may name."""
HELD: Final = timedelta(minutes=30)
_TRIES: Final = 3
"""How many processes may end at the same invoice."""
_ENDED: Final = f"{_TRIES} processes that made it were ended"


def put(
    session: Session, period: Period, customers: Sequence[str] | None, by: Actor, at: datetime
) -> InvoiceRun:
    """A run over the invoices of a period: of these customers, each once, or of all whom its calls name."""
    named = list(dict.fromkeys(customers)) if customers is not None else None
    return _put(session, "invoices", {"period": period.name, "customers": named}, by, at)


def put_note(session: Session, note: Record, by: Actor, at: datetime) -> InvoiceRun:
    """A run that makes the files of a credit note."""
    return _put(session, "note", {"period": note.period.name, "record": note.text}, by, at)


def _put(session: Session, kind: str, asked: dict[str, Any], by: Actor, at: datetime) -> InvoiceRun:
    row = InvoiceRun(
        kind=kind,
        asked=asked,
        by=by.text(),
        state="waiting",
        results={"rows": [], "todo": []},
        attempts=0,
        created_at=at,
        why="",
    )
    session.add(row)
    session.flush()
    if kind == "invoices":
        record(session, by, "add", f"run {row.id}", after=asked, at=at)
    return row


def waiting(db: Database, at: datetime) -> bool:
    """Whether there is a run that nobody is at."""
    with db.reading() as session:
        return session.scalar(select(InvoiceRun.id).where(_free(at)).limit(1)) is not None


def step(workspace: Workspace, clock: Clock) -> bool:
    """Make one invoice, or the files of one note, that nobody is at; false where there is none.

    Raises:
        TollbookError: the database cannot be reached, or params/invoice.yml is wrong.
    """
    db = Database.of(workspace)
    try:
        terms = read("invoice", Invoice)
        run = _claim(db, clock())
        if run is not None:
            _one(workspace, db, run, terms, clock)
        return run is not None
    finally:
        db.close()


def _free(at: datetime) -> ColumnElement[bool]:
    left = and_(InvoiceRun.state == "running", InvoiceRun.claimed_until <= at)
    return or_(InvoiceRun.state == "waiting", left)


def _claim(db: Database, at: datetime) -> InvoiceRun | None:
    first = select(InvoiceRun).where(_free(at)).order_by(InvoiceRun.id).limit(1)
    with db.session() as session:
        row = session.scalar(first.with_for_update(skip_locked=True))
        if row is not None:
            row.attempts += 1
            row.state, row.claimed_until = "running", at + HELD
        return row


def _one(workspace: Workspace, db: Database, run: InvoiceRun, terms: Invoice, clock: Clock) -> None:
    """Go on with one run; what goes wrong with all of it is told in its row."""
    try:
        if run.kind == "note":
            _note(workspace, run, terms, clock())
            _write(db, run, state="done", ended_at=clock())
        else:
            _invoice(workspace, db, run, terms, clock)
    except Exception as error:  # noqa: BLE001 - whatever it was, the other runs go on
        known = isinstance(error, TollbookError | OSError)
        why = str(error) if known else type(error).__name__
        _write(db, run, state="failed", why=why, ended_at=clock())


def _note(workspace: Workspace, run: InvoiceRun, terms: Invoice, at: datetime) -> None:
    if run.attempts > _TRIES:
        raise TollbookError(_ENDED)
    note = Record.model_validate_json(run.asked["record"])
    period = Period(note.period.start, note.period.end, note.period.name)
    make_note(Bill(workspace, note.customer.id, period, at, terms, Actor.parse(run.by)), note)


def _invoice(workspace: Workspace, db: Database, run: InvoiceRun, terms: Invoice, clock: Clock) -> None:
    """Make the next invoice of a run. One at which process after process ends is left alone."""
    period = parse_period(run.asked["period"])
    if run.total is None:
        _begin(workspace, db, run, period)
    rows, todo = list(run.results["rows"]), list(run.results["todo"])
    if todo:
        wanted = Wanted(todo.pop(0), period)
        bill = Bill(workspace, wanted.customer, period, clock(), terms, Actor.parse(run.by))
        tries = run.attempts - run.results.get("before", 0)
        rows.append(refused(wanted, _ENDED) if tries > _TRIES else make(bill))
    made = {"results": {"rows": rows, "todo": todo, "before": run.attempts}, "claimed_until": clock()}
    _write(db, run, **made, **({} if todo else {"state": "done", "ended_at": clock()}))


def _begin(workspace: Workspace, db: Database, run: InvoiceRun, period: Period) -> None:
    """Find out whose invoices there are to make."""
    named, unknown = run.asked["customers"], list[str]()
    if named is None:
        named, unknown = customers_of(workspace, period)
    why = "calls name it and nobody has entered it"
    rows = [refused(Wanted(name, period), why) for name in unknown]
    run.total, run.results = len(named) + len(rows), {"rows": rows, "todo": named}
    _write(db, run, total=run.total, results=run.results)


def _write(db: Database, run: InvoiceRun, **values: Any) -> None:  # noqa: ANN401 - columns
    """Write to the row while it is this process's."""
    with db.session() as session:
        row = session.get_one(InvoiceRun, run.id, with_for_update=True)
        if row.attempts == run.attempts and row.state == "running":
            for name, value in values.items():
                setattr(row, name, value)
