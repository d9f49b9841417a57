"""The clock of the scheduler: once a minute it looks whether an invoice is due, and whether the figures are behind.

Which invoices are due stands in the ledger alone, and whether the figures are behind in `lake.json`. Clocks go wrong.
One that has just jumped is not believed until it has run evenly for a while, as an invoice that was issued too early could
only be credited.
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from typing import Any, Final

from apscheduler.schedulers.background import BackgroundScheduler

from tollbook.account.database import shared
from tollbook.lake.store import now
from tollbook.params import Invoice, read
from tollbook.runs.due import CLOCK, is_due, run_due
from tollbook.runs.fresh import Aside, Fresh, is_behind
from tollbook.workspace import Workspace

EVERY_S: Final = 60.0
JUMP: Final = timedelta(minutes=5)
"""Between two looks, how far the clock may be from what has passed."""
REST_S: Final = 600.0
"""How long a clock that jumped has to run evenly."""
_log: Final = logging.getLogger("tollbook.schedule")


class Even:
    """Whether the clock of the machine runs evenly, judged by one that cannot be set."""

    def __init__(
        self, wall: Callable[[], datetime] = now, passed: Callable[[], float] = time.monotonic
    ) -> None:
        self._wall, self._passed = wall, passed
        self._last: tuple[datetime, float] | None = None
        self._jumped_at: float | None = None

    def believed(self) -> bool:
        """Whether it may be gone by now; to be asked at every look."""
        wall, passed = self._wall(), self._passed()
        if self._last:
            off = (wall - self._last[0]) - timedelta(seconds=passed - self._last[1])
            if abs(off) > JUMP:
                self._jumped_at = passed
                _log.warning("the clock jumped by %s: nothing is made until it has run evenly", off)
        self._last = wall, passed
        return self._jumped_at is None or passed - self._jumped_at >= REST_S


class _Ticks(BackgroundScheduler):
    """APScheduler sleeps until its next tick by the clock as it was: after a jump that could be for years.

    The refresh that is at work ends with it.
    """

    def __init__(self) -> None:
        super().__init__(timezone=UTC)
        self.aside = Aside()

    def every_minute(self, tick: Callable[[], None]) -> None:
        """Do this now, and then once a minute, never twice at the same time."""
        self.add_job(
            tick,
            "interval",
            seconds=EVERY_S,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            next_run_time=now(),
        )

    def shutdown(self, wait: bool = True) -> None:  # noqa: FBT001, FBT002 - APScheduler's own
        self.aside.end()
        super().shutdown(wait=wait)

    def _process_jobs(self) -> float:
        wait: float | None = super()._process_jobs()
        return EVERY_S if wait is None else min(wait, EVERY_S)


def look(workspace: Workspace, even: Even) -> dict[str, Any] | None:
    """Make what is due, in a process of its own; the report, or None where there was nothing to do.

    Raises:
        TollbookError: the database cannot be reached, or params/invoice.yml is wrong.
    """
    terms = read("invoice", Invoice)
    if not even.believed() or not is_due(shared(workspace), now(), terms):
        return None
    # Kernels are started with threads around: only a fresh process is safe to start them from.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        report = pool.submit(run_due, workspace, now, terms, CLOCK, patient=True).result()
    counts = {what: len(report[what]) for what in ("made", "skipped", "failed")}
    _log.info("made %(made)s, skipped %(skipped)s, failed %(failed)s", counts)
    return report


def freshen(workspace: Workspace, even: Even, aside: Aside) -> Fresh | None:
    """Refresh the figures where they are behind, in a process of its own; null where they are not, or it was ended.

    Raises:
        TollbookError: it failed, and why; the tables are as they were.
    """
    if not even.believed() or not is_behind(workspace, shared(workspace), now()):
        return None
    made = aside.refresh(workspace)
    if made:
        _log.info("refreshed %s days, %s alerts did something", made.figures.days_touched, len(made.alerts))
    return made


def start(
    workspace: Workspace, tell: Callable[[dict[str, Any]], None] = lambda _: None
) -> BackgroundScheduler:
    """Look once a minute, in threads, until it is shut down; `tell` gets the report of each round that made something."""
    ticks = _Ticks()
    due, behind = partial(look, workspace, Even()), partial(freshen, workspace, Even(), ticks.aside)

    def invoices() -> None:
        try:
            report = due()
        except Exception as error:  # noqa: BLE001 - the next look may succeed
            _log.error("what is due could not be made: %s", error)
            return
        if report:
            tell(report)

    def figures() -> None:
        try:
            behind()
        except Exception as error:  # noqa: BLE001 - the next look may succeed
            _log.error("the figures could not be brought up to date: %s", error)

    ticks.every_minute(invoices)
    ticks.every_minute(figures)
    ticks.start()
    return ticks
