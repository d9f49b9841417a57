"""What is outstanding: what someone has to enter, mend or look at before every figure and invoice can be made.

Read afresh for each page: the account's rows, the sums of `traffic` (kept until they change), and the files of
`rejects/`. No call is read.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from shlex import quote
from typing import Final

import polars as pl
from babel.numbers import format_decimal
from sqlalchemy import func, select

from tollbook.account.alerts.models import Alert, AlertState
from tollbook.account.database import Database, shared
from tollbook.account.models import Carrier, Customer
from tollbook.account.online import Notice
from tollbook.lake.store import Lake, Published
from tollbook.language import current, tr, trn
from tollbook.tables import TRAFFIC
from tollbook.workspace import Workspace

MOST_NAMES: Final = 5
"""Of a list in one line; the others are counted."""


_UNRATED: Final = {"start": "-366d", "where": '{"field":"unrated","op":"is_not_empty"}'}
"""What the page of calls is asked for."""


@dataclass(frozen=True)
class Item:
    """One thing outstanding, in the reader's language; `page` and `query` are where it can be looked at, if anywhere."""

    name: str
    words: str
    remedy: str = ""
    page: str = ""
    query: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """What the rollup tells: who is in the records, and how many calls have no amount."""

    customers: frozenset[str]
    carriers: frozenset[str]
    unrated: int
    uncosted: int


def checklist(workspace: Workspace) -> list[Item]:
    """What is outstanding in a workspace; empty where nothing is.

    Raises:
        TollbookError: the workspace's database or `lake.json` cannot be read.
    """
    lake = Lake(workspace)
    seen = _seen(workspace, lake.published)
    customers, carriers = _entered(workspace)
    return [
        *_parties(seen, customers, carriers),
        *_unrated(seen),
        *_rejects(workspace),
        *_notices(workspace),
        *_alerts(workspace),
    ]


def _entered(workspace: Workspace) -> tuple[frozenset[str], frozenset[str]]:
    """Ids of the customers and of the carriers that were entered."""
    db = shared(workspace)
    return _ids(db, db.committed())


@lru_cache(maxsize=8)
def _ids(db: Database, committed: str) -> tuple[frozenset[str], frozenset[str]]:  # noqa: ARG001 - in the key
    with db.reading() as session:
        customers, carriers = (frozenset(session.scalars(select(kind.id))) for kind in (Customer, Carrier))
    return customers, carriers


def _seen(workspace: Workspace, published: Published) -> Seen:
    return _sums(workspace, published.versions.get(TRAFFIC.name))


@lru_cache(maxsize=8)
def _sums(workspace: Workspace, version: int | None) -> Seen:
    # The version alone says which rows: it is in the key so that newer ones are read.
    published = Published(versions={TRAFFIC.name: version} if version is not None else {})
    traffic = Lake(workspace).scan(TRAFFIC, published=published)
    row = traffic.select(
        pl.col("customer").unique().implode(),
        pl.col("carrier").unique().implode(),
        pl.col("unrated").sum(),
        pl.col("seizure_unrated").sum(),
    ).collect()
    customers, carriers, unrated, uncosted = row.row(0)
    return Seen(frozenset(customers) - {None}, frozenset(carriers) - {None}, unrated or 0, uncosted or 0)


def _parties(seen: Seen, customers: frozenset[str], carriers: frozenset[str]) -> Iterator[Item]:
    if not customers:
        yield Item("no_customers", tr("No customers yet"), "tollbook customer add")
    if not carriers:
        yield Item("no_carriers", tr("No carriers yet"), "tollbook carrier add")
    if unknown := sorted(seen.customers - customers):
        words = trn(
            "{count} customer is in the records but not entered: {names}",
            "{count} customers are in the records but not entered: {names}",
            len(unknown),
        )
        yield Item("unconfirmed_customers", _told(words, unknown), _entering("customer", unknown[0]))
    if unknown := sorted(seen.carriers - carriers):
        words = trn(
            "{count} carrier is in the records but not entered: {names}",
            "{count} carriers are in the records but not entered: {names}",
            len(unknown),
        )
        yield Item("unconfirmed_carriers", _told(words, unknown), _entering("carrier", unknown[0]))


def _entering(kind: str, name: str) -> str:
    """The command, with an id of records as a shell and the command take it: as a word, and as no option."""
    return f"tollbook {kind} add {'-- ' if name.startswith('-') else ''}{quote(name)}"


def _told(words: str, names: list[str]) -> str:
    more = len(names) - MOST_NAMES
    listed = ", ".join(names[:MOST_NAMES])
    return words.format(count=len(names), names=f"{listed} +{more}" if more > 0 else listed)


def _unrated(seen: Seen) -> Iterator[Item]:
    if seen.unrated:
        words = trn(
            "{count} call has no charge: no rate fits it",
            "{count} calls have no charge: no rate fits them",
            seen.unrated,
        )
        yield Item(
            "unrated",
            words.format(count=format_decimal(seen.unrated, locale=current())),
            "tollbook deck import",
            "calls",
            dict(_UNRATED),
        )
    if seen.uncosted:
        words = trn(
            "{count} try on a carrier has no cost: no rate fits it",
            "{count} tries on carriers have no cost: no rate fits them",
            seen.uncosted,
        )
        yield Item(
            "uncosted",
            words.format(count=format_decimal(seen.uncosted, locale=current())),
            "tollbook deck import",
        )


def _rejects(workspace: Workspace) -> Iterator[Item]:
    files = sorted(workspace.rejects.glob("*.csv"))
    if not files:
        return
    records = sum(_records(file, file.stat().st_size) for file in files)
    words = trn(
        "{count} record was refused; why stands in rejects/",
        "{count} records were refused; why stands in rejects/",
        records,
    )
    yield Item("rejects", words.format(count=format_decimal(records, locale=current())), files[-1].name)


@lru_cache(maxsize=1024)
def _records(file: Path, size: int) -> int:  # noqa: ARG001 - in the key: a file that grew is counted again
    return int(pl.scan_csv(file, infer_schema=False).select(pl.len()).collect().item())


def _notices(workspace: Workspace) -> Iterator[Item]:
    """What providers told of payments and nobody could book by itself."""
    db = shared(workspace)
    if count := _open_notices(db, db.committed()):
        words = trn(
            "{count} notification of a payment waits for somebody to look at it",
            "{count} notifications of payments wait for somebody to look at them",
            count,
        )
        told = words.format(count=format_decimal(count, locale=current()))
        yield Item("notices", told, "tollbook payment notices")


@lru_cache(maxsize=8)
def _open_notices(db: Database, committed: str) -> int:  # noqa: ARG001 - in the key
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(Notice).where(Notice.state == "open")) or 0


def _alerts(workspace: Workspace) -> Iterator[Item]:
    """Each rule that is raised, and for how many."""
    db = shared(workspace)
    for number, name, count in _raised(db, db.committed()):
        words = tr("Alert raised: {name}") if count == 1 else tr("Alert raised: {name} ({count})")
        told = words.format(name=name, count=format_decimal(count, locale=current()))
        yield Item("alert", told, f"tollbook alert show {number}", "alerts", {"alert": str(number)})


@lru_cache(maxsize=8)
def _raised(db: Database, committed: str) -> list[tuple[int, str, int]]:  # noqa: ARG001 - in the key
    with db.reading() as session:
        wanted = (
            select(Alert.id, Alert.name, func.count())
            .join(AlertState, AlertState.alert_id == Alert.id)
            .where(AlertState.raised_at.is_not(None), Alert.active, Alert.removed_at.is_(None))
            .group_by(Alert.id, Alert.name)
            .order_by(Alert.id)
        )
        return [(number, name, count) for number, name, count in session.execute(wanted)]
