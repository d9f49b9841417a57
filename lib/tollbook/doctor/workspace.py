"""Checks of a workspace: whether its parts fit each other, and what waits to be done."""

import shutil
from collections.abc import Iterator
from typing import Final

import polars as pl
from deltalake import DeltaTable

from tollbook.account.database import Database
from tollbook.account.models import Carrier, Customer
from tollbook.account.parties import listing, unconfirmed
from tollbook.doctor.check import Check, attempt
from tollbook.errors import TollbookError
from tollbook.lake.rollup import days_to_roll_up
from tollbook.lake.store import Lake
from tollbook.tables import CALLS, HISTORY, SEIZURES, TABLES, TRAFFIC
from tollbook.workspace import Workspace

_FREE_BYTES: Final = 2**30


def workspace(place: Workspace) -> Iterator[Check]:
    """What this workspace holds, and whether its parts fit each other."""
    lake = Lake(place)
    database = attempt("database", lambda: _database(place))
    tables = attempt("tables", lambda: _tables(lake))
    yield from (database, tables, _free_space(place))
    if tables.ok:
        yield from _figures(lake)
    if tables.ok and database.ok:
        yield from _parties(place, lake)


def _database(place: Workspace) -> str:
    database = Database.of(place)
    kind = database.url.get_backend_name()
    database.close()
    return kind


def _tables(lake: Lake) -> str:
    published = lake.published
    for table in (*TABLES, *HISTORY):
        version = published.versions.get(table.name)
        if version is not None and DeltaTable(lake.path(table)).version() < version:
            raise TollbookError(
                f"{lake.path(table)} is older than lake.json says: restore both from one backup"
            )
    rows = {t.name: lake.scan(t).select(pl.len()).collect().item() for t in (CALLS, SEIZURES)}
    return ", ".join(f"{n} {name}" for name, n in rows.items())


def _free_space(place: Workspace) -> Check:
    free = shutil.disk_usage(place.home).free
    few = free < _FREE_BYTES
    return Check("free space", not few, f"{free / 2**30:.1f} GiB", "make room" if few else None)


def _figures(lake: Lake) -> Iterator[Check]:
    stale = len(days_to_roll_up(lake, lake.published))
    yield Check(
        "figures", ok=True, found=f"{stale} days behind", mend="run `tollbook refresh`" if stale else None
    )
    unrated = int(lake.scan(TRAFFIC).select(pl.col("unrated").sum()).collect().item() or 0)
    mend = "import decks (`tollbook deck import`), then `tollbook refresh`" if unrated else None
    yield Check("unrated calls", ok=True, found=str(unrated), mend=mend)
    rejects = len(list(lake.workspace.rejects.glob("*.csv")))
    look = f"look into {lake.workspace.rejects}" if rejects else None
    yield Check("imports with rejects", ok=True, found=str(rejects), mend=look)


def _parties(place: Workspace, lake: Lake) -> Iterator[Check]:
    database = Database.of(place)
    seen = lake.scan(TRAFFIC).select("customer", "carrier").unique().collect()
    for name, kind in (("customer", Customer), ("carrier", Carrier)):
        with database.reading() as session:
            entered = [str(row["id"]) for row in listing(session, kind)]
        names = [str(row["id"]) for row in unconfirmed(seen[name], entered)]
        mend = f"enter them: `tollbook {name} add {names[0]}`" if names else None
        yield Check(f"unconfirmed {name}s", ok=True, found=", ".join(names) or "none", mend=mend)
    database.close()
