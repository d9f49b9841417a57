"""The door: signing in with name, password and second factor, signing out, and a new password by link."""

import asyncio
from typing import Any, Final

from jupyter_server.auth.decorator import allow_unauthenticated

from tollbook.account.database import Database, shared
from tollbook.account.models import now
from tollbook.account.people import oidc, passwords, resets, sessions, signin
from tollbook.account.people.signin import Answer, Place
from tollbook.account.secret import Secret, workspace_secret
from tollbook.errors import UsageError
from tollbook.language import tr
from tollbook.params import Site, read
from tollbook.portal.access import Asking, asks, forget, keep_signed_in
from tollbook.portal.address import party
from tollbook.portal.handlers import Plain
from tollbook.portal.lanes import BUSY_S, PEOPLE, STRANGERS, FullLaneError
from tollbook.portal.preferences import local_path
from tollbook.workspace import open_workspace

LONGEST: Final = 1000
"""Characters of anything typed at the door; more is nobody's password, and costs time."""
_STATUS: Final = {"wrong": 403, "wait": 429, "code": 200}


class Door(Plain):
    """A page for whoever is not signed in: nothing of the account is on it but its name."""

    def typed(self, name: str) -> str:
        """What was typed into a field, no more of it than could be right."""
        return self.get_body_argument(name, "", strip=False)[:LONGEST]

    @property
    def place(self) -> Place:
        """Where somebody signs in from."""
        return Place(self.request.remote_ip or "", self.request.headers.get("User-Agent", ""))

    @property
    def next(self) -> str:
        """The page that was asked for before: one of ours, whatever the address says."""
        return local_path(self.get_argument("next", ""), self.base_url)

    def door(self, form: str, label: str, **more: Any) -> None:  # noqa: ANN401 - for a template
        """Answer with one of the forms."""
        told = {"form": form, "wrong": "", "login": "", "ticket": "", "next": self.next, "token": ""}
        self.set_header("Cache-Control", "no-store")
        self.show(label, template="door.html.j2", **{**told, **self._ways(), **more})

    def _ways(self) -> dict[str, Any]:
        """What else than a password somebody can sign in with: what a button says, and whether there is one."""
        return {"provider": oidc.label(read("site", Site).oidc), "passkeys": party(self) is not None}

    def tell(self, answer: Answer) -> None:
        """Let the browser in, with a session that it had not before, or show the form that comes next."""
        if answer.state == "in":
            keep_signed_in(self, answer.token)
            self.clear_cookie("_xsrf", path=self.base_url)  # what was known before is worth nothing now
            self.redirect(self.next, status=303)
            return
        self.set_status(_STATUS[answer.state])
        if answer.wait_s:
            self.set_header("Retry-After", str(answer.wait_s))
        ticket = answer.ticket or self.typed("ticket")  # a wrong code can be typed again
        form = "code" if ticket else "login"
        label = tr("Second factor") if ticket else tr("Sign in")
        self.door(form, label, wrong=answer.words, login=self.typed("login"), ticket=ticket)


class SignIn(Door):
    """`/login`."""

    @allow_unauthenticated
    def get(self) -> None:
        """The form; whoever is signed in goes on."""
        if self.reader:
            self.redirect(self.next)
            return
        self.door("login", tr("Sign in"))

    @allow_unauthenticated
    async def post(self) -> None:
        """The first step, or with a ticket the second."""
        if ticket := self.typed("ticket"):
            answer = await asyncio.to_thread(self._second, ticket, self.typed("code"))
        else:
            answer = await self._first(self.typed("login"), self.typed("password"))
        self.tell(answer)

    async def _first(self, login: str, password: str) -> Answer:
        (db, secret), place = account(), self.place
        usual = await asyncio.to_thread(signin.is_usual, db, login, place, now())
        try:
            return await (PEOPLE if usual else STRANGERS).do(
                lambda: signin.sign_in(db, secret, login, password, place, now())
            )
        except FullLaneError:
            return signin.turned_away_unseen(BUSY_S)

    def _second(self, ticket: str, code: str) -> Answer:
        db, secret = account()
        return signin.second_step(db, secret, ticket, code, self.place, now())


class SignOut(Asking):
    """`/logout`."""

    @asks("change", "sessions")
    async def post(self) -> None:
        """End this session, in the database and with all that it has open here."""
        signed = self.signed
        await asyncio.to_thread(_end, signed)
        self.settings["kernel_manager"].end_of(signed.id)
        forget(self)
        self.redirect(f"{self.base_url}login", status=303)


class Reset(Door):
    """`/reset/<token>`: a new password, for whoever has a link."""

    @allow_unauthenticated
    async def get(self, token: str) -> None:
        """The form, if the link counts."""
        login = await asyncio.to_thread(_holder, token)
        if login is None:
            self.set_status(404)
            self.door("", tr("New password"), wrong=tr("This link no longer counts: ask for another one"))
            return
        self.door("reset", tr("New password"), login=login, token=token)

    @allow_unauthenticated
    async def post(self, token: str) -> None:
        """Set it, and go to sign in with it."""
        try:
            password = passwords.same(self.typed("password"), self.typed("again"))
            await asyncio.to_thread(
                resets.use, shared(open_workspace()), token, password, self.place.address, now()
            )
        except UsageError as error:
            login = await asyncio.to_thread(_holder, token)
            self.set_status(400)
            self.door(
                "reset" if login else "", tr("New password"), wrong=str(error), login=login or "", token=token
            )
            return
        self.redirect(f"{self.base_url}login", status=303)


def account() -> tuple[Database, Secret]:
    """Where the account's rows are, and the workspace's secret."""
    workspace = open_workspace()
    return shared(workspace), workspace_secret(workspace)


def _end(signed: sessions.Signed) -> None:
    with shared(open_workspace()).session() as session:
        sessions.end(session, signed.who.id, signed.id, signed.actor, now())


def _holder(token: str) -> str | None:
    with shared(open_workspace()).reading() as session:
        return resets.holder(session, token, now())
