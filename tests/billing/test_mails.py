"""An invoice is put into the outbox for each of its customer's addresses, once, in the transaction that issues it."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import update

from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.account.post import outbox
from tollbook.account.post.models import Outgoing
from tollbook.account.secret import Secret
from tollbook.billing.invoices import invoices, issue
from tollbook.billing.mails import Mailing, deliveries, letter
from tollbook.billing.record import Record
from tollbook.errors import TollbookError
from tollbook.params import Site
from tollbook.workspace import Workspace

pytestmark = pytest.mark.usefixtures("each_database")

BY = Actor(None, "test")
AT = datetime(2026, 12, 2, tzinfo=UTC)
POST = Mailing(Site(name="Calls"), Secret(bytes(range(32))))
ADDRESSES = "anna@acme.example bills@acme.example"
Bill = Callable[..., Record]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files of an invoice."""
    made = tmp_path / "files"
    made.mkdir()
    (made / "invoice.pdf").write_bytes(b"%PDF-")
    return made


@pytest.fixture
def first(charged: Workspace, bill: Bill) -> Record:
    """An invoice of acme, which has two addresses."""
    with Database.of(charged).session() as session:
        session.get_one(Customer, "acme").invoice_mail = ADDRESSES
    return bill("2026-10")


def told(db: Database, number: str) -> list[tuple[str, str]]:
    with db.reading() as session:
        return [(row["to"], row["state"]) for row in deliveries(session, number)]


def test_each_address_gets_it_once(charged: Workspace, first: Record, folder: Path) -> None:
    db = Database.of(charged)
    for expected in (2, 0):
        with db.session() as session:
            assert len(POST.put(session, first, folder)) == expected
    assert told(db, first.number or "") == [
        ("anna@acme.example", "waiting"),
        ("bills@acme.example", "waiting"),
    ]
    with db.session() as session:
        session.get_one(Customer, "acme").invoice_mail += " new@acme.example"
        assert len(POST.put(session, first, folder)) == 1


def test_a_transaction_that_fails_sends_nothing(charged: Workspace, first: Record, folder: Path) -> None:
    db = Database.of(charged)
    second = first.model_copy(update={"number": "INV-2026-000002"})

    def stopped(session: object) -> None:
        raise KeyboardInterrupt

    period = second.period.model_copy(
        update={"name": "2026-09", "start": datetime(2026, 9, 1, tzinfo=UTC), "end": first.period.start}
    )
    with pytest.raises(KeyboardInterrupt):
        issue(db, second.model_copy(update={"period": period}), BY, stopped)
    assert [row["number"] for row in invoices(db)] == [first.number]


def test_to_whom_it_was_sent_it_goes_again_only_if_told_so(
    charged: Workspace, first: Record, folder: Path
) -> None:
    db, number = Database.of(charged), first.number or ""

    def again(*to: str, twice: bool = False) -> int:
        with db.session() as session:
            return len(POST.again(session, first, folder, to, BY, AT, twice=twice))

    assert again() == 2
    assert again() == 0
    assert again("anna@acme.example", "new@acme.example") == 1
    assert again("anna@acme.example", twice=True) == 1
    assert [address for address, _ in told(db, number)].count("anna@acme.example") == 2


def test_what_nobody_got_goes_again(charged: Workspace, first: Record, folder: Path) -> None:
    db, number = Database.of(charged), first.number or ""
    with db.session() as session:
        POST.put(session, first, folder)
        session.execute(update(Outgoing).where(Outgoing.id == 1).values(state="refused"))
        session.execute(update(Outgoing).where(Outgoing.id == 2).values(state="unsure"))
    with db.session() as session:
        assert POST.again(session, first, folder, (), BY, AT, twice=False) == [
            1
        ]  # an unsure one may have come
    assert [state for _, state in told(db, number)] == ["waiting", "unsure"]


def test_without_an_address_there_is_nothing_to_send(charged: Workspace, bill: Bill, folder: Path) -> None:
    record = bill("2026-10")
    with Database.of(charged).session() as session:
        assert POST.put(session, record, folder) == []
        with pytest.raises(TollbookError, match="'acme' has no address for invoices: name one with --to"):
            POST.again(session, record, folder, (), BY, AT, twice=False)


def test_an_address_that_can_be_none_holds_up_no_invoice(
    charged: Workspace, first: Record, folder: Path
) -> None:
    db = Database.of(charged)
    with db.session() as session:
        session.get_one(Customer, "acme").invoice_mail = f"anna@{'a' * 70}.example bills@acme.example"
        assert len(POST.put(session, first, folder)) == 1
    assert [state for _, state in told(db, first.number or "")] == ["impossible", "waiting"]


def test_a_draft_is_not_sent(charged: Workspace, first: Record, folder: Path) -> None:
    with Database.of(charged).session() as session, pytest.raises(TollbookError, match="a draft is not sent"):
        POST.put(session, first.model_copy(update={"issued_at": None}), folder)


def test_the_letter_is_in_the_customers_language_with_the_files(first: Record, folder: Path) -> None:
    (folder / "invoice.xml").write_bytes(b"<a/>")
    german = first.model_copy(update={"customer": first.customer.model_copy(update={"language": "de"})})
    mail = letter(POST.site, german, folder, "anna@acme.example")
    assert (mail.language, mail.subject) == (
        "de",
        f"Rechnung {first.number} von {first.seller.name if first.seller else ''}",
    )
    assert f"die Rechnung {first.number} für" in mail.text
    assert "0,22\u00a0€. Bitte zahlen Sie bis zum 15. Dezember 2026." in mail.text
    files = [(one.name, one.kind) for one in mail.attachments]
    assert files == [(f"{first.number}.pdf", "application/pdf"), (f"{first.number}.xml", "application/xml")]
    arabic = letter(
        POST.site,
        first.model_copy(update={"customer": first.customer.model_copy(update={"language": "ar"})}),
        folder,
        "a@b.example",
    )
    assert 'dir="rtl"' in arabic.html


@pytest.mark.parametrize(
    ("kind", "subject", "words"),
    [
        ("credit_note", "Credit note CRN-1", "we credit you €0.22. It corrects INV-2026-000001."),
        ("debit_note", "Debit note CRN-1", "corrects INV-2026-000001 by €0.22. Please pay by"),
    ],
)
def test_a_note_says_what_it_corrects(
    first: Record, folder: Path, kind: str, subject: str, words: str
) -> None:
    told = {"kind": kind, "number": "CRN-1", "corrects": first.reference}
    mail = letter(POST.site, first.model_copy(update=told), folder, "anna@acme.example")
    assert mail.subject.startswith(subject)
    assert words in mail.text
    assert Decimal("0.22") == first.total


def test_what_was_sent_stays_told(charged: Workspace, first: Record, folder: Path) -> None:
    assert "invoice" in outbox.LISTED_ELSEWHERE
    with Database.of(charged).session() as session:
        POST.put(session, first, folder)
        sent = {"state": "sent", "tried_at": AT, "answer": "250 taken"}
        session.execute(update(Outgoing).values(**sent))
    with Database.of(charged).reading() as session:
        row = deliveries(session, first.number or "")[0]
    assert (row["state"], row["sent_at"], row["answer"]) == ("sent", AT, "250 taken")
