"""Invoices and notes go to a real mail server, once for each address; nothing goes where nothing is set up."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
import yaml

from account.post.servers import Mailbox, smtp
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.billing import schedules
from tollbook.billing.credits import credit
from tollbook.billing.mails import deliveries
from tollbook.errors import TollbookError, UsageError
from tollbook.lake.store import now
from tollbook.params import Invoice, params_folder
from tollbook.periods import parse_period
from tollbook.runs.due import run_due
from tollbook.runs.invoices import Bill, make_invoice, make_note
from tollbook.runs.post import hand_over, send
from tollbook.runs.rerate import Wanted, rerate
from tollbook.workspace import Workspace

BY = Actor(None, "test")
Serving = Callable[[Mailbox], AbstractContextManager[None]]
TERMS = Invoice(mail=True)
AT = datetime(2026, 12, 2, tzinfo=UTC)
clock = partial(datetime.fromisoformat, "2026-12-02T00:00+00:00")


@pytest.fixture
def scheduled(charged: Workspace) -> Workspace:
    """acme is invoiced monthly from October on, and wants its invoices by mail."""
    with Database.of(charged).session() as session:
        session.get_one(Customer, "acme").invoice_mail = "anna@acme.example bills@acme.example"
        schedules.set_schedule(session, BY, "acme", "monthly", datetime(2026, 10, 1, tzinfo=UTC), None)
    return charged


@pytest.fixture
def serving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Serving:
    """A mail server into this box, which params/site.yml names while it runs."""
    monkeypatch.setenv("TOLLBOOK_PARAMS", str(tmp_path))

    @contextmanager
    def running(box: Mailbox) -> Iterator[None]:
        with smtp(box, None, "none") as mail:
            (tmp_path / "site.yml").write_text(yaml.safe_dump({"name": "Calls", "mail": mail.model_dump()}))
            yield
        (tmp_path / "site.yml").unlink()

    return running


def states(workspace: Workspace, number: str) -> list[str]:
    with Database.of(workspace).reading() as session:
        return [row["state"] for row in deliveries(session, number)]


def test_a_scheduled_invoice_and_its_note_go_out_once(
    scheduled: Workspace, serving: Serving, repriced: Callable[..., None]
) -> None:
    box = Mailbox()
    with serving(box):
        for _ in range(2):
            run_due(scheduled, clock, TERMS, BY)
        assert [mail["To"] for mail in box.mail] == ["anna@acme.example", "bills@acme.example"]
        assert box.mail[0]["Subject"] == "Invoice INV-2026-000001 of Calls"
        (pdf,) = box.mail[0].iter_attachments()
        assert (pdf.get_filename(), pdf.get_content()[:5]) == ("INV-2026-000001.pdf", b"%PDF-")
        assert states(scheduled, "INV-2026-000001") == ["sent", "sent"]
        repriced("0.010", "0.100")
        for _ in range(2):
            rerate(scheduled, Wanted(), AT, TERMS, BY)
            hand_over(scheduled, clock)
    assert [mail["Subject"] for mail in box.mail[2:]] == ["Debit note DBN-2026-000001 of Calls"] * 2


def test_an_invoice_made_by_hand_goes_out_once_too(scheduled: Workspace, serving: Serving) -> None:
    box = Mailbox()
    bill = Bill(scheduled, "acme", parse_period("2026-10"), AT, TERMS)
    with serving(box):
        make_invoice(replace(bill, at=datetime(2026, 10, 30, tzinfo=UTC)))  # a draft is not sent
        for _ in range(2):
            make_invoice(bill)
            hand_over(scheduled, clock)
        run_due(scheduled, clock, TERMS, BY)
    assert [mail["To"] for mail in box.mail] == ["anna@acme.example", "bills@acme.example"]


def test_a_credit_note_in_full_goes_out_once_its_files_are_there(
    scheduled: Workspace, serving: Serving
) -> None:
    run_due(scheduled, clock, Invoice(), BY)
    db = Database.of(scheduled)
    record = credit(db, "INV-2026-000001", "wrong address", BY, AT)
    bill = Bill(scheduled, "acme", parse_period("2026-10"), AT, TERMS)
    box = Mailbox()
    with serving(box):
        for _ in range(2):
            make_note(bill, record)
            hand_over(scheduled, clock)
    assert [mail["Subject"] for mail in box.mail] == ["Credit note CRN-2026-000001 of Tollbook"] * 2
    assert {mail["To"] for mail in box.mail} == {"anna@acme.example", "bills@acme.example"}


def test_an_unreachable_server_costs_no_mail_and_doubles_none(scheduled: Workspace, serving: Serving) -> None:
    box = Mailbox(answers="451 4.3.0 not now")
    with serving(box):
        report = run_due(scheduled, clock, TERMS, BY)
        assert [row["number"] for row in report["made"]] == ["INV-2026-000001"]
        assert states(scheduled, "INV-2026-000001") == ["waiting", "waiting"]
        box.answers = ""
        later = partial(datetime.fromisoformat, "2026-12-02T00:30+00:00")
        run_due(scheduled, later, TERMS, BY)
    assert len(box.mail) == 2
    assert states(scheduled, "INV-2026-000001") == ["sent", "sent"]


@pytest.mark.parametrize(("terms", "site"), [(Invoice(), None), (TERMS, "name: Calls\n")])
def test_nothing_goes_where_nothing_is_set_up(
    scheduled: Workspace, serving: Serving, terms: Invoice, site: str | None
) -> None:
    box = Mailbox()
    with serving(box):
        if site:
            (params_folder() / "site.yml").write_text(site)
        run_due(scheduled, clock, terms, BY)
    assert (box.mail, states(scheduled, "INV-2026-000001")) == ([], [])


def test_it_is_sent_by_hand_and_again_only_if_told_so(scheduled: Workspace, serving: Serving) -> None:
    run_due(scheduled, clock, Invoice(), BY)
    box = Mailbox(refuses={"gone@acme.example": "550 5.1.1 nobody"})
    with serving(box):
        told = send(scheduled, "INV-2026-000001", (), BY, now)
        assert (len(told["put"]), len(box.mail)) == (2, 2)
        assert [row["answer"] for row in told["mail"]] == ["250 taken"] * 2
        assert send(scheduled, "INV-2026-000001", (), BY, now)["put"] == []
        assert len(box.mail) == 2
        send(scheduled, "INV-2026-000001", ("anna@acme.example",), BY, now, twice=True)
        assert [mail["To"] for mail in box.mail[2:]] == ["anna@acme.example"]
        failed = send(scheduled, "INV-2026-000001", ("gone@acme.example",), BY, now)
        assert (failed["mail"][-1]["state"], failed["mail"][-1]["answer"]) == ("refused", "550 5.1.1 nobody")
        box.refuses = {}
        send(scheduled, "INV-2026-000001", ("gone@acme.example",), BY, now)
        assert box.mail[-1]["To"] == "gone@acme.example"
        with pytest.raises(UsageError, match="no e-mail address"):
            send(scheduled, "INV-2026-000001", ("nobody",), BY, now)
        with pytest.raises(TollbookError, match="no invoice 'INV-9'"):
            send(scheduled, "INV-9", (), BY, now)
    with pytest.raises(UsageError, match=r"mail\.host is empty"):
        send(scheduled, "INV-2026-000001", (), BY, now)
