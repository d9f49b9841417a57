"""While the portal runs, webhooks are told, and invoices that the API was asked for are made."""

import asyncio
import logging
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Final

from tollbook.account.database import shared
from tollbook.account.hooks.deliver import deliver
from tollbook.account.models import now
from tollbook.account.secret import workspace_secret
from tollbook.params import Site, read
from tollbook.runs import orders
from tollbook.workspace import open_workspace

EVERY_S: Final = 1.0
_log: Final = logging.getLogger("tollbook.errands")


async def tellers() -> None:
    """Tell what is due, every second, for as long as the server runs; a round that fails is begun anew."""
    while True:
        await asyncio.sleep(EVERY_S)
        try:
            await asyncio.to_thread(told)
        except Exception as error:  # noqa: BLE001 - events wait, the portal does not stop for it
            _log.error("webhooks could not be told: %s", error)


def told() -> dict[str, int]:
    """Tell what is due; returns how many events came to which state.

    Raises:
        TollbookError: the database cannot be reached, or params/site.yml is wrong.
    """
    workspace, site = open_workspace(), read("site", Site)
    return deliver(shared(workspace), workspace_secret(workspace), now, loopback=site.webhooks.loopback)


async def makers() -> None:
    """Make what the API was asked for, looking every second, for as long as the server runs."""
    while True:
        await asyncio.sleep(EVERY_S)
        try:
            await made()
        except Exception as error:  # noqa: BLE001 - a run waits, the portal does not stop for it
            _log.error("invoices that were asked for could not be made: %s", error)


async def made() -> int:
    """Make what waits, one after the other, in a process of its own; returns how many there were."""
    workspace, count = open_workspace(), 0
    if not await asyncio.to_thread(orders.waiting, shared(workspace), now()):
        return 0
    # Kernels are started with threads around: only a fresh process is safe to start them from.
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    try:
        # One at a time: the server may end after any of them, and the next one goes on from there.
        while await asyncio.get_running_loop().run_in_executor(pool, orders.step, workspace, now):
            count += 1
    finally:
        pool.shutdown(wait=False)
    return count
