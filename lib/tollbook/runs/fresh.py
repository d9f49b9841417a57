"""Keeping the figures fresh: what waits for a rate is rated, the rollups follow the calls, every rule of alerts is judged.

`tollbook refresh` does so when it is typed. The clock has it done where calls came, or a deck did, and in any case once
an hour, as balances and missing records hang on the time too.
"""

import os
import signal
import threading
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any, Final

from tollbook.account.database import Database
from tollbook.alerts.refreshed import after_refresh, is_judged
from tollbook.billing.decks import deck_book, named_decks
from tollbook.errors import TollbookError
from tollbook.lake.rate import rate_waiting
from tollbook.lake.rollup import Refreshed
from tollbook.lake.rollup import refresh as roll_up
from tollbook.lake.store import Lake
from tollbook.workspace import Workspace

LONGEST: Final = timedelta(hours=1)
"""The figures are never older than this."""
AGAIN: Final = timedelta(minutes=5)
"""When there is another try where the figures are fresh and alerts were not judged by them."""
MOST_S: Final = 7200.0
"""What takes longer is ended, so that there is another try."""
_END_S: Final = 5.0


@dataclass(frozen=True)
class Fresh:
    """What a refresh did: to the rollups, and what each rule of alerts that did anything did."""

    figures: Refreshed
    alerts: list[dict[str, Any]]


def refresh(workspace: Workspace) -> Fresh:
    """Rate what waits, bring the rollups up to date, judge every rule.

    Raises:
        TollbookError: another process is writing, or the database cannot be reached.
    """
    lake = Lake(workspace)
    with closing(Database.of(workspace)) as db:
        rate_waiting(lake, deck_book(db))
    done = roll_up(lake)
    return Fresh(done, after_refresh(workspace).happened)


def is_behind(workspace: Workspace, db: Database, at: datetime) -> bool:
    """Whether there is anything to refresh: by `lake.json` and the names of the decks alone, no table is read.

    Raises:
        TollbookError: `lake.json` is damaged, or the database cannot be reached.
    """
    published = Lake(workspace).published
    if not published.versions:
        return False  # nothing was ever imported
    if published.updated_at is None or published.stale_days():
        return True
    updated_at = datetime.fromisoformat(published.updated_at)
    age = at - updated_at
    if not timedelta(0) <= age < LONGEST or published.decks != named_decks(db):
        return True
    return age >= AGAIN and not is_judged(db, updated_at)


@dataclass
class Aside:
    """Refreshes in a process of its own, at most one at a time, that ends with whoever began it."""

    _process: SpawnProcess | None = field(default=None, init=False)
    _ended: bool = field(default=False, init=False)
    _turn: threading.Lock = field(default_factory=threading.Lock, init=False)

    def refresh(self, workspace: Workspace) -> Fresh | None:
        """Refresh; null where it was ended meanwhile.

        Raises:
            TollbookError: it failed, and why.
        """
        # Of its own, and begun anew: work of Polars would be in the way of pages, and its threads of a fork.
        context = get_context("spawn")
        told, tells = context.Pipe(duplex=False)
        process = context.Process(target=_work, args=(workspace, tells), daemon=True)
        found: Fresh | None = None
        why = "its process was ended"
        with told, tells:
            with self._turn:
                if self._ended:
                    return None
                process.start()
                self._process = process
            tells.close()  # so that an end of the process is an end of what it tells
            with suppress(EOFError):
                if told.poll(MOST_S):
                    found, why = told.recv()
                else:
                    why = f"it took longer than {MOST_S:.0f} s and was ended"
                    process.kill()
            process.join()
        if found is None and not self._ended:
            raise TollbookError(why)
        return found

    def end(self) -> None:
        """End it for good: a refresh that was killed leaves the tables as they were."""
        with self._turn:
            self._ended = True
        if self._process is not None and self._process.is_alive():
            self._process.terminate()
            self._process.join(_END_S)


def _work(workspace: Workspace, tells: Connection) -> None:
    """What the process does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the server ends this itself
    threading.Thread(target=_end_with_parent, daemon=True).start()
    told: tuple[Fresh | None, str]
    try:
        told = refresh(workspace), ""
    except Exception as error:  # noqa: BLE001 - whatever it was, it is told and tried again
        known = isinstance(error, TollbookError | OSError)
        told = None, str(error) if known else f"{type(error).__name__}: {error}"
    with suppress(BrokenPipeError):
        tells.send(told)


def _end_with_parent() -> None:
    """End when whoever began this is gone, however that was ended: a refresh that is cut off leaves the tables as they were."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
