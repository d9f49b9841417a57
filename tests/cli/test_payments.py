"""`tollbook payment`, `balance` and `statement`, as people type them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader

from cli.conftest import Printed
from tollbook.workspace import Workspace

Command = Callable[..., Printed]


@pytest.mark.usefixtures("charged")
def test_a_payment_is_added_listed_and_changed(tollbook: Command) -> None:
    paid = tollbook("--json", "payment", "add", "--customer", "acme", "--amount", "5", "--method", "bank_transfer",
                    "--reference", "7", "--status", "pending", "--at", "2026-11-01")  # fmt: skip
    assert (paid.json["amount"], paid.json["received_at"]) == ("5", "2026-11-01T00:00:00Z")
    assert tollbook("--json", "balance", "--customer", "acme").json["payments"] == "0"
    assert tollbook("payment", "set", "1", "--status", "completed").code == 0
    (row,) = tollbook("--json", "payment", "list").json
    assert (row["status"], row["left"], row["invoices"]) == ("completed", "5", [])
    assert "say what is to change" in tollbook("payment", "set", "1").err
    assert "has no invoice 'INV-1'" in tollbook("payment", "set", "1", "--invoice", "INV-1").err
    told = tollbook("--json", "balance", "--customer", "acme").json
    assert (told["balance"], told["uninvoiced"], told["exceeded"]) == ("4.812", "0.188", False)


@pytest.mark.usefixtures("charged")
def test_a_payment_goes_back_in_part_and_then_what_is_left(tollbook: Command) -> None:
    tollbook("payment", "add", "--customer", "acme", "--amount", "5", "--method", "card")
    back = tollbook(
        "--json", "payment", "refund", "1", "--amount", "1.5", "--reference", "9", "--at", "2026-11-03"
    )
    (told,) = back.json["refunds"]
    assert (told["amount"], told["method"], told["at"]) == ("1.5", "card", "2026-11-03T00:00:00Z")
    assert tollbook("--json", "balance", "--customer", "acme").json["refunded"] == "1.5"
    assert tollbook("--json", "payment", "refund", "1", "--method", "cash").json["refunded"] == "5"
    assert "Nothing is left of payment 1" in tollbook("payment", "refund", "1").err


def test_statement_is_json_or_csv(charged: Workspace, tollbook: Command) -> None:
    tollbook(
        "payment", "add", "--customer", "acme", "--amount", "0.1", "--method", "cash", "--at", "2026-10-20"
    )
    tollbook("invoice", "run", "--view", "monthly", "--period", "2026-10")
    rows = tollbook("--json", "statement", "--customer", "acme").json
    assert [row["balance"] for row in rows] == ["0", "0.1", "-0.12", "-0.12"]
    printed = tollbook("statement", "--customer", "acme", "--csv").out.splitlines()
    assert printed[0] == "at,what,reference,charged,paid,balance,currency"
    assert printed[2] == "2026-10-20T00:00:00Z,payment (cash),,0,0.1,0.1,EUR"


def test_what_is_wrong_is_one_line(workspace: Workspace, tollbook: Command) -> None:
    done = tollbook("payment", "add", "--customer", "acme", "--amount", "5", "--method", "cash")
    assert (done.code, done.err) == (2, "tollbook: no customer 'acme'; known: none\n")


def test_statement_is_written_as_pdf(charged: Workspace, tollbook: Command, tmp_path: Path) -> None:
    tollbook(
        "payment", "add", "--customer", "acme", "--amount", "5", "--method", "cash", "--at", "2026-10-20"
    )
    made = tmp_path / "statement.pdf"
    done = tollbook(
        "--json",
        "statement",
        "--customer",
        "acme",
        "--from",
        "2026-10-01",
        "--to",
        "2026-11-01",
        "--pdf",
        str(made),
    )
    assert (done.code, [row["balance"] for row in done.json]) == (0, ["0", "5", "5"])
    assert "Statement of account" in PdfReader(made).pages[0].extract_text()
