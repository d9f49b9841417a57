"""Who asks: every request has the reader of its session cookie, and each handler says which right its methods ask for.

A method that says nothing is refused to everybody, so that nothing is open by being forgotten.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import responses
from typing import Any, Final, TypeVar

from jupyter_server.auth.identity import IdentityProvider, User
from jupyter_server.base.handlers import JupyterHandler
from tornado.log import app_log
from tornado.web import HTTPError, RequestHandler, StaticFileHandler

from tollbook.account.audit import record, refused
from tollbook.account.database import Database, shared
from tollbook.account.models import now
from tollbook.account.people import sessions
from tollbook.account.people.sessions import Signed
from tollbook.account.rights import Verb
from tollbook.account.secret import workspace_secret
from tollbook.params import Site, read
from tollbook.workspace import Workspace, open_workspace

COOKIE_DAYS: Final = 31
"""A signed cookie that is older is none; sessions end long before."""
_ASKS: Final = "tollbook_asks"
Method = TypeVar("Method", bound=Callable[..., Any])


@dataclass
class Reader(User):
    """Who is signed in, as Jupyter's server knows a user, with the session."""

    signed: Signed = field(kw_only=True)

    @classmethod
    def of(cls, signed: Signed) -> "Reader":
        """The reader of a session."""
        return cls(username=signed.who.login, name=signed.who.name, signed=signed)


def asks(verb: Verb, resource: str = "") -> Callable[[Method], Method]:
    """Marks a handler's method with the right that it asks for; without a resource it is the handler's `resource`."""

    def mark(method: Method) -> Method:
        setattr(method, _ASKS, (verb, resource))
        return method

    return mark


def asked_by(handler: type[RequestHandler], method: str, resource: str = "") -> tuple[Verb, str] | None:
    """The right that a method (`get`, `post`) of a handler asks for; null where it states none."""
    told = getattr(getattr(handler, method, None), _ASKS, None)
    return (told[0], told[1] or resource) if told else None


class Brief(JupyterHandler):
    """Says what went wrong in one line: nothing of the program or of the account is in it."""

    def write_error(self, status_code: int, **failure: Any) -> None:  # noqa: ANN401, ARG002 - tornado's own
        """`404 Not Found`."""
        self.set_header("Content-Type", "text/plain; charset=UTF-8")
        self.finish(f"{status_code} {responses.get(status_code, '')}\n")

    def log_exception(self, kind: Any, error: Any, trace: Any) -> None:  # noqa: ANN401 - tornado's own
        """Say what failed, and where in the program, but not what was asked: a link that lets somebody in may stand there."""
        if isinstance(error, HTTPError):
            super().log_exception(kind, error, trace)
        else:
            told = (kind, error, trace)
            app_log.error("%s of %s failed", self.request.method, type(self).__name__, exc_info=told)


class Asking(Brief):
    """A handler that nobody reaches without the right that its method asks for."""

    resource = ""

    async def prepare(self, **options: Any) -> Any:  # noqa: ANN401 - Jupyter's own
        """Know the reader; send whoever is not signed in to do so, and refuse, in the audit too, what they may not."""
        await super().prepare(**options)
        self.known()
        if not self._finished:
            await self._refuse()

    def known(self) -> None:
        """Called as soon as the reader is known."""

    async def _refuse(self) -> None:
        method = (self.request.method or "").lower()
        if self.reader and getattr(type(self), method, None) is getattr(RequestHandler, method, None):
            raise HTTPError(405)
        if getattr(getattr(self, method, None), "__allow_unauthenticated", False):
            return
        right = asked_by(type(self), "get" if method == "head" else method, self.resource)
        reader = self.reader
        if reader is None or right is None:
            raise HTTPError(403)
        if not reader.scope.may(*right):
            await asyncio.to_thread(refused, self.database, reader.actor, *right, now())
            raise HTTPError(403)

    async def note_export(self, what: str) -> None:
        """Write into the audit that the reader takes data away."""
        signed = self.signed

        def note() -> None:
            with self.database.session() as session:
                record(session, signed.actor, "export", what, at=now())

        await asyncio.to_thread(note)

    @property
    def database(self) -> Database:
        """Where the account's rows are."""
        return shared(open_workspace())

    @property
    def reader(self) -> Signed | None:
        """The session that asks; null where nobody is signed in."""
        user = self.current_user
        return user.signed if isinstance(user, Reader) else None

    @property
    def signed(self) -> Signed:
        """The session that asks, where a right was asked for: there is one."""
        reader = self.reader
        if reader is None:
            raise HTTPError(403)
        return reader


def cookie_name(workspace: Workspace) -> str:
    """One for each workspace: two portals on one machine do not sign each other's readers out."""
    return f"tollbook-session-{workspace_secret(workspace).key('cookie name').hex()[:8]}"


def keep_signed_in(handler: RequestHandler, token: str) -> None:
    """Send the browser a session's token, for as long as the browser runs; scripts of pages cannot read it."""
    handler.set_signed_cookie(cookie_name(open_workspace()), token, expires_days=None, **_cookie(handler))


def forget(handler: RequestHandler) -> None:
    """Have the browser drop the session's cookie."""
    handler.clear_cookie(cookie_name(open_workspace()), **_cookie(handler))


def _cookie(handler: RequestHandler) -> dict[str, Any]:
    secure = handler.request.protocol == "https"
    return {
        "path": handler.settings["base_url"],
        "httponly": True,
        "samesite": "Lax",
        "secure": secure,
    }


class Readers(IdentityProvider):
    """Finds the reader of a request by its session cookie, and in no other way."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - traitlets' own
        options.pop("login_handler_class", None)
        super().__init__(**options)

    async def get_user(self, handler: RequestHandler) -> Reader | None:
        """The reader; null where nobody is signed in."""
        if isinstance(handler, StaticFileHandler):
            return None  # files that are everybody's
        token = handler.get_signed_cookie(cookie_name(open_workspace()), max_age_days=COOKIE_DAYS)
        if not token:
            return None
        counts = getattr(handler, "counts_as_use", True)
        signed = await asyncio.to_thread(
            _found, token.decode(), handler.request.remote_ip or "", counts=counts
        )
        return Reader.of(signed) if signed else None

    def get_handlers(self) -> list[tuple[str, object]]:
        """None of Jupyter's own pages to sign in."""
        return []


def _found(token: str, address: str, *, counts: bool) -> Signed | None:
    with shared(open_workspace()).reading() as session:
        signed = sessions.find(session, token, address, read("site", Site), now())
    if signed and counts and sessions.due(signed, now()):
        note_use(signed)
    return signed


def note_use(signed: Signed) -> None:
    """Write that a sign-in is in use, at most once a minute."""
    with shared(open_workspace()).session() as session:
        sessions.touch(session, signed.id, now())
