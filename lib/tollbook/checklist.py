"""What is outstanding: what someone has to enter, mend or look at before every figure and invoice can be made.

Read afresh for each page: the account's rows, the sums of `traffic` (kept until they change), and the files of
`rejects/`. No call is read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from shlex import quote
from typing import Final

import polars as pl
from babel.numbers import format_decimal
from sqlalchemy import func, select

from tollbook.account.database import Database, shared
from tollbook.account.models import Carrier, Customer
from tollbook.account.online import Notice
from tollbook.account.scope import Scope
from tollbook.lake import rejects
from tollbook.lake.store import Lake, Published
from tollbook.language import current, tr, trn
from tollbook.outstanding.alerts import raised
from tollbook.outstanding.decks import ending_soon, without_deck
from tollbook.outstanding.dues import overdue
from tollbook.outstanding.item import Item, named
from tollbook.outstanding.readers import unverified
from tollbook.outstanding.records import missing_records
from tollbook.params import Site, read
from tollbook.tables import TRAFFIC
from tollbook.workspace import Workspace

OWNER: Final = Scope("admin")
"""Whoever has the workspace's files has all that is in them."""
_UNRATED: Final = {"start": "-366d", "where": '{"field":"unrated","op":"is_not_empty"}'}
"""What the page of calls is asked for."""


@dataclass(frozen=True)
class Seen:
    """What the rollup tells: who is in the records, and how many calls have no amount."""

    customers: frozenset[str]
    carriers: frozenset[str]
    unrated: int
    uncosted: int


def checklist(
    workspace: Workspace, scope: Scope = OWNER, person_id: int | None = None, at: datetime | None = None
) -> list[Item]:
    """What is outstanding for a reader: this person, if it is one, with what its scope holds of the workspace.

    Empty where nothing is. A contact has what is its own, and nothing of the account.

    Raises:
        TollbookError: the workspace's database, `lake.json` or a file of `params/` cannot be read.
    """
    db, at, everything = shared(workspace), at or datetime.now(UTC), scope.customers is None
    mine = unverified(db, read("site", Site), person_id, operator=everything)
    dues = overdue(db, at, scope.customers) if scope.may("see", "invoices") else ()
    if not everything:
        return [*mine, *dues]
    found = seen(workspace)
    return [
        *mine,
        *_parties(found, *_entered(workspace)),
        *without_deck(db),
        *ending_soon(db, at),
        *_unrated(found),
        *_rejects(workspace),
        *missing_records(workspace, at),
        *dues,
        *_notices(workspace),
        *raised(db),
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


def seen(workspace: Workspace) -> Seen:
    """What the rollup tells.

    Raises:
        TollbookError: `lake.json` cannot be read.
    """
    return _sums(workspace, Lake(workspace).published.versions.get(TRAFFIC.name))


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
        yield Item("no_customers", tr("No customers yet"), "tollbook customer add", *_form("customer"))
    if not carriers:
        yield Item("no_carriers", tr("No carriers yet"), "tollbook carrier add", *_form("carrier"))
    if unknown := sorted(seen.customers - customers):
        words = trn(
            "{count} customer is in the records but not entered: {names}",
            "{count} customers are in the records but not entered: {names}",
            len(unknown),
        )
        yield Item("unconfirmed_customers", named(words, unknown), *_entering("customer", unknown[0]))
    if unknown := sorted(seen.carriers - carriers):
        words = trn(
            "{count} carrier is in the records but not entered: {names}",
            "{count} carriers are in the records but not entered: {names}",
            len(unknown),
        )
        yield Item("unconfirmed_carriers", named(words, unknown), *_entering("carrier", unknown[0]))


def _entering(kind: str, name: str) -> tuple[str, str, dict[str, str]]:
    """The command, with an id of records as a shell and the command take it: as a word, and as no option; and the form."""
    return f"tollbook {kind} add {'-- ' if name.startswith('-') else ''}{quote(name)}", *_form(kind, name)


def _form(kind: str, name: str = "") -> tuple[str, dict[str, str]]:
    """Where one is entered, with the id filled in."""
    return "master_data", {"kind": kind, "entry": name} if name else {"kind": kind}


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
            "decks",
        )


def _rejects(workspace: Workspace) -> Iterator[Item]:
    count = sum(map(rejects.records, rejects.files(workspace)))
    if count:
        words = trn(
            "{count} record was refused; why stands in rejects/",
            "{count} records were refused; why stands in rejects/",
            count,
        )
        told = words.format(count=format_decimal(count, locale=current()))
        yield Item("rejects", told, tr("Mend the file and import it again"), "rejects")


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
        yield Item("notices", told, "tollbook payment notices", "payments")


@lru_cache(maxsize=8)
def _open_notices(db: Database, committed: str) -> int:  # noqa: ARG001 - in the key
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(Notice).where(Notice.state == "open")) or 0
