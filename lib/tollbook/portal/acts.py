"""What admins do with an issued invoice on its page: take it back by a credit note, send it, or book that it was paid."""

import asyncio
import re
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from multiprocessing import get_context
from typing import Final
from urllib.parse import quote

from sqlalchemy.orm import Session
from tornado.log import app_log

from tollbook.account.models import now
from tollbook.billing.parts import Part, parse_net
from tollbook.billing.payments import mark_paid
from tollbook.billing.record import Record
from tollbook.errors import TollbookError, UsageError
from tollbook.language import tr
from tollbook.portal.access import asks
from tollbook.portal.papers import CREDIT_PART, Shown
from tollbook.runs import crediting
from tollbook.runs.post import put_again
from tollbook.show.invoices import CREDIT, PAY, SEND
from tollbook.workspace import Workspace, open_workspace

_OF_LINE: Final = "amount-"
_LINE: Final = re.compile(r"amount-[0-9]{1,6}", re.ASCII)
"""Names of the fields of what is to be credited of a line."""


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
    """`/invoices/<number>/credit`: takes the invoice back by a credit note, in full or in part."""

    @asks("change", "credits")
    async def post(self, number: str) -> None:
        """For a `reason`, which stands on the note; `how` is `part`, or all of it: then `sure` is the confirmation.

        Of a part each `line` is one to credit in whole, and `amount-2` what to credit of the second, `amount` of none.
        """
        found = await self.paper(number)
        reason, workspace, at = self.typed("reason").strip(), open_workspace(), now()
        is_part = self.typed("how") == "part"
        try:
            if not reason:
                raise UsageError(tr("Say why: the reason stands on the credit note."))
            if not (is_part or self.typed("sure")):
                raise UsageError(tr("Confirm that the invoice is to be taken back."))
            parts = self._parts() if is_part else []
            seen = parse_net(self.typed("seen")) if is_part else None
            asked = workspace, self.database, number, reason, self.actor, at, parts, seen
            note = await asyncio.to_thread(crediting.credited, *asked)
        except TollbookError as error:
            told = {name: self.typed(name) for name in self.request.body_arguments if "amount" in name}
            opened = CREDIT_PART if is_part else CREDIT
            await self.page(found, wrong=str(error), opened=opened, reason=reason, **told)
            return
        if await filed(workspace, note, at):
            done = "credited_part" if is_part else "credited"
            self.redirect(
                f"{self.base_url}invoices/{quote(note.number or '', safe='')}?done={done}", status=303
            )
        else:
            self.redirect(f"{self.address(found)}?done=unfiled", status=303)

    def _parts(self) -> list[Part]:
        """What of the invoice is to be credited.

        Raises:
            UsageError: nothing, or an amount that is none.
        """
        amounts = {
            int(name.removeprefix(_OF_LINE)): self._net(name)
            for name in self.request.body_arguments
            if _LINE.fullmatch(name) and self.typed(name).strip()
        }
        whole = (
            int(line) for line in self.get_body_arguments("line") if _LINE.fullmatch(f"{_OF_LINE}{line}")
        )
        lines = {**dict.fromkeys(whole), **amounts}
        parts = [Part(line, amount) for line, amount in sorted(lines.items()) if line]
        parts += [Part(amount=self._net("amount"))] if self.typed("amount").strip() else []
        if not parts:
            raise UsageError(tr("Choose a line, or write an amount."))
        return parts

    def _net(self, name: str) -> Decimal:
        try:
            return parse_net(self.typed(name))
        except UsageError:
            words = tr("'{text}' is no amount: write it with a point, such as 120.50.")
            raise UsageError(words.format(text=self.typed(name))) from None


class Send(Shown):
    """`/invoices/<number>/send`: sends it by mail to those who have not got it yet, or to all."""

    @asks("change", "invoices")
    async def post(self, number: str) -> None:
        """To the addresses in `to`, or else to the customer's; with `twice` also to who has got it."""
        found = await self.paper(number)
        typed = {"to": self.typed("to").strip()}
        to, twice = typed["to"].replace(",", " ").split(), bool(self.typed("twice"))
        told = (open_workspace(), number, to, now(), twice)
        try:
            put = await self.changing(lambda session: self._put(session, *told))
        except TollbookError as error:
            await self.page(found, wrong=str(error), opened=SEND, **typed)
            return
        self.redirect(f"{self.address(found)}?done={'sent' if put else 'unsent'}", status=303)

    def _put(
        self,
        session: Session,
        workspace: Workspace,
        number: str,
        to: list[str],
        at: datetime,
        twice: bool,  # noqa: FBT001 - as it was ticked
    ) -> list[int]:
        return put_again(workspace, session, number, to, self.actor, at, twice=twice)


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


ROUTES: Final = (
    (r"/invoices/([^/]+)/paid", MarkPaid),
    (r"/invoices/([^/]+)/credit", Credit),
    (r"/invoices/([^/]+)/send", Send),
)
"""Before those of an invoice's files, of which none is called so."""
