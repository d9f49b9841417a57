"""The fixed data of `notebooks/gallery/`: a fortnight of the demo network that is the same on every machine."""

import atexit
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tollbook.account.database import Database
from tollbook.billing.decks import DeckBook, deck_book
from tollbook.demo.install import install
from tollbook.lake.store import Lake
from tollbook.workspace import Workspace

DAYS: Final = 14
CALLS_PER_DAY: Final = 2_000
SEED: Final = 2026
START: Final = datetime(2026, 10, 5, tzinfo=UTC)
"""A Monday."""
OVER: Final = START + timedelta(days=DAYS)
"""The end of the fortnight, exclusive."""

_URL: Final = "TOLLBOOK_DATABASE_URL"


@dataclass(frozen=True)
class Network:
    """The calls with their figures, and the decks that priced them."""

    lake: Lake
    decks: DeckBook


def network() -> Network:
    """The demo network in a folder of its own, made now, which goes when the notebook ends."""
    folder = TemporaryDirectory(prefix="tollbook-gallery-")
    atexit.register(folder.cleanup)
    workspace = Workspace(Path(folder.name) / "data")
    with _own_database():
        workspace.create()
        install(workspace, days=DAYS, calls_per_day=CALLS_PER_DAY, seed=SEED, now=OVER - timedelta(seconds=1))
        database = Database.of(workspace)
        decks = deck_book(database)
        database.close()
    return Network(Lake(workspace), decks)


@contextmanager
def _own_database() -> Iterator[None]:
    """Keep the demo's customers out of the database that the environment names."""
    named = os.environ.pop(_URL, None)
    try:
        yield
    finally:
        if named is not None:
            os.environ[_URL] = named
