"""Taking an invoice back, and the files of its note."""

from datetime import UTC, datetime, timedelta

import pytest

from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.billing.filed import folder_of
from tollbook.errors import TollbookError
from tollbook.params import Invoice
from tollbook.periods import parse_period
from tollbook.runs import crediting
from tollbook.runs.invoices import Bill, make_invoice
from tollbook.workspace import Workspace

AT = datetime(2026, 12, 1, tzinfo=UTC)
BY = Actor(None, "test")


@pytest.mark.slow
def test_a_note_whose_files_are_not_there_is_filed_again_and_one_that_is_filed_is_refused(
    charged: Workspace,
) -> None:
    made = make_invoice(Bill(charged, "acme", parse_period("2026-10"), AT, Invoice()))
    assert made is not None
    db, later = Database.of(charged), AT + timedelta(days=1)
    note = crediting.credited(charged, db, made["number"], "wrong", BY, later)
    assert crediting.credited(charged, db, made["number"], "again", BY, later) == note
    row = crediting.filed(charged, note, later)
    assert (row["number"], folder_of(charged, note).is_dir()) == (note.number, True)
    with pytest.raises(TollbookError, match=f"has been credited by {note.number}"):
        crediting.credited(charged, db, made["number"], "again", BY, later)
