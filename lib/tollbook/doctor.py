"""Checks of the installation and of a workspace: what is well, and what to do about what is not."""

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl
from deltalake import DeltaTable

from tollbook.account.database import Database
from tollbook.account.models import Carrier, Customer
from tollbook.account.parties import listing, unconfirmed
from tollbook.errors import TollbookError
from tollbook.lake.store import Lake
from tollbook.show.assets import bundle
from tollbook.tables import CALLS, SEIZURES, TABLES, TRAFFIC
from tollbook.workspace import Workspace

_PYTHON: Final = (3, 11)
_FREE_BYTES: Final = 2**30


@dataclass(frozen=True)
class Check:
    """One thing looked at. `ok` false: it will fail in use; `mend` says what to do, also where it is only advice."""

    check: str
    ok: bool
    found: str
    mend: str | None = None


def installation() -> Iterator[Check]:
    """What every workspace needs."""
    version = sys.version.split()[0]
    yield Check(
        "python",
        sys.version_info >= _PYTHON,
        version,
        None if sys.version_info >= _PYTHON else "use 3.11 or newer",
    )
    yield _attempt("chart library", lambda: bundle().name)


def workspace(place: Workspace) -> Iterator[Check]:
    """What this workspace holds, and whether its parts fit each other."""
    lake = Lake(place)
    database = _attempt("database", lambda: _database(place))
    tables = _attempt("tables", lambda: _tables(lake))
    yield from (database, tables, _free_space(place))
    if tables.ok:
        yield from _figures(lake)
    if tables.ok and database.ok:
        yield from _parties(place, lake)


def _attempt(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, ok=True, found=look())
    except TollbookError as error:
        return Check(name, ok=False, found="cannot be used", mend=str(error))


def _database(place: Workspace) -> str:
    database = Database.of(place)
    kind = database.url.get_backend_name()
    database.close()
    return kind


def _tables(lake: Lake) -> str:
    published = lake.published
    for table in TABLES:
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
    stale = len(lake.published.stale_days())
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
