"""A network of customers with a month of calls each, few to some hundreds, as `python -m bench.invoices` bills them."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
import yaml

from bench.month import DAY_US, DAYS, FIRST, FIRST_US, SEED
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.billing.decks import RATES, deck_book, import_deck
from tollbook.billing.rating import rate_calls
from tollbook.lake.rollup import refresh
from tollbook.lake.store import Lake
from tollbook.tables import CALLS, INSTANT, conform
from tollbook.workspace import Workspace

ANNEX: Final = "annex"
"""The customer whose PDF lists so many calls that they are its weight."""
_FEWEST, _MOST = 5, 800
_MEDIAN: Final = 90
_DESTINATIONS: Final = 30
_COMPANY: Final = {
    "name": "Nordlicht Carrier Services", "address": "Speicherstadt 12\n20457 Hamburg", "country": "DE",
    "postcode": "20457", "city": "Hamburg", "contact": "Accounts", "phone": "+49 40 5550123",
    "email": "billing@nordlicht.example", "tax_id": "DE123456789", "endpoint": "9930:DE123456789",
    "iban": "DE75512108001245126199",
}  # fmt: skip


def network(folder: Path, customers: int, annex_calls: int) -> Workspace:
    """The workspace, made once: so many customers with a deck each, their calls rated and rolled up."""
    workspace = Workspace(folder / "home")
    if not (folder / "made").exists():
        workspace.create()
        (folder / "params").mkdir(exist_ok=True)
        (folder / "params" / "company.yml").write_text(yaml.safe_dump(_COMPANY))
        names = [f"c{number:04}" for number in range(customers)]
        _enter(workspace, [*names, ANNEX])
        _store(workspace, names, annex_calls)
        (folder / "made").touch()
    return workspace


def _enter(workspace: Workspace, names: list[str]) -> None:
    db = Database.of(workspace)
    told = {
        "country": "DE", "postcode": "10115", "city": "Berlin", "tax_id": "DE987654321", "language": "de",
        "endpoint": "9930:DE987654321", "reference": "04011000-12345-34", "address": "Allee 1\n10115 Berlin",
    }  # fmt: skip
    with db.session() as session:
        session.add_all(
            Customer(id=name, name=f"{name} GmbH", tax_rate=Decimal(19), currency="EUR", **told)
            for name in names
        )
    minute = {"connect_fee": Decimal(0), "initial_increment_s": 60, "increment_s": 6, "blocked": False}
    for number, name in enumerate(names):
        rows = [
            {"prefix": str(100 + place), "destination": f"Destination {place:02}",
             "rate_per_min": Decimal(50 + 7 * place + number % 5).scaleb(-4), **minute}
            for place in range(_DESTINATIONS)
        ]  # fmt: skip
        frame = pl.DataFrame(rows, schema=RATES)
        import_deck(db, frame, side="customer", owner=name, source="rates.csv", currency="EUR")
    db.close()


def _store(workspace: Workspace, names: list[str], annex_calls: int) -> None:
    rng = np.random.default_rng(SEED)
    calls = np.clip(rng.lognormal(np.log(_MEDIAN), 1, len(names)).astype(int), _FEWEST, _MOST)
    owners = [*np.repeat(names, calls), *([ANNEX] * annex_calls)]
    count = len(owners)
    talk_ms = np.where(
        (rng.random(count) < 0.5) | (np.array(owners) == ANNEX), rng.integers(1_000, 600_000, count), 0
    )
    started = pl.Series(FIRST_US + rng.integers(0, DAYS * DAY_US, count)).cast(INSTANT)
    called = [f"{100 + place}{number:07}" for place, number in zip(
        np.minimum(rng.zipf(1.6, count) - 1, _DESTINATIONS - 1), rng.integers(0, 10**7, count), strict=True)]  # fmt: skip
    frame = pl.DataFrame({"customer": owners, "started_at": started, "talk_ms": talk_ms, "called": called})
    answered = pl.col("talk_ms") > 0
    told: dict[str, Any] = {
        "day": pl.col("started_at").dt.date(),
        "switch": pl.lit("bench"),
        "call_id": pl.int_range(pl.len()).cast(pl.String),
        "caller": pl.lit("493012345678"),
        "answered_at": pl.when(answered).then(pl.col("started_at")),
        "ended_at": pl.col("started_at") + pl.duration(milliseconds="talk_ms"),
        "outcome": pl.when(answered).then(pl.lit("answered")).otherwise(pl.lit("busy")),
        "records": pl.lit(1),
    }
    db = Database.of(workspace)
    rated = rate_calls(conform(frame.lazy().with_columns(**told), CALLS), deck_book(db).customers)
    db.close()
    lake = Lake(workspace)
    with lake.writing() as step:
        step.append(CALLS, rated)
        step.mark(changed=[(FIRST + timedelta(days=day)).date() for day in range(DAYS)])
    refresh(lake)
