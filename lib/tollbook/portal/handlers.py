"""Answers to requests: pages, what stands in a page's place, and whether the server is alive."""

from typing import Any
from urllib.parse import urlencode

from jupyter_server.auth.decorator import allow_unauthenticated
from nbformat import NotebookNode
from tornado import web

from tollbook.errors import TollbookError, UsageError
from tollbook.language import current, tr
from tollbook.params import PageParams
from tollbook.portal.access import Asking, Brief, asks
from tollbook.portal.pages import PAGES, Page, translated, with_parameters
from tollbook.portal.preferences import follow
from tollbook.portal.remembered import question
from tollbook.portal.stream import notebook_of
from tollbook.portal.top import frame
from tollbook.portal.warm import FullError
from tollbook.workspace import open_workspace


class Plain(Asking):
    """A page that is no notebook."""

    async def prepare(self, **options: Any) -> Any:  # noqa: ANN401 - Jupyter's own
        """Know the browser's language before anything is said, and the reader's own as soon as they are known."""
        follow(self, None)
        await super().prepare(**options)

    def known(self) -> None:
        """Speak the reader's own language."""
        follow(self, self.reader)

    def show(self, label: str, *, page: str = "", template: str = "plain.html.j2", **more: Any) -> None:  # noqa: ANN401
        """Answer with a page of a template; the plain one shows its `message`. `page` is the one of the navigation."""
        self.set_header("Content-Type", "text/html; charset=UTF-8")
        self.set_header("Cache-Control", "no-store")
        self.finish(
            self.settings["voila_jinja2_env"]
            .get_template(template)
            .render(**self.around(label, page), **more)
        )

    def around(self, label: str, page: str = "", chosen: PageParams | None = None) -> dict[str, Any]:
        """What every template is told: the frame of this reader, and where things lie."""
        return {
            # The token sets its cookie too, without which nothing could be sent.
            "tollbook": frame(self.reader, label, page, chosen, xsrf=self.xsrf_token.decode()),
            "base_url": self.base_url,
            "static": f"{self.base_url}voila/templates/tollbook/static/",
        }

    def write_error(self, status_code: int, **failure: Any) -> None:  # noqa: ANN401 - tornado's own
        """Say in one line what went wrong: a user's own errors in full, of all others only what kind."""
        error = failure.get("exc_info", (None, None))[1]
        label, message = words_of(status_code)
        if isinstance(error, UsageError | FullError):
            self.set_status(400 if isinstance(error, UsageError) else 503)
            label, message = tr("This cannot be shown"), str(error)
        elif isinstance(error, TollbookError):  # its words may tell of the server
            self.set_status(503)
            label, message = words_of(503)
        try:
            self.show(label, message=message)
        except TollbookError:  # nobody can be known
            super().write_error(status_code, **failure)

    def log_exception(self, kind: Any, error: Any, trace: Any) -> None:  # noqa: ANN401 - tornado's own
        """Keep what a reader caused out of the log; what the server lacks is a line in it."""
        if isinstance(error, TollbookError) and not isinstance(error, UsageError | FullError):
            self.log.error("%s: %s", type(self).__name__, error)  # a path may be a link that lets somebody in
        elif not isinstance(error, TollbookError):
            super().log_exception(kind, error, trace)


def words_of(status: int) -> tuple[str, str]:
    """What went wrong, as a heading and a sentence."""
    known = {
        403: (tr("Not for you"), tr("You may not see this.")),
        404: (
            tr("Nothing is here"),
            tr("There is no such page. It may have moved, or its address is mistyped."),
        ),
        503: (tr("Not now"), tr("The server is busy or starting. Try again in a moment.")),
    }
    other = tr("Something went wrong"), tr("This could not be done. The log of the server says why.")
    return known.get(status, other)


class Start(Asking):
    """`/`: a person lands on the dashboard."""

    @asks("see", "profile")
    def get(self) -> None:
        """Go there; what the address says goes along."""
        query = f"?{self.request.query}" if self.request.query else ""
        self.redirect(f"{self.base_url}{PAGES[0].name}{query}")


class Index(Plain):
    """`/pages`: what there is to open."""

    @asks("see", "profile")
    def get(self) -> None:
        """Each page, and what it answers."""
        self.show(tr("Pages"), message="")


class Outstanding(Plain):
    """`/outstanding`: the checklist at the top as it is now, for a page that is open. No sign-in lasts by it."""

    counts_as_use = False

    @asks("see", "outstanding")
    def get(self) -> None:
        """Its HTML."""
        self.show("", template="outstanding.html.j2")


class Health(Brief):
    """`/healthz`: the server answers."""

    @allow_unauthenticated
    def get(self) -> None:
        """One word for a supervisor."""
        self.finish({"status": "ok"})


class Nowhere(Plain):
    """Any other address."""

    @asks("see", "profile")
    def get(self) -> None:
        """Nothing is here."""
        raise web.HTTPError(404)


class NotebookPage(Plain):
    """One notebook, run for this reader with the choices in the address."""

    page: Page

    def initialize(self, page: Page) -> None:
        """Note which notebook this address is, and what it needs a right to."""
        self.page, self.resource = page, page.resource

    @asks("see")
    async def get(self) -> None:
        """The page, as it is remembered or as it comes."""
        if zone := self._own_zone():
            self.redirect(f"{self.request.path}?{self._query(zone=zone)}")
            return
        chosen, workspace = self._chosen(), open_workspace()
        await self.settings["tollbook_pages"].send(
            self,
            self._notebook(chosen),
            self.around(tr(self.page.label), self.page.name, chosen)["tollbook"],
            question(
                workspace,
                self.page.notebook,
                chosen,
                self.signed.scope,
                as_another=self.signed.seen_as is not None,
                people=self.page.shows_people,
            ),
            self.signed,
        )

    @asks("see")
    async def post(self) -> None:
        """The session of a page that was sent as it is remembered."""
        open_workspace()
        await self.settings["tollbook_pages"].connect(self, self._notebook(self._chosen()), self.signed)

    def _own_zone(self) -> str:
        """The reader's own zone where the page has one and the address tells none: then the address is to tell it."""
        asked = "zone" in self.request.query_arguments or "zone" not in self.page.params.names()
        return "" if asked else self.signed.who.zone

    def _query(self, **more: str) -> str:
        return urlencode({**self._told(), **more})

    def _told(self) -> dict[str, str]:
        return {name: self.get_query_argument(name) for name in self.request.query_arguments}

    def _chosen(self) -> PageParams:
        return self.page.chosen(self._told(), current())

    def _notebook(self, chosen: PageParams) -> NotebookNode:
        return with_parameters(translated(notebook_of(self.page.notebook)), chosen)

    def write_error(self, status_code: int, **failure: Any) -> None:  # noqa: ANN401 - tornado's own
        """As for any page; one that finds no place asks again by itself."""
        if isinstance(failure.get("exc_info", (None, None))[1], FullError):
            self.set_header("Refresh", "5")
        super().write_error(status_code, **failure)
