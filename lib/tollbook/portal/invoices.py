"""Invoices in the portal: making those of rows that a reader ticked, and showing what was filed.

Pages only read. What they ask to be written comes here, is checked here, and is done by a process of its own,
one at a time, so that neither a reader nor the server waits for it.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from contextlib import suppress
from multiprocessing import get_context
from typing import Any, Final, cast

from tornado.iostream import StreamClosedError

from tollbook.account.audit import Actor
from tollbook.errors import TollbookError, UsageError
from tollbook.lake.store import now
from tollbook.params import Invoice, read
from tollbook.portal.access import asks
from tollbook.portal.handlers import Plain
from tollbook.runs.invoices import Bill
from tollbook.runs.wanted import Outcome, Wanted, in_summary, make, refused, wanted
from tollbook.workspace import Workspace, open_workspace

MOST_BYTES: Final = 256 * 1024
"""Of a request: 500 rows with the longest ids."""

_one_run: Final = asyncio.Lock()


async def made(workspace: Workspace, rows: Sequence[Wanted], by: Actor) -> AsyncIterator[Outcome]:
    """What became of each row, in their order, as each is done. Invoices are made one at a time, whoever asks.

    `by` is in the audit as who had them made.
    """
    known = await asyncio.get_running_loop().run_in_executor(None, in_summary, workspace, rows)
    async with _one_run:
        # Kernels are started with threads around: only a fresh process is safe to start them from.
        pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
        try:
            for row in rows:
                yield await _outcome(pool, workspace, row, by) if row in known else _absent(row)
        finally:
            pool.shutdown(wait=False)


async def _outcome(pool: ProcessPoolExecutor, workspace: Workspace, row: Wanted, by: Actor) -> Outcome:
    bill = Bill(workspace, row.customer, row.period, now(), read("invoice", Invoice), by=by)
    try:
        return await asyncio.get_running_loop().run_in_executor(pool, make, bill)
    except BrokenExecutor:
        return refused(row, "the process that made it was ended; nothing has changed: ask again")


def _absent(row: Wanted) -> Outcome:
    return refused(row, f"the Customer Summary has no row of '{row.customer}' for {row.period.name}")


class MakeInvoices(Plain):
    """`/summary/invoices`: makes the invoices of the rows that it is sent, and tells of each when it is done.

    The answer is a line of JSON for each row, as it comes.
    """

    @asks("change", "invoices")
    async def post(self) -> None:
        """Make the invoices of `{"rows": [{"customer": "acme", "period": "2026-10-05"}]}`."""
        rows = wanted(asked_rows(self.request.body))
        workspace = open_workspace()
        self.set_header("Content-Type", "application/x-ndjson")
        self.set_header("Cache-Control", "no-store")
        async for outcome in made(workspace, rows, self.signed.actor):
            await self._tell(outcome)

    async def _tell(self, outcome: Outcome) -> None:
        self.write(json.dumps(outcome) + "\n")
        with suppress(StreamClosedError):  # the reader has left; what was asked for is made all the same
            await self.flush()

    def write_error(self, status_code: int, **failure: Any) -> None:  # noqa: ANN401, ARG002 - tornado's own
        """Say as JSON what stood in the way."""
        error = failure.get("exc_info", (None, None))[1]
        if isinstance(error, TollbookError):
            self.set_status(400 if isinstance(error, UsageError) else 503)
        self.set_header("Content-Type", "application/json")
        self.finish({"why": str(error) if isinstance(error, TollbookError) else self._reason})


def asked_rows(body: bytes) -> object:
    """The rows that a request names.

    Raises:
        UsageError: it is too long or no such JSON.
    """
    if len(body) > MOST_BYTES:
        raise UsageError(f"a request of more than {MOST_BYTES} bytes")
    try:
        asked = json.loads(body)
    except ValueError:
        raise UsageError("write JSON: {rows: [{customer, period}]}") from None
    if not isinstance(asked, Mapping) or set(asked) != {"rows"}:
        raise UsageError("write {rows: [{customer, period}]}")
    return cast("Mapping[str, object]", asked)["rows"]
