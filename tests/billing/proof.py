"""Many processes that issue invoices at once and are killed at the worst moments; what is left, as JSON.

    python tests/billing/proof.py DATABASE_URL FOLDER INVOICES KILLS PROCESSES

Each kill is a file in FOLDER, for one of three moments and from some number on: whoever comes there and can remove
it ends itself by SIGKILL. Every process tries every invoice, and for some customers a month that overlaps their days.
Two of three take turns, as runs in one workspace do; the others just try, as runs on other machines do.
"""

import json
import os
import random
import signal
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from tollbook.account.database import Database
from tollbook.account.models import Customer, Invoice, InvoiceSeries
from tollbook.billing.invoices import issue_next
from tollbook.billing.record import Buyer, Record, Source, Span, totals
from tollbook.billing.turns import NoTurns, Turns
from tollbook.errors import TollbookError
from tollbook.periods import parse_period

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = ("rendering", "holding the counter", "after the commit")
CUSTOMERS = 20


def draft(customer: str, name: str) -> Record:
    period = parse_period(name)
    one = Decimal("1.00")
    made = Source(program="", tables={}, decks=[], calls=0, calls_sha256="", unrated=0, parameters={})
    return Record(
        customer=Buyer(id=customer, name=customer, address=""),
        period=Span(name=period.name, start=period.start, end=period.end),
        currency="EUR", due_days=14, grouping="day", lines=(), usage=(), tax_rate=None, source=made,
        **totals([one], [one], None, "EUR"),
    )  # fmt: skip


class Worker:
    """One process: it issues what it finds not issued, and notes which overlaps were refused."""

    def __init__(self, url: str, folder: Path, invoices: int, *, turns: bool) -> None:
        self.db, self.folder, self.number = Database(url), folder, 0
        self.turns = Turns(folder) if turns else NoTurns()
        days = [f"{FIRST + timedelta(days=day):%Y-%m-%d}" for day in range(-(-invoices // CUSTOMERS))]
        self.work = list(product([f"c{n}" for n in range(CUSTOMERS)], days))[:invoices]
        random.SystemRandom().shuffle(self.work)
        event.listen(Session, "before_commit", lambda session: self.at("holding the counter", session))
        event.listen(Session, "after_commit", lambda session: self.at("after the commit", session))

    def at(self, name: str, session: Session) -> None:
        if not session.in_nested_transaction():
            self.moment(name)

    def moment(self, name: str) -> None:
        """End here, if somebody has to."""
        for file in self.folder.glob(f"kill {name} *"):
            if self.number and int(file.name.rpartition(" ")[2]) <= self.number:
                try:
                    file.unlink()
                except FileNotFoundError:
                    continue
                os.kill(os.getpid(), signal.SIGKILL)

    def prepare(self, record: Record) -> Path:
        self.number = int((record.number or "").rpartition("-")[2])
        staged = self.folder / f"staged-{os.getpid()}-{record.customer.id}-{record.period.name}"
        staged.mkdir(exist_ok=True)
        (staged / "record.json").write_text(record.text)
        self.moment("rendering")
        return staged

    def run(self) -> None:
        for customer, name in self.work:
            wanted = draft(customer, name)
            issue_next(self.db, wanted, AT, self.prepare, lambda made=wanted: made, turns=self.turns)  # type: ignore[misc]
            self.number = 0
        for customer, _ in self.work[:3]:
            try:
                issue_next(self.db, draft(customer, "2026-01"), AT, self.prepare, lambda: None)
            except TollbookError as refused:
                (self.folder / f"refused-{os.getpid()}-{customer}").write_text(str(refused))


def main(url: str, folder: Path, invoices: int, kills: int, processes: int) -> dict[str, Any]:
    for kill in range(kills):
        moment = MOMENTS[kill % len(MOMENTS)]
        (folder / f"kill {moment} {1 + kill * (invoices - processes) // kills}").touch()
    fork = get_context("fork")

    def started(place: int) -> Any:
        process = fork.Process(
            target=lambda: Worker(url, folder, invoices, turns=place % 3 > 0).run(), name=str(place)
        )
        process.start()
        return process

    running, ended = [started(place) for place in range(processes)], Counter[str]()
    while running:
        process = running.pop(0)
        process.join(0.05)
        if process.exitcode is None:
            running.append(process)
        elif process.exitcode == 0:
            ended["well"] += 1
        elif process.exitcode == -signal.SIGKILL:
            ended["killed"] += 1
            running.append(started(int(process.name)))
        else:
            ended["failed"] += 1
    refused = [file.read_text() for file in folder.glob("refused-*")]
    return {**ended, "left": len(list(folder.glob("kill *"))), "refused": refused, **found(url)}


def found(url: str) -> dict[str, Any]:
    """What the database holds in the end."""
    db = Database(url)
    with db.reading() as session:
        rows = session.execute(select(Invoice.number, Invoice.customer_id, Invoice.period_name)).all()
        last = session.scalars(select(InvoiceSeries.last)).one()
    numbers = sorted(int(number.rpartition("-")[2]) for number, _, _ in rows if number)
    periods = Counter((customer, period) for _, customer, period in rows)
    return {"numbers": numbers, "last": last, "twice": [key for key, times in periods.items() if times > 1]}


def ready(url: str) -> None:
    """The customers."""
    db = Database(url)
    db.migrate()
    with db.session() as session:
        session.add_all(Customer(id=f"c{n}", name=f"c{n}") for n in range(CUSTOMERS))
    db.close()


if __name__ == "__main__":
    where = Path(sys.argv[2])
    ready(sys.argv[1])
    print(json.dumps(main(sys.argv[1], where, *map(int, sys.argv[3:6]))))  # noqa: T201
