"""Ours: the functions that an import and a refresh call."""

from collections.abc import Iterator

import polars as pl

from bench.plan import Job
from tollbook.account.database import Database
from tollbook.billing.decks import Deck, DeckBook
from tollbook.billing.rating import rate_calls
from tollbook.lake.ingest import ingest
from tollbook.lake.rollup import traffic
from tollbook.lake.store import Lake
from tollbook.tables import CALLS, SEIZURES
from tollbook.workspace import Workspace


def rollup(job: Job) -> Iterator[None]:
    calls = pl.scan_parquet(job.data / "*.parquet")
    none = pl.LazyFrame(schema=SEIZURES.schema)
    yield
    traffic(calls, none).sink_parquet(job.out / "result.parquet", compression="zstd", compression_level=1)
    yield


def rating(job: Job) -> Iterator[None]:
    calls = pl.read_parquet(job.data / "calls.parquet").lazy()
    rates = pl.read_parquet(job.data / "deck.parquet")
    yield
    deck = Deck(id=1, owner="c01", side="customer", currency="EUR", rates=rates)
    rated = rate_calls(calls, {"c01": deck}).collect(engine="streaming")
    yield
    rated.write_parquet(job.out / "result.parquet")


def import_(job: Job) -> Iterator[None]:
    workspace = Workspace(job.out / "home")
    workspace.create()
    Database.of(workspace).close()
    lake = Lake(workspace)
    yield
    done = ingest(lake, [str(job.data / "Master.csv")], decks=DeckBook({}, {}), zone="UTC")
    yield
    counts = {"records": done.read - done.rejected, "calls": done.stored, "seizures": done.seizures}
    talk_s = lake.scan(CALLS).select(pl.col("talk_ms").sum() // 1000).collect().item()
    pl.DataFrame({**counts, "talk_s": talk_s}).write_parquet(job.out / "result.parquet")
