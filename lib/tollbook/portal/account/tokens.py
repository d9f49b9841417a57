"""One's own API tokens."""

import asyncio
from datetime import timedelta
from typing import Final

from tollbook.account.models import now
from tollbook.account.people import credentials, tokens
from tollbook.account.rights import TOKEN_SCOPES, token_may
from tollbook.errors import UsageError
from tollbook.language import tr
from tollbook.portal.access import asks
from tollbook.portal.account.base import AccountPage, number_of

DAYS: Final = (30, 90, 365, 0)
"""How long a token may be used; 0: until it is revoked."""


class Tokens(AccountPage):
    """`/account/tokens`: made, listed and revoked; a token itself is shown once."""

    path, form = "account/tokens", "tokens"

    @asks("see", "tokens")
    async def get(self) -> None:
        """The list."""
        await self._show()

    @asks("change", "tokens")
    async def post(self) -> None:
        """Revoke `revoke`, else make one of `name`, `scope` and `days`."""
        try:
            if number := self.typed("revoke"):
                await self.changing(
                    lambda session: tokens.revoke(
                        session,
                        self.myself(session),
                        number_of(number),
                        self.actor,
                        now(),
                    )
                )
                self.go("revoked")
            else:
                await self._show(made=await self._make())
        except UsageError as error:
            await self._show(wrong=str(error))

    async def _make(self) -> str:
        days, name = self.typed("days"), self.typed("name")
        scopes = tuple(self.get_body_arguments("scope"))
        if days not in map(str, DAYS):
            raise UsageError(tr("Choose how long the token may be used"))
        await asyncio.to_thread(
            credentials.confirm_password, self.database, self.actor, self.typed("password"), now()
        )
        expires_at = now() + timedelta(days=int(days)) if int(days) else None
        made, _ = await self.changing(
            lambda session: tokens.make(
                session, self.myself(session), name, scopes, expires_at, self.actor, now()
            )
        )
        return made

    async def _show(self, *, wrong: str = "", made: str = "") -> None:
        rows = await self.reading(lambda session: tokens.listing(session, self.myself(session)))
        role = self.signed.scope.role
        useful = [
            scope for scope in TOKEN_SCOPES if scope == "read" or token_may((scope,), role, "see", scope)
        ]
        self.page(wrong=wrong, status=400 if wrong else 200, rows=rows, made=made, scopes=useful, days=DAYS)
