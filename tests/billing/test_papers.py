"""Filed invoices: looked up by number, and what a reader has of one."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.account.scope import Scope
from tollbook.billing.decks import decks_of
from tollbook.billing.filed import RECORD, aside, report_folder
from tollbook.billing.invoices import issue
from tollbook.billing.papers import NotFiledError, Paper, filed, names_filed, numbered, shown_to
from tollbook.billing.settle import Asked, settle
from tollbook.lake.store import Lake
from tollbook.periods import parse_period
from tollbook.workspace import Workspace

NUMBER, MONTH = "INV-2026-000001", "2026-10"
FILES = ("invoice.csv", "invoice.html", "invoice.ipynb", "invoice.pdf", "invoice.xml", "notes.txt")


@pytest.fixture
def db(charged: Workspace) -> Iterator[Database]:
    """The month of acme, issued and filed with every kind of file."""
    made = Database.of(charged)
    with made.reading() as session:
        acme = session.get_one(Customer, "acme")
    draft = settle(Lake(charged), Asked(acme, decks_of(made, "customer", "acme"), parse_period(MONTH), 0))
    assert draft is not None
    record = draft.issued(NUMBER, datetime(2026, 11, 2, tzinfo=UTC))
    assert issue(made, record)
    folder = report_folder(charged, "acme", MONTH)
    folder.mkdir(parents=True)
    (folder / RECORD).write_text(record.text)
    for name in FILES:
        (folder / name).write_text(name)
    yield made
    made.close()


def test_an_invoice_is_found_by_its_number_with_its_files(charged: Workspace, db: Database) -> None:
    paper = numbered(charged, db, NUMBER)
    assert paper.record.customer.id == "acme"
    assert list(paper.files) == [
        *("invoice.pdf", "invoice.html", "invoice.xml", "invoice.csv", "record.json", "invoice.ipynb")
    ]


def test_a_contact_has_its_own_without_what_it_was_computed_with(charged: Workspace, db: Database) -> None:
    paper = numbered(charged, db, NUMBER)
    assert shown_to(Scope("analyst"), paper) is paper
    assert shown_to(Scope("contact", "other"), paper) is None
    theirs = shown_to(Scope("contact", "acme"), paper)
    assert theirs is not None
    assert list(theirs.files) == ["invoice.pdf", "invoice.html", "invoice.xml", "invoice.csv"]


def test_a_contact_has_no_draft(charged: Workspace, db: Database) -> None:
    draft = numbered(charged, db, NUMBER).record.model_copy(update={"number": None})
    assert shown_to(Scope("contact", "acme"), Paper(draft, {})) is None


def test_what_there_is_not_is_not_found(charged: Workspace, db: Database) -> None:
    with pytest.raises(NotFiledError, match="INV-2026-000009"):
        numbered(charged, db, "INV-2026-000009")
    with pytest.raises(NotFiledError, match="2026-11"):
        filed(charged, "acme", "2026-11", None)
    with pytest.raises(NotFiledError):
        filed(charged, "acme", MONTH, None)  # it is an invoice, and no draft
    with pytest.raises(NotFiledError):
        filed(charged, "..", "..", None)


def test_names_of_files_are_told_by_the_folder_alone_and_as_far_as_a_reader_has_them(
    charged: Workspace, db: Database
) -> None:
    admin, contact = Scope("admin"), Scope("contact", "acme")
    assert names_filed(charged, "acme", MONTH, NUMBER, admin) == list(numbered(charged, db, NUMBER).files)
    assert names_filed(charged, "acme", MONTH, NUMBER, contact) == [
        *("invoice.pdf", "invoice.html", "invoice.xml", "invoice.csv")
    ]
    assert names_filed(charged, "acme", "2026-11", None, admin) == []
    own = aside(report_folder(charged, "acme", MONTH), "CRN-2026-000001")
    own.mkdir()
    (own / "invoice.pdf").touch()
    assert names_filed(charged, "acme", MONTH, "CRN-2026-000001", admin) == ["invoice.pdf"]
