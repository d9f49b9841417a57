"""A link for a forgotten password."""

import asyncio

from jupyter_server.auth.decorator import allow_unauthenticated

from tollbook.account.models import now
from tollbook.account.people import forgotten
from tollbook.errors import UsageError
from tollbook.language import tr
from tollbook.params import Site, read
from tollbook.portal.signin import Door, account


class Forgotten(Door):
    """`/forgotten`: whoever names themselves gets a link by mail, or is told whom to ask."""

    @allow_unauthenticated
    def get(self) -> None:
        """The form, where mail is sent from here."""
        self._show()

    @allow_unauthenticated
    async def post(self) -> None:
        """Say the same whoever `named` is; only then see who that is, so that time says the same too."""
        named, address, at, site = self.typed("named"), self.place.address, now(), read("site", Site)
        db, secret = account()
        try:
            asked = await asyncio.to_thread(forgotten.ask, db, site, named, address, at)
        except UsageError as error:
            self.set_status(400)
            self._show(wrong=str(error))
            return
        if asked.wait_s:
            self.set_status(429)
            self.set_header("Retry-After", str(asked.wait_s))
            self._show(wrong=asked.words)
            return
        self._show(done=asked.words)
        await asyncio.to_thread(forgotten.send, db, secret, site, named, address, at)

    def _show(self, *, wrong: str = "", done: str = "") -> None:
        self.show(
            tr("Forgotten password"),
            template="ways.html.j2",
            form="forgotten",
            wrong=wrong,
            done=done,
            offered=forgotten.offered(read("site", Site)),
        )
