"""What the page of master data shows as rows: customers, carriers, contacts, and what a file would do."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import chain, islice
from typing import Any, Final
from urllib.parse import urlencode

import polars as pl
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tollbook.account.intake import Entry, Plan
from tollbook.account.models import Deck
from tollbook.account.register import Register, Row
from tollbook.language import later, tr
from tollbook.money import MONEY
from tollbook.show.grid_values import GridColumn, Kind
from tollbook.show.master_words import label, meant
from tollbook.tables import INSTANT

MOST_ROWS: Final = 5_000
"""Rows of a dry run that the page shows."""

_FIRST: Final[Mapping[str, tuple[str, ...]]] = {
    "customer": (
        *("id", "name", "state", "currency", "channels", "debit_limit", "tax_rate", "due_days"),
        *("schedule", "deck_at"),
    ),
    "carrier": ("id", "name", "state", "currency", "channels", "deck_at"),
    "contact": ("login", "name", "customer", "state", "email", "mobile", "department", "two_factor"),
}
"""The columns that are shown at first, in their order; the others can be."""
_KINDS: Final[Mapping[str, Any]] = {"whole": pl.Int64(), "amount": MONEY}
_PLAN: Final = pl.Schema(
    {
        "line": pl.Int64(),
        "key": pl.String(),
        "what": pl.String(),
        "tone": pl.String(),
        "field": pl.String(),
        "before": pl.String(),
        "after": pl.String(),
        "why": pl.String(),
    }
)
_WHAT: Final = {"new": later("new"), "changed": later("changed"), "conflict": later("conflict")}


def decks_since(session: Session, word: str) -> dict[str, datetime]:
    """When the newest deck of each customer or carrier was imported."""
    if word == "contact":
        return {}
    owner = Deck.customer_id if word == "customer" else Deck.carrier_id
    newest = select(owner, func.max(Deck.imported_at)).where(owner.is_not(None)).group_by(owner)
    return {str(name): at.replace(second=0, microsecond=0) for name, at in session.execute(newest)}


def frame(
    register: Register, rows: Iterable[Row], unconfirmed: Iterable[str], decks: Mapping[str, datetime]
) -> pl.DataFrame:
    """A row each, those before all others that only records name."""
    unknown = [{register.key: name, "confirmed": False} for name in sorted(unconfirmed)]
    told = [_told(register, row, decks) for row in (*unknown, *rows)]
    texts = {name: _KINDS.get(field.form, pl.String()) for name, field in register.fields.items()}
    schema = {register.key: pl.String(), **texts, "state": pl.String(), "tone": pl.String()}
    instants = {"deck_at": INSTANT, "created_at": INSTANT}
    more = {"two_factor": pl.String(), "key": pl.String(), "href": pl.String(), "unit": pl.String()}
    return pl.DataFrame(told, schema={**schema, **instants, **more})


def _told(register: Register, row: Row, decks: Mapping[str, datetime]) -> Row:
    key = row[register.key]
    words, tone = _state(row)
    plain = {
        name: row.get(name)
        if field.form in _KINDS
        else meant(register, name, field.text(row[name]))
        if name in row
        else None
        for name, field in register.fields.items()
    }
    created = row.get("created_at")
    return {
        register.key: key,
        **plain,
        "state": words,
        "tone": tone,
        "deck_at": decks.get(key),
        "created_at": created and created.replace(microsecond=0),
        "two_factor": tr("yes") if row.get("two_factor") else None,
        "key": key,
        "href": f"master_data?{urlencode({'kind': register.word, 'entry': key})}",
        "unit": row.get("currency"),
    }


def _state(row: Row) -> tuple[str | None, str | None]:
    """What is particular about a row, and how that is shown."""
    if row.get("confirmed") is False:
        return tr("in the records, not entered"), "wrong"
    if row.get("disabled_at"):
        return tr("disabled"), "quiet"
    return None, None


def columns(register: Register) -> list[GridColumn]:
    """The columns of a kind, the usual ones first."""
    first = _FIRST[register.word]
    rest = [name for name in register.fields if name not in first]
    return [_column(register, name, hidden=name in rest) for name in (*first, *rest, "created_at")]


def _column(register: Register, name: str, *, hidden: bool) -> GridColumn:
    if name == register.key:
        return GridColumn(name, label(name), "link", href="href")
    if name == "state":
        return GridColumn(name, tr("State"), tone="tone")
    if name in {"deck_at", "created_at"}:
        return GridColumn(
            name, tr("Deck of") if name == "deck_at" else tr("Entered"), "instant", hidden=name != "deck_at"
        )
    if name == "two_factor":
        return GridColumn(name, tr("Second factor"))
    form = register.fields[name].form
    if form == "amount":
        currency = "unit" if name == "debit_limit" else ""
        return GridColumn(name, label(name), "money", currency=currency, hidden=hidden, summed=False)
    kind: Kind = "integer" if form == "whole" else "text"
    return GridColumn(name, label(name), kind, hidden=hidden, summed=name == "channels")


def plan_frame(register: Register, plan: Plan | None) -> pl.DataFrame:
    """What a file would do, conflicts first: a row for each field that changes, and for each conflict."""
    if plan is None:
        return pl.DataFrame(schema=_PLAN)
    conflicts = (
        {
            **_line(conflict.line, conflict.name, "conflict", "wrong"),
            "field": label(conflict.column) if conflict.column else None,
            "after": conflict.value,
            "why": conflict.why,
        }
        for conflict in plan.conflicts
    )
    entries = (row for entry in plan.entries for row in _entry_rows(register, entry))
    return pl.DataFrame([*islice(chain(conflicts, entries), MOST_ROWS)], schema=_PLAN)


def _entry_rows(register: Register, entry: Entry) -> list[Row]:
    """A row for each field that changes; one without any for a new one that has nothing but its key."""
    line = _line(entry.line, entry.name, *(("new", "good") if entry.new else ("changed", None)))
    return [
        {
            **line,
            "field": label(name),
            "before": None if entry.new else meant(register, name, before),
            "after": meant(register, name, after),
        }
        for name, (before, after) in entry.changes.items()
    ] or [line]


def _line(line: int, name: str, what: str, tone: str | None) -> Row:
    return {"line": line, "key": name, "what": tr(_WHAT[what]), "tone": tone}


def plan_columns(register: Register) -> list[GridColumn]:
    """The columns of a dry run."""
    return [
        GridColumn("line", tr("Line number"), "integer", summed=False),
        GridColumn("key", label(register.key)),
        GridColumn("what", tr("What"), tone="tone"),
        GridColumn("field", tr("Field")),
        GridColumn("before", tr("Before")),
        GridColumn("after", tr("After")),
        GridColumn("why", tr("Why")),
    ]
