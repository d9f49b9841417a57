"""`tollbook invoice credit`, `verify`, `waive` and `send`, as people type them."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from account.post.servers import Mailbox, smtp
from cli.conftest import Printed
from tollbook.account.database import Database
from tollbook.billing import papers
from tollbook.workspace import Workspace

Command = Callable[..., Printed]
RUN = ("invoice", "run", "--view", "monthly", "--period", "2026-10")


def test_credit_files_a_note_beside_the_invoice_and_frees_the_period(
    charged: Workspace, tollbook: Command
) -> None:
    assert tollbook(*RUN).code == 0
    done = tollbook("--json", "invoice", "credit", "INV-2026-000001", "--reason", "wrong address")
    assert (done.json["number"], done.json["corrects"]) == ("CRN-2026-000001", "INV-2026-000001")
    page = (charged.reports / "acme" / "2026-10_CRN-2026-000001" / "invoice.html").read_text()
    for words in (
        "Credit note CRN-2026-000001",
        "<dt>Credits invoice</dt><dd>INV-2026-000001</dd>",
        "wrong address",
    ):
        assert words in page
    (row,) = tollbook("--json", *RUN).json
    assert row["number"] == "INV-2026-000002"
    kept = charged.reports / "acme" / "2026-10_INV-2026-000001" / "record.json"
    assert '"number": "INV-2026-000001"' in kept.read_text()
    db = Database.of(charged)
    for number in ("INV-2026-000001", "INV-2026-000002", "CRN-2026-000001"):
        assert papers.numbered(charged, db, number).record.number == number
    assert tollbook("invoice", "credit", "INV-2026-000001", "--reason", "x").code == 1
    shutil.rmtree(charged.reports / "acme" / "2026-10_CRN-2026-000001")  # as one that was stopped leaves it
    assert tollbook("invoice", "credit", "INV-2026-000001", "--reason", "x").code == 0
    assert papers.numbered(charged, db, "CRN-2026-000001").record.reason == "wrong address"


def test_a_part_is_credited_by_its_line_and_all_documents_tell_so(
    charged: Workspace, tollbook: Command
) -> None:
    tollbook(*RUN)
    words = ("--json", "invoice", "credit", "INV-2026-000001", "--reason", "wrong rate")
    done = tollbook(*words, "--line", "2=0.10", "--amount", "0.01")
    assert (done.json["number"], done.json["net"], done.json["tax"]) == ("CRN-2026-000001", "0.11", "0.02")
    assert "calls.csv" not in " ".join(done.json["files"] + done.json["absent"])
    folder = charged.reports / "acme" / "2026-10_CRN-2026-000001"
    page = (folder / "invoice.html").read_text()
    assert "<dt>Corrects invoice</dt><dd>INV-2026-000001</dd>" in page
    assert "Amount of no line" in page
    assert tollbook(*words, "--line", "2=0.08").code == 2
    assert "is neither the number of a line" in tollbook(*words, "--line", "x").err
    shutil.rmtree(folder)  # as one that was stopped leaves it: the same again makes its files
    again = tollbook(*words, "--line", "2=0.10", "--amount", "0.01")
    assert again.json == done.json
    assert tollbook("--json", "invoice", "verify", "CRN-2026-000001").json["record"] == "equal"
    rest = tollbook(*words)
    assert (rest.json["number"], rest.json["total"]) == ("CRN-2026-000002", "0.09")  # of 0.22


def test_verify_says_equal(charged: Workspace, tollbook: Command) -> None:
    tollbook(*RUN)
    done = tollbook("--json", "invoice", "verify", "INV-2026-000001")
    assert (done.code, done.json["record"], done.json["as_made"], done.json["now"]) == (0, *["equal"] * 3)


def test_there_is_nothing_to_waive_where_every_call_is_rated(charged: Workspace, tollbook: Command) -> None:
    done = tollbook("invoice", "waive", "--customer", "acme", "--period", "2026-10", "--reason", "x")
    assert (done.code, done.err) == (2, "tollbook: 'acme' has no call without a charge in 2026-10\n")


def test_send_sends_once_and_show_tells_what_became_of_it(
    charged: Workspace, tollbook: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOLLBOOK_PARAMS", str(tmp_path))
    assert tollbook(*RUN).code == 0
    words = ("invoice", "send", "INV-2026-000001")
    assert "mail.host is empty" in tollbook(*words).err
    box = Mailbox()
    with smtp(box, None, "none") as mail:
        (tmp_path / "site.yml").write_text(yaml.safe_dump({"mail": mail.model_dump()}))
        assert "'acme' has no address for invoices: name one with --to" in tollbook(*words).err
        tollbook("customer", "set", "acme", "--invoice-mail", "bills@acme.example")
        assert tollbook(*words).code == 0
        again = tollbook(*words)
        assert (again.code, len(box.mail)) == (0, 1)
        assert "bills@acme.example: is sent since" in again.err
        assert tollbook(*words, "--again").code == 0
        assert len(box.mail) == 2
        box.answers = "554 5.7.1 spam"
        failed = tollbook(*words, "--to", "anna@acme.example")
        assert failed.code == 1
        assert "INV-2026-000001 to anna@acme.example is refused: 554 5.7.1 spam" in failed.err
    mails = tollbook("--json", "invoice", "show", "INV-2026-000001").json["mail"]
    assert [(row["to"], row["state"]) for row in mails] == [
        ("bills@acme.example", "sent"),
        ("bills@acme.example", "sent"),
        ("anna@acme.example", "refused"),
    ]
