"""Records as they were filed."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tollbook.account.database import Database
from tollbook.billing.decks import decks_of
from tollbook.billing.filed import RECORD, RENDERING, filed_record, report_folder
from tollbook.billing.invoices import customer_named
from tollbook.billing.record import Record
from tollbook.billing.settle import Asked, settle
from tollbook.errors import TollbookError
from tollbook.lake.store import Lake
from tollbook.periods import parse_period
from tollbook.workspace import Workspace


@pytest.fixture
def file(charged: Workspace) -> Callable[[str], Path]:
    db = Database.of(charged)
    customer, decks = customer_named(db, "acme"), decks_of(db, "customer", "acme")

    def filed(period: str) -> Path:
        record = settle(Lake(charged), Asked(customer, decks, parse_period(period), 24))
        assert record is not None
        path = report_folder(charged, "acme", period) / RECORD
        path.parent.mkdir(parents=True)
        path.write_text(record.text)
        return path

    return filed


def period_of(record: Record) -> str:
    return record.period.name


def test_record_is_found_by_customer_and_period(charged: Workspace, file: Callable[[str], Path]) -> None:
    file("2026-10-05")
    file("2026-10-06")
    assert period_of(filed_record(charged, "acme", "2026-10-05")) == "2026-10-05"
    assert period_of(filed_record(charged, period="2026-10-06")) == "2026-10-06"


def test_without_names_it_is_the_one_filed_last(charged: Workspace, file: Callable[[str], Path]) -> None:
    file("2026-10-06")
    os.utime(file("2026-10-05"), (1, 1))
    assert period_of(filed_record(charged)) == "2026-10-06"


def test_what_is_not_filed_is_told(charged: Workspace, file: Callable[[str], Path]) -> None:
    file("2026-10-05")
    for customer, period in (("bolt", ""), ("acme", "2026-10"), ("..", "")):
        with pytest.raises(TollbookError, match="`tollbook invoice run` makes one"):
            filed_record(charged, customer, period)


def test_record_that_is_being_rendered_goes_first(
    charged: Workspace, file: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    staged = file("2026-10-05").rename(tmp_path / "staged.json")
    file("2026-10-06")
    monkeypatch.setenv(RENDERING, str(staged))
    assert period_of(filed_record(charged, "acme", "2026-10-06")) == "2026-10-05"
