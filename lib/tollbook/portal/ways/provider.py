"""Signing in by another provider: there, and back."""

import asyncio
import json
from datetime import datetime
from typing import Any, Final

from jupyter_server.auth.decorator import allow_unauthenticated
from tornado.web import HTTPError

from tollbook.account.models import now
from tollbook.account.people import oidc
from tollbook.account.people.provider import ProviderError
from tollbook.account.people.signin import Answer
from tollbook.language import tr
from tollbook.params import Site, read
from tollbook.portal.address import address_of
from tollbook.portal.preferences import local_path
from tollbook.portal.signin import Door, account
from tollbook.servers import Oidc

COOKIE: Final = "tollbook-oidc"
"""What the browser keeps while somebody is at the provider's; scripts of pages cannot read it."""
_DAYS: Final = oidc.VALID.total_seconds() / 86_400


class _AtTheDoor(Door):
    """What both ends share."""

    @property
    def configured(self) -> Oidc:
        """The provider; where there is none, nothing is here."""
        told = read("site", Site).oidc
        if not told.issuer:
            raise HTTPError(404)
        return told

    def of_cookie(self) -> dict[str, Any]:
        """Where and how the browser is told to keep it."""
        secure = address_of(self).startswith("https:")
        return {"path": f"{self.base_url}oidc", "httponly": True, "samesite": "Lax", "secure": secure}


class OidcStart(_AtTheDoor):
    """`/oidc/start`: to the provider."""

    @allow_unauthenticated
    async def get(self) -> None:
        """Go there; `next` is kept here."""
        told, (_, secret) = self.configured, account()
        back = f"{address_of(self)}oidc/back"
        try:
            url, sealed = await asyncio.to_thread(oidc.start, told, secret, back, now())
        except ProviderError as error:
            self.log.error("%s", error)  # noqa: TRY400 - what the provider said is all there is to know
            self.set_status(503)
            self.door(
                "login", tr("Sign in"), wrong=tr("The provider cannot be reached: try again in a moment")
            )
            return
        kept = json.dumps([sealed, self.next])
        self.set_signed_cookie(COOKIE, kept, expires_days=_DAYS, **self.of_cookie())
        self.set_header("Cache-Control", "no-store")
        self.redirect(url, status=303)


class OidcBack(_AtTheDoor):
    """`/oidc/back`: from the provider."""

    kept_next = ""

    @property
    def next(self) -> str:
        """The page that was asked for before it went there."""
        return local_path(self.kept_next, self.base_url)

    @allow_unauthenticated
    async def get(self) -> None:
        """Let whoever it is in, if what the provider says belongs to what this browser keeps."""
        told, kept = self.configured, self.get_signed_cookie(COOKIE, max_age_days=1)
        sealed, self.kept_next = json.loads(kept) if kept else ("", "")
        self.clear_cookie(COOKIE, **self.of_cookie())
        self.tell(await asyncio.to_thread(self._finish, told, sealed, now()))

    def _finish(self, told: Oidc, sealed: str, at: datetime) -> Answer:
        db, secret = account()
        query = {name: self.get_query_argument(name) for name in self.request.query_arguments}
        return oidc.finish(db, secret, told, query, sealed, self.place, at)
