"""Invoices made by processes of a cluster, with PostgreSQL as the ledger."""

import logging
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from runs.killing import attempt_and_die_once
from tollbook import __version__
from tollbook.account.database import Database
from tollbook.billing.invoices import invoices
from tollbook.errors import TollbookError
from tollbook.params import Invoice
from tollbook.periods import parse_period
from tollbook.runs.cluster import ledger_of, made, run_on
from tollbook.runs.invoices import Bill, attempt
from tollbook.workspace import Workspace

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
SERVER = pytest.mark.parametrize(
    "migrated_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)


def bills(workspace: Workspace) -> list[Bill]:
    one = Bill(workspace, "acme", parse_period("2026-10-05"), AT, Invoice())
    return [one, replace(one, period=parse_period("2026-10-06")), replace(one, customer="nobody")]


@pytest.fixture
def cluster(each_database: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Two workers, each a process of its own, which find this test's modules."""
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr(
        logging.getLogger("distributed.scheduler"), "level", logging.WARNING
    )  # it tells who comes
    found = [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, found)))
    made = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    )
    yield made
    made.close()


@pytest.mark.slow
@SERVER
def test_a_worker_killed_in_the_middle_costs_no_number_and_no_invoice(
    cluster: Any, charged: Workspace
) -> None:
    rows = list(run_on(cluster.scheduler_address, bills(charged), attempt_and_die_once))
    assert (charged.home / "killed").exists()
    assert [row and row["status"] for row in rows] == ["issued", "issued", "failed"]
    numbers = sorted(row["number"] for row in invoices(Database.of(charged)))
    assert numbers == ["INV-2026-000001", "INV-2026-000002"]
    assert all(Path(name).is_file() for row in rows if row for name in row["files"])
    again = list(run_on(cluster.scheduler_address, bills(charged)))
    assert again == rows


@SERVER
def test_a_worker_with_another_ledger_or_program_makes_nothing(
    each_database: None, charged: Workspace
) -> None:
    ours = {"ledger": ledger_of(charged), "program": __version__, "make": attempt}
    with pytest.raises(TollbookError, match="a worker has the ledger postgresql"):
        made(bills(charged), **{**ours, "ledger": "postgresql+psycopg://elsewhere/tollbook"})
    with pytest.raises(TollbookError, match="install the same everywhere"):
        made(bills(charged), **{**ours, "program": "0"})
    assert invoices(Database.of(charged)) == []


def test_a_ledger_in_a_file_is_refused(charged: Workspace) -> None:
    with pytest.raises(TollbookError, match="this workspace has a SQLite file"):
        list(run_on("127.0.0.1:1", bills(charged)))
    assert list(run_on("127.0.0.1:1", [])) == []


def test_where_nobody_answers_it_is_said(charged: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("tollbook.runs.cluster.CONNECT_S", 1)
    monkeypatch.setenv("TOLLBOOK_DATABASE_URL", "postgresql://somebody@127.0.0.1/nothing")
    with pytest.raises(TollbookError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:1"):
        list(run_on("tcp://127.0.0.1:1", bills(charged)))
