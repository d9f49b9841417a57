"""Files read by the real reader, without a workspace; and the figures of a switch's own counters."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tollbook.billing.decks import DeckBook
from tollbook.cdr.format import format_named
from tollbook.lake.files import find, recognise
from tollbook.lake.ingest import ingest
from tollbook.lake.read import Reader
from tollbook.lake.store import Lake
from tollbook.tables import CALLS, SEIZURES
from tollbook.workspace import Workspace


@dataclass
class Told:
    """What files say."""

    calls: pl.DataFrame
    seizures: pl.DataFrame
    rejects: list[tuple[int, str]]
    layouts: dict[str, str]

    def call(self, call_id: str) -> dict[str, Any]:
        return self.calls.row(by_predicate=pl.col("call_id") == call_id, named=True)

    def tries(self, call_id: str) -> list[dict[str, Any]]:
        return self.seizures.filter(call_id=call_id).sort("seizure").to_dicts()


@pytest.fixture
def read() -> Callable[..., Told]:
    """Files or a folder in a format, as an import reads them: records once, then put together."""

    def run(name: str, *paths: Path, zone: str | None = None) -> Told:
        wanted = format_named(name)
        reader = Reader(wanted, zone)
        known = [
            (f, k) for f in find([str(p) for p in paths]) if (k := recognise(f.path, None)) and k[0] == wanted
        ]
        batches = [batch for file, (_, layout) in known for batch in reader.read(file, layout)]
        records = (
            pl.concat([b.records for b in batches]).with_row_index("record_no").cast({"record_no": pl.Int64})
        )
        distinct = records.unique(subset=list(wanted.schema), keep="any")
        calls, seizures = wanted.assemble(distinct.lazy())
        rejects = pl.concat([b.rejects for b in batches]).sort("line")
        return Told(
            calls.collect(),
            seizures.collect(),
            list(rejects.select("line", "rule").iter_rows()),
            {file.path.name: layout.name for file, (_, layout) in known},
        )

    return run


@pytest.fixture
def stored(workspace: Workspace) -> Callable[..., tuple[pl.DataFrame, pl.DataFrame]]:
    """Imports paths into one workspace; returns its calls and seizures in a fixed order."""
    lake = Lake(workspace)

    def run(*paths: Path, zone: str | None = None) -> tuple[pl.DataFrame, pl.DataFrame]:
        ingest(lake, [str(p) for p in paths], decks=DeckBook({}, {}), zone=zone)
        calls = lake.scan(CALLS).collect().sort("call_id", "started_at")
        return calls, lake.scan(SEIZURES).collect().sort("call_id", "seizure", "started_at")

    return run


def _by_code(rows: pl.DataFrame) -> dict[str, int]:
    return {str(code): n for code, n in rows.group_by("sip_code").len().iter_rows()}


@pytest.fixture
def agrees() -> Callable[..., None]:
    """Holds calls per customer, and seizures per carrier where they are told, against a folder's truth.json."""

    def check(told: Told, folder: Path, *, carriers: bool = True) -> None:
        truth = json.loads((folder / "truth.json").read_text())
        for customer, want in truth["customers"].items():
            rows = told.calls.filter(customer=customer)
            found = (rows.height, rows["answered_at"].count(), _by_code(rows))
            assert found == (want["attempts"], want["answered"], want["codes"]), customer
        for carrier, want in truth["carriers"].items() if carriers else ():
            rows = told.seizures.filter(carrier=carrier)
            found = (rows.height, rows["answered_at"].count(), _by_code(rows))
            assert found == (want["invites"], want["answered"], want["codes"]), carrier
        assert told.calls.height == truth["total"]["attempts"]

    return check
