"""Looking at the portal as a contact sees it."""

import asyncio

from sqlalchemy.orm import Session

from tollbook.account.models import now
from tollbook.account.people import persons, sessions
from tollbook.errors import UsageError
from tollbook.portal.access import Asking, asks
from tollbook.portal.account.base import AccountPage


class ViewAs(AccountPage):
    """`/account/view-as`: the contacts there are, to look as one of them."""

    path, form = "account/view-as", "view-as"

    @asks("see", "view_as")
    async def get(self) -> None:
        """The list."""
        await self._show()

    @asks("see", "view_as")
    async def post(self) -> None:
        """Look as `login` from now on; pages that are open end, as they show more."""
        login = self.typed("login")
        try:
            await asyncio.to_thread(sessions.view_as, self.database, self.signed, login, now())
        except UsageError as error:
            await self._show(str(error))
            return
        self.settings["kernel_manager"].end_of(self.signed.id)
        self.redirect(self.base_url, status=303)

    async def _show(self, wrong: str = "") -> None:
        rows = await self.reading(_contacts)
        self.page(wrong=wrong, status=400 if wrong else 200, rows=rows)


class Oneself(Asking):
    """`/account/view-as/end`: back to what one sees oneself."""

    @asks("see", "profile")
    async def post(self) -> None:
        """Look as nobody else."""
        await asyncio.to_thread(self._end)
        self.settings["kernel_manager"].end_of(self.signed.id)
        self.redirect(f"{self.base_url}account/view-as", status=303)

    def _end(self) -> None:
        with self.database.session() as session:
            sessions.view_as_oneself(session, self.signed, now())


def _contacts(session: Session) -> list[persons.Row]:
    return [row for row in persons.listing(session, "contact") if row["disabled_at"] is None]
