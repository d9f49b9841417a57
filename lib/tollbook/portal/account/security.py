"""What one signs in with, and where one is signed in."""

import asyncio
import json

import segno
from sqlalchemy.orm import Session

from tollbook.account.models import now
from tollbook.account.people import credentials, passwords, sessions, twofactor
from tollbook.account.secret import Secret, workspace_secret
from tollbook.errors import UsageError
from tollbook.params import Site, read
from tollbook.portal.access import asks
from tollbook.portal.account.base import AccountPage
from tollbook.portal.forms import LONGEST
from tollbook.portal.lanes import JUDGING
from tollbook.workspace import open_workspace


class Password(AccountPage):
    """`/account/password`: a new one, for whoever knows the old one."""

    path, form = "account/password", "password"

    @asks("change", "profile")
    async def get(self) -> None:
        """The form."""
        await self._show()

    @asks("change", "profile")
    async def post(self) -> None:
        """Change it; every other session ends."""
        old = self.typed("old")
        try:
            new = passwords.same(self.typed("new"), self.typed("again"))
            await asyncio.to_thread(
                credentials.change_password, self.database, self.actor, old, new, self.signed.id, now()
            )
        except UsageError as error:
            await self._show(str(error))
        else:
            self.go("password")

    async def _show(self, wrong: str = "") -> None:
        login = self.signed.who.login
        self.page(wrong=wrong, status=400 if wrong else 200, login=login, shortest=passwords.SHORTEST)


class Strength(AccountPage):
    """`/account/password/strength`: how a password would hold, while it is typed. It is kept nowhere."""

    path, form = Password.path, ""
    counts_as_use = False

    @asks("change", "profile")
    async def post(self) -> None:
        """A score of 0 to 4, a sentence, and whether it would be taken."""
        typed = self.typed("new")[:LONGEST]
        known = await self.reading(lambda session: credentials.known(self.myself(session)))
        found = await JUDGING.answer(lambda: passwords.judge(typed, *known))
        self.set_header("Content-Type", "application/json")
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps({"score": found.score, "sentence": found.sentence, "taken": found.taken}))


class TwoFactor(AccountPage):
    """`/account/two-factor`: a code of an app beside the password."""

    path, form = "account/two-factor", "two-factor"

    @asks("change", "profile")
    async def get(self) -> None:
        """Whether there is one, and how many recovery codes are left."""
        await self._show()

    @asks("change", "profile")
    async def post(self) -> None:
        """`begin`, `confirm` with a code of the app, `codes` or `off`, the last three with the password or a code."""
        try:
            await self._do(self.typed("do"))
        except UsageError as error:
            await self._show(str(error))

    async def _do(self, what: str) -> None:
        if what in {"begin", "codes", "off"}:
            await asyncio.to_thread(
                credentials.confirm_password, self.database, self.actor, self.typed("password"), now()
            )
        if what == "begin":
            issuer = read("site", Site).name
            begun = await self.changing(
                lambda session: twofactor.begin(session, _secret(), self.actor, issuer)
            )
            await self._show(enrolment=begun)
        elif what == "confirm":
            code = self.typed("code")
            codes = await self.changing(
                lambda session: twofactor.confirm(session, _secret(), self.actor, code, now())
            )
            await self._show(codes=codes)
        elif what == "codes":
            await self._show(
                codes=await self.changing(
                    lambda session: twofactor.new_recovery_codes(session, self.actor, now())
                )
            )
        elif what == "off":
            await self.changing(
                lambda session: twofactor.turn_off(session, self.myself(session), self.actor, now())
            )
            self.go("off")
        else:
            await self._show()

    async def _show(
        self, wrong: str = "", *, enrolment: twofactor.Enrolment | None = None, codes: list[str] | None = None
    ) -> None:
        on, left, unconfirmed = await self.reading(self._state)
        if wrong and self.typed("do") == "confirm":
            enrolment = unconfirmed
        picture = (
            segno.make(enrolment.uri).svg_inline(scale=5, border=2, dark="#000", light="#fff")
            if enrolment
            else ""
        )
        self.page(
            wrong=wrong,
            status=400 if wrong else 200,
            on=on,
            left=left,
            codes=codes,
            enrolment=enrolment,
            picture=picture,
        )

    def _state(self, session: Session) -> tuple[bool, int, twofactor.Enrolment | None]:
        person = self.myself(session)
        left = twofactor.recovery_codes_left(session, person.id)
        shown = twofactor.unconfirmed(_secret(), person, read("site", Site).name)
        return person.totp_confirmed_at is not None, left, shown


class Sessions(AccountPage):
    """`/account/sessions`: where one is signed in, each to be ended."""

    path, form = "account/sessions", "sessions"

    @asks("see", "sessions")
    async def get(self) -> None:
        """The list, the one used last first."""
        rows = await self.reading(
            lambda session: sessions.own(session, self.signed.who.id, read("site", Site), now())
        )
        self.page(rows=rows, this=self.signed.id)

    @asks("change", "sessions")
    async def post(self) -> None:
        """End one, `id`, or with `others` all but this one."""
        self.actor.refuse_another()
        ended = await self.changing(self._end)
        for session_id in ended:
            self.settings["kernel_manager"].end_of(session_id)
        self.go("ended")

    def _end(self, session: Session) -> list[int]:
        mine = self.signed.who.id
        open_ones = [row["id"] for row in sessions.own(session, mine, read("site", Site), now())]
        if self.typed("others"):
            ended = [one for one in open_ones if one != self.signed.id]
            sessions.end_others(session, mine, self.signed.id, self.actor, now())
        else:
            ended = [one for one in open_ones if str(one) == self.typed("id")]
            for one in ended:
                sessions.end(session, mine, one, self.actor, now())
        return ended


def _secret() -> Secret:
    return workspace_secret(open_workspace())
