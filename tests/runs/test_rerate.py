"""From a new deck to filed notes; and what a run that was stopped leaves is finished by the next."""

import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tollbook.account.audit import Actor, events
from tollbook.account.database import Database
from tollbook.billing.credits import credit
from tollbook.billing.invoices import invoice, invoices
from tollbook.billing.papers import numbered
from tollbook.billing.parts import Part
from tollbook.errors import UsageError
from tollbook.lake.store import Lake
from tollbook.params import Invoice
from tollbook.periods import parse_period
from tollbook.runs import rerate as runs
from tollbook.runs.invoices import Bill, make_invoice
from tollbook.runs.rerate import Wanted, dry_run, rerate
from tollbook.workspace import Workspace

AT = datetime(2026, 12, 2, tzinfo=UTC)
BY = Actor(None, "test")
ALL = Wanted()


@pytest.fixture
def invoiced(charged: Workspace, repriced: Callable[..., None]) -> Workspace:
    """October of acme is invoiced, and then minutes to UK cost 0.012 for 0.010, to UK mobile 0.020 for 0.028."""
    make_invoice(Bill(charged, "acme", parse_period("2026-10"), AT, Invoice()))
    repriced("0.012", "0.020")
    return charged


def test_a_dry_run_tells_the_difference_and_changes_nothing(invoiced: Workspace) -> None:
    before = Lake(invoiced).published
    told = dry_run(invoiced, ALL)
    assert (told["run"], told["calls"], told["changed"], told["difference"]) == (
        None,
        6,
        5,
        Decimal("-0.044"),
    )
    assert told["customers"] == [
        {"customer": "acme", "destination": "UK", "currency": "EUR", "calls": 2,
         "was": 2 * Decimal("0.010"), "now": 2 * Decimal("0.012"), "difference": Decimal("0.004")},
        {"customer": "acme", "destination": "UK mobile", "currency": "EUR", "calls": 3,
         "was": 3 * Decimal("0.056"), "now": 3 * Decimal("0.040"), "difference": Decimal("-0.048")},
    ]  # fmt: skip
    assert told["notes"] == [
        {"number": None, "kind": "credit_note", "customer": "acme", "corrects": "INV-2026-000001",
         "exact": Decimal("-0.044"), "currency": "EUR"}
    ]  # fmt: skip
    assert Lake(invoiced).published == before
    assert len(invoices(Database.of(invoiced))) == 1


def test_charges_rollups_and_the_note_with_its_files(invoiced: Workspace) -> None:
    told = rerate(invoiced, ALL, AT, Invoice(), BY)
    assert (told["run"], told["changed"], told["difference"]) == (1, 5, Decimal("-0.044"))
    assert Lake(invoiced).published.stale_days() == []
    (row,) = told["notes"]
    assert (row["number"], row["kind"], row["corrects"], row["exact"], row["total"]) == (
        "CRN-2026-000001", "credit_note", "INV-2026-000001", Decimal("-0.044"), Decimal("0.06"),
    )  # fmt: skip
    db = Database.of(invoiced)
    paper = numbered(invoiced, db, "CRN-2026-000001")
    assert set(paper.files) >= {"invoice.pdf", "invoice.html", "lines.csv", "calls.csv"}
    page = re.sub(r"\s+", " ", paper.files["invoice.html"].read_text())
    for words in ("Credit note CRN-2026-000001", "<dd>INV-2026-000001</dd>", "Corrects invoice", "€0.06"):
        assert words in page
    calls = paper.files["calls.csv"].read_text().splitlines()
    assert len(calls) == 1 + 5
    assert sum(Decimal(line.split(",")[6]) for line in calls[1:]) == Decimal("0.044")
    assert numbered(invoiced, db, "INV-2026-000001").record.total == Decimal("0.22")
    with db.reading() as session:
        assert [event["action"] for event in events(session, None, None)][-2:] == ["rerate", "issue"]
    again = rerate(invoiced, ALL, AT, Invoice(), BY)
    assert (again["run"], again["changed"], again["difference"], again["notes"]) == (None, 0, 0, [])


def test_what_was_stopped_is_finished_by_the_next(
    invoiced: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    for name in ("refresh", "rated_again", "make_difference"):
        monkeypatch.setattr(runs, name, stopped)
        with pytest.raises(KeyboardInterrupt):
            rerate(invoiced, ALL, AT, Invoice(), BY)
        monkeypatch.undo()
    assert dry_run(invoiced, ALL)["notes"][0]["exact"] == Decimal("-0.044")
    (row,) = rerate(invoiced, ALL, AT, Invoice(), BY)["notes"]
    assert row["number"] == "CRN-2026-000001"
    shutil.rmtree(
        invoiced.reports / "acme" / "2026-10_CRN-2026-000001"
    )  # issued, and stopped before it was filed
    (made,) = rerate(invoiced, ALL, AT, Invoice(), BY)["notes"]
    assert (made["number"], made["exact"]) == (row["number"], Decimal("-0.044"))
    assert numbered(invoiced, Database.of(invoiced), row["number"]).record.total == Decimal("0.06")


def test_a_note_whose_files_can_not_be_made_takes_no_number(
    invoiced: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise UsageError("no font has this")

    monkeypatch.setattr("tollbook.runs.invoices.documents", broken)
    (row,) = rerate(invoiced, ALL, AT, Invoice(), BY)["notes"]
    assert (row["number"], row["status"], row["why"]) == (None, "failed", "no font has this")
    assert len(invoices(Database.of(invoiced))) == 1


def test_only_customers_and_carriers_that_have_a_deck(invoiced: Workspace) -> None:
    with pytest.raises(UsageError, match="no customer 'acmee' with a deck to rate by, did you mean 'acme'"):
        dry_run(invoiced, Wanted(customers=("acmee",)))
    with pytest.raises(UsageError, match="no carrier 'kilo'"):
        dry_run(invoiced, Wanted(carriers=("kilo",)))
    november = Wanted(datetime(2026, 11, 1, tzinfo=UTC), customers=("acme",))
    told = dry_run(invoiced, november)
    assert (told["calls"], told["difference"], told["notes"]) == (0, 0, [])


def test_less_than_the_currency_can_tell_is_left(invoiced: Workspace, repriced: Callable[..., None]) -> None:
    repriced("0.011", "0.028")
    (row,) = rerate(invoiced, ALL, AT, Invoice(), BY, reason="x")["notes"]
    assert (row["status"], row["exact"], row["number"]) == ("left", Decimal("0.002"), None)


def test_the_reason_stands_on_the_note(invoiced: Workspace) -> None:
    (row,) = rerate(invoiced, ALL, AT, Invoice(), BY, reason="agreed on 3 November")["notes"]
    assert invoice(Database.of(invoiced), row["number"]).reason == "agreed on 3 November"


def test_a_note_of_more_than_is_left_fails_with_its_reason(invoiced: Workspace) -> None:
    part = [Part(amount=Decimal("0.15"))]  # of 0.19: 0.04 is left
    credit(Database.of(invoiced), "INV-2026-000001", "goodwill", BY, AT, part)
    (row,) = rerate(invoiced, ALL, AT, Invoice(), BY)["notes"]
    assert (row["number"], row["status"]) == (None, "failed")
    assert row["why"].startswith("0.05 EUR without VAT cannot be credited of INV-2026-000001, of which 0.04")
