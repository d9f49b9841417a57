"""What admins do with an issued invoice on its page: take it back by a credit note, or book that it was paid."""

import asyncio
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from typing import Final
from urllib.parse import quote

from sqlalchemy.orm import Session
from tornado.log import app_log

from tollbook.account.models import now
from tollbook.billing.payments import mark_paid
from tollbook.billing.record import Record
from tollbook.errors import TollbookError, UsageError
from tollbook.language import tr
from tollbook.portal.access import asks
from tollbook.portal.papers import Shown
from tollbook.runs import crediting
from tollbook.show.invoices import CREDIT, PAY
from tollbook.workspace import Workspace, open_workspace


class MarkPaid(Shown):
    """`/invoices/<number>/paid`: books a payment of all that is open of the invoice."""

    @asks("change", "payments")
    async def post(self, number: str) -> None:
        """By `method`, on the day `day`, with the `reference` of the bank or the customer."""
        found = await self.paper(number)
        typed = {name: self.typed(name).strip() for name in ("method", "day", "reference")}
        try:
            at = day_of(typed["day"])
            await self.changing(lambda session: self._paid(session, number, at, typed))
        except UsageError as error:
            await self.page(found, wrong=str(error), opened=PAY, **typed)
            return
        self.redirect(f"{self.address(found)}?done=paid", status=303)

    def _paid(self, session: Session, number: str, at: datetime, typed: dict[str, str]) -> None:
        mark_paid(session, self.actor, number, typed["method"], reference=typed["reference"], received_at=at)


class Credit(Shown):
    """`/invoices/<number>/credit`: takes the invoice back in full by a credit note."""

    @asks("change", "credits")
    async def post(self, number: str) -> None:
        """For a `reason`, which stands on the note; `sure` is the confirmation."""
        found = await self.paper(number)
        reason, workspace, at = self.typed("reason").strip(), open_workspace(), now()
        try:
            if not reason:
                raise UsageError(tr("Say why: the reason stands on the credit note."))
            if not self.typed("sure"):
                raise UsageError(tr("Confirm that the invoice is to be taken back."))
            asked = workspace, self.database, number, reason, self.actor, at
            note = await asyncio.to_thread(crediting.credited, *asked)
        except TollbookError as error:
            await self.page(found, wrong=str(error), opened=CREDIT, reason=reason)
            return
        if await filed(workspace, note, at):
            self.redirect(
                f"{self.base_url}invoices/{quote(note.number or '', safe='')}?done=credited", status=303
            )
        else:
            self.redirect(f"{self.address(found)}?done=unfiled", status=303)


def day_of(text: str) -> datetime:
    """The start of a day that somebody chose, in UTC; this instant where it is today.

    Raises:
        UsageError: it is none, or has not come yet.
    """
    try:
        at = datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        raise UsageError(tr("Choose the day on which the money came.")) from None
    if at > now():
        raise UsageError(tr("That day has not come yet."))
    return now() if at.date() == now().date() else at


async def filed(workspace: Workspace, note: Record, at: datetime) -> bool:
    """Make the files of a credit note, in a process of its own; false where they could not be made."""
    # Kernels are started with threads around: only a fresh process is safe to start them from.
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    try:
        await asyncio.get_running_loop().run_in_executor(pool, crediting.filed, workspace, note, at)
    except (TollbookError, OSError, ValueError, BrokenExecutor) as error:
        app_log.error("the files of %s: %s", note.number, error)
        return False
    else:
        return True
    finally:
        pool.shutdown(wait=False)


ROUTES: Final = ((r"/invoices/([^/]+)/paid", MarkPaid), (r"/invoices/([^/]+)/credit", Credit))
"""Before those of an invoice's files, of which none is called so."""
