"""Showing by a code that an e-mail address or a mobile telephone is one's own."""

import asyncio
from typing import Final
from urllib.parse import urlencode

from tornado.web import HTTPError

from tollbook.account.models import now
from tollbook.account.people import verify
from tollbook.account.people.persons import row_of
from tollbook.account.people.verify import What
from tollbook.errors import UsageError
from tollbook.language import later, tr
from tollbook.params import Site, read
from tollbook.portal.access import asks
from tollbook.portal.account.base import AccountPage
from tollbook.portal.signin import account

LABELS: Final[dict[What, str]] = {"email": later("E-mail"), "mobile": later("Mobile telephone")}


class Verify(AccountPage):
    """`/account/verify?what=email` or `mobile`."""

    path, form = "account/verify", "verify"

    @asks("see", "profile")
    async def get(self) -> None:
        """A form to have a code sent, and one to type it."""
        await self._show(sent=self.get_query_argument("sent", "") != "")

    @asks("change", "profile")
    async def post(self) -> None:
        """`send` a code, or `confirm` with it."""
        what, (db, secret) = self._what, account()
        try:
            if self.typed("do") == "send":
                site = read("site", Site)
                await asyncio.to_thread(verify.begin, db, secret, site, self.actor, what, now())
                query = urlencode({"what": what, "sent": 1})
                self.redirect(f"{self.base_url}{self.path}?{query}", status=303)
            else:
                code = self.typed("code")
                await asyncio.to_thread(verify.confirm, db, secret, self.actor, what, code, now())
                self.redirect(f"{self.base_url}account/profile?done=verified", status=303)
        except UsageError as error:
            self.set_status(400)
            await self._show(wrong=str(error), sent=self.typed("do") != "send")

    @property
    def _what(self) -> What:
        what = self.get_argument("what", "")
        if what not in LABELS:
            raise HTTPError(404)
        return what

    async def _show(self, *, wrong: str = "", sent: bool = False) -> None:
        what = self._what
        row = await self.reading(lambda session: row_of(self.myself(session)))
        self.show(
            tr("Verify: {what}").format(what=tr(LABELS[what])),
            template="ways.html.j2",
            form=self.form,
            path=self.path,
            wrong=wrong,
            done=tr("A code is on its way to {where}.").format(where=row[what]) if sent and not wrong else "",
            what=what,
            where=row[what],
            verified=row[f"{what}_verified_at"] is not None,
            offered=verify.offered(read("site", Site), what),
            sent=sent,
        )
