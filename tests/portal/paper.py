"""Invoices that are issued and filed without running a notebook: the record as it is settled, and files that stand for others."""

from datetime import UTC, datetime, timedelta

from tollbook.account.database import shared
from tollbook.billing.filed import RECORD, folder_of
from tollbook.billing.invoices import customer_named, issue
from tollbook.billing.numbers import next_number
from tollbook.billing.record import Record
from tollbook.billing.settle import asked, settle
from tollbook.lake.store import Lake
from tollbook.periods import parse_period
from tollbook.workspace import Workspace

FILES = {
    "invoice.html": b"<!DOCTYPE html><title>Invoice</title><h1>The filed page</h1>",
    "invoice.pdf": b"%PDF",
    "lines.csv": b"a",
}


def issued(workspace: Workspace, period: str, *, days_ago: int = 0, customer: str = "alpha") -> Record:
    """The customer's invoice of a period, issued so many days ago; 14 days after it is due."""
    db, lake, at = shared(workspace), Lake(workspace), datetime.now(UTC) - timedelta(days=days_ago)
    made = settle(lake, asked(lake, db, customer_named(db, customer), parse_period(period), 24))
    assert made is not None
    record = made.issued(next_number(db, at), at)
    assert issue(db, record)
    folder = folder_of(workspace, record)
    folder.mkdir(parents=True)
    (folder / RECORD).write_text(record.text, encoding="utf-8")
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    return record
