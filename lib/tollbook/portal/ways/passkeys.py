"""Passkeys: signing in with one, and those that one has."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any, Final

from jupyter_server.auth.decorator import allow_unauthenticated
from tornado.web import HTTPError, RequestHandler

from tollbook.account.models import now
from tollbook.account.people import credentials, passkeys
from tollbook.account.people.passkeys import Party
from tollbook.errors import UsageError
from tollbook.language import later, tr
from tollbook.portal.access import asks
from tollbook.portal.account.base import AccountPage, number_of
from tollbook.portal.address import party
from tollbook.portal.signin import Door, account

LONGEST: Final = 20_000
"""Characters of what a device says."""
DONE: Final = {
    "added": later("The passkey is kept: you can sign in with it."),
    "removed": later("The passkey signs in no more."),
}


class Options(Door):
    """`/login/passkey/options`: what a device is asked to sign."""

    @allow_unauthenticated
    def post(self) -> None:
        """A new challenge, which counts once."""
        _, secret = account()
        options, sealed = passkeys.begin_sign_in(secret, _party(self), now())
        _json(self, {"options": options, "sealed": sealed})


class PasskeySignIn(Door):
    """`/login/passkey`: what the device said."""

    @allow_unauthenticated
    async def post(self) -> None:
        """Let whose passkey it is in; it is both factors."""
        db, secret = account()
        told, sealed = _answer(self)
        self.tell(
            await asyncio.to_thread(
                passkeys.sign_in, db, secret, _party(self), told, sealed, self.place, now()
            )
        )


class Passkeys(AccountPage):
    """`/account/passkeys`: one's own, to add and to remove."""

    path, form = "account/passkeys", "passkeys"

    @asks("see", "profile")
    async def get(self) -> None:
        """The list."""
        await self._show()

    @asks("change", "profile")
    async def post(self) -> None:
        """`begin` with the password, `add` with what the device said, or `remove` one."""
        what = self.typed("do")
        try:
            if what == "begin":
                await self._begin()
            elif what == "add":
                await self._add()
                self.go("added")
            else:
                number = self.typed("remove")
                wanted = number_of(number)
                await self.changing(
                    lambda session: passkeys.remove(session, self.myself(session), wanted, self.actor, now())
                )
                self.go("removed")
        except UsageError as error:
            self.set_status(400)
            if what == "begin":
                _json(self, {"wrong": str(error)})
            else:
                await self._show(str(error))

    async def _begin(self) -> None:
        at, (db, secret) = now(), account()
        if await self.reading(lambda session: self.myself(session).password_hash is not None):
            typed = self.typed("password")
            await asyncio.to_thread(credentials.confirm_password, db, self.actor, typed, at)
        options, sealed = await asyncio.to_thread(
            passkeys.begin_registration, db, secret, _party(self), self.actor, at
        )
        _json(self, {"options": options, "sealed": sealed})

    async def _add(self) -> None:
        (db, secret), (told, sealed) = account(), _answer(self)
        name = self.typed("name")
        await asyncio.to_thread(
            passkeys.finish_registration, db, secret, _party(self), self.actor, told, sealed, name, now()
        )

    async def _show(self, wrong: str = "") -> None:
        def state(session: Any) -> tuple[list[dict[str, Any]], bool]:  # noqa: ANN401 - SQLAlchemy's
            person = self.myself(session)
            return passkeys.listing(session, person), person.password_hash is not None

        rows, asked = await self.reading(state)
        done = tr(DONE.get(self.get_query_argument("done", ""), "")) if not wrong else ""
        told = {"form": self.form, "path": self.path, "wrong": wrong, "done": done}
        offered = party(self) is not None
        self.show(tr("Passkeys"), template="ways.html.j2", rows=rows, password=asked, offered=offered, **told)


def _answer(handler: RequestHandler) -> tuple[str, str]:
    """What the device said, and what was kept for it."""
    told, sealed = (
        handler.get_body_argument(name, "", strip=False)[:LONGEST] for name in ("answer", "sealed")
    )
    return told, sealed


def _party(handler: RequestHandler) -> Party:
    found = party(handler)
    if found is None:
        raise HTTPError(404)
    return found


def _json(handler: RequestHandler, told: Mapping[str, Any]) -> None:
    handler.set_header("Content-Type", "application/json")
    handler.set_header("Cache-Control", "no-store")
    handler.finish(json.dumps(told))
