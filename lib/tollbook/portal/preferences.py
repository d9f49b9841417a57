"""What a reader prefers on every page: the language and light or dark, kept in cookies."""

import asyncio
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, Final

from babel.core import negotiate_locale
from jupyter_server.auth.decorator import allow_unauthenticated
from tornado import web

from tollbook import language
from tollbook.account.audit import Actor
from tollbook.account.database import shared
from tollbook.account.people.models import THEMES
from tollbook.account.people.persons import change_own
from tollbook.account.people.sessions import Signed
from tollbook.errors import UsageError
from tollbook.language import LANGUAGES, SOURCE, tr
from tollbook.params import Site, read
from tollbook.portal.access import Asking
from tollbook.workspace import open_workspace

NAMES: Final = ("language", "theme")
LANGUAGE_COOKIE: Final = "tollbook-language"
THEME_COOKIE: Final = "tollbook-theme"
_KEPT_DAYS: Final = 365
_theme: ContextVar[str] = ContextVar("theme", default=THEMES[0])


def theme() -> str:
    """The theme that the reader of this request chose: system, light or dark."""
    return _theme.get()


def follow(handler: web.RequestHandler, reader: Signed | None) -> None:
    """Speak this request's language and know its theme, until it is answered: the reader's own, else the browser's."""
    own = reader.who if reader else None
    language.use(own.language if own and own.language else language_of(handler))
    chosen = handler.get_cookie(THEME_COOKIE) or ""
    _theme.set(own.theme if own and own.theme != THEMES[0] else chosen if chosen in THEMES else THEMES[0])


def language_of(handler: web.RequestHandler) -> str:
    """The reader's choice, else the site's language, else the first of the browser's that we speak, else English."""
    chosen = handler.get_cookie(LANGUAGE_COOKIE) or ""
    if chosen in LANGUAGES:
        return chosen
    return read("site", Site).language or accepted(handler.request.headers.get("Accept-Language", ""))


def accepted(header: str) -> str:
    """The first language of an Accept-Language header that we speak: `pt-BR,en;q=0.8` is Portuguese."""
    found = negotiate_locale(_by_preference(header), list(LANGUAGES), sep="-")
    return found.partition("-")[0].lower() if found else SOURCE


def _by_preference(header: str) -> list[str]:
    parts = [part.strip().partition(";q=") for part in header.split(",")[:20]]
    told = [(_quality(q), name) for name, _, q in parts if name and name != "*"]
    return [name for quality, name in sorted(told, key=lambda one: -one[0]) if quality > 0]


def _quality(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


def local_path(wanted: str, base_url: str) -> str:
    """The path itself if it is one of ours; else the start."""
    plain = wanted.startswith(base_url) and not wanted.startswith("//")
    return wanted if plain and "\\" not in wanted and wanted.isprintable() else base_url


class Preferences(Asking):
    """`/preferences`: keeps what somebody chose in the account menu or at the door, and goes back to the page."""

    @allow_unauthenticated
    async def post(self) -> None:
        """Keep `language` or `theme`, both optional: in the browser, and with the reader where there is one."""
        asked = {name: self.get_body_argument(name, "") for name in NAMES}
        kept = checked(asked)
        for cookie, value in kept.items():
            self.set_cookie(
                *(cookie, value),
                path=self.base_url,
                expires_days=_KEPT_DAYS,
                samesite="Lax",
                secure=self.request.protocol == "https",
            )
        if kept and self.reader and not self.reader.seen_as:
            await asyncio.to_thread(
                _keep, self.reader.actor, {name: asked[name] for name in NAMES if asked[name]}
            )
        self.redirect(local_path(self.get_body_argument("next", ""), self.base_url), status=303)

    def write_error(self, status_code: int, **failure: Any) -> None:  # noqa: ANN401 - tornado's own
        """A wrong value is the asker's."""
        error = failure.get("exc_info", (None, None))[1]
        self.set_status(400 if isinstance(error, UsageError) else status_code)
        self.finish({"why": str(error) if isinstance(error, UsageError) else self._reason})

    def log_exception(self, kind: Any, error: Any, trace: Any) -> None:  # noqa: ANN401 - tornado's own
        """Keep what a reader caused out of the log."""
        if not isinstance(error, UsageError):
            super().log_exception(kind, error, trace)


def _keep(by: Actor, chosen: Mapping[str, str]) -> None:
    with shared(open_workspace()).session() as session:
        change_own(session, by, chosen)


def checked(asked: Mapping[str, str]) -> dict[str, str]:
    """The cookies to set.

    Raises:
        UsageError: a language or a theme that there is not.
    """
    kept = {}
    if asked.get("language"):
        kept[LANGUAGE_COOKIE] = language.known(asked["language"])
    if asked.get("theme"):
        if asked["theme"] not in THEMES:
            raise UsageError(f"theme '{asked['theme']}': there is {', '.join(THEMES)}")
        kept[THEME_COOKIE] = asked["theme"]
    return kept


def theme_words() -> dict[str, str]:
    """What each theme is called."""
    return {"system": tr("As the system"), "light": tr("Light"), "dark": tr("Dark")}
