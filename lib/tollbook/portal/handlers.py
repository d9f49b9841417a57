"""Answers to requests: the list of pages, a page, and whether the server is alive."""

from http import HTTPStatus
from typing import Any

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import JupyterHandler
from nbformat import NotebookNode
from tornado import web
from voila.tornado.handler import TornadoVoilaHandler

from tollbook.errors import TollbookError, UsageError
from tollbook.lake.store import Lake
from tollbook.params import Params, Site, read
from tollbook.portal.pages import PAGES, Page, choices, with_parameters
from tollbook.workspace import open_workspace


def frame(label: str, name: str = "", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - for a template
    """What the top of every page shows."""
    return {"label": label, "page": name, "site": read("site", Site).name, "pages": PAGES, **more}


class Plain(JupyterHandler):
    """A page that is no notebook."""

    def show(self, label: str, **more: Any) -> None:  # noqa: ANN401 - for a template
        """Answer with the plain page: a `message`, or the list of pages."""
        template = self.settings["voila_jinja2_env"].get_template("plain.html.j2")
        static = f"{self.base_url}voila/templates/tollbook/static/"
        self.set_header("Content-Type", "text/html; charset=UTF-8")
        self.finish(template.render(tollbook=frame(label), base_url=self.base_url, static=static, **more))

    def write_error(self, status_code: int, **failure: Any) -> None:  # noqa: ANN401 - tornado's own
        """Say in one line what went wrong: a user's own errors in full, of all others only what kind."""
        error = failure.get("exc_info", (None, None))[1]
        words = HTTPStatus(status_code).phrase
        if isinstance(error, TollbookError):
            self.set_status(400 if isinstance(error, UsageError) else 503)
            words = str(error)
        self.show(words if not isinstance(error, TollbookError) else "This cannot be shown", message=words)

    def log_exception(self, kind: Any, error: Any, trace: Any) -> None:  # noqa: ANN401 - tornado's own
        """Keep what a reader caused out of the log."""
        if not isinstance(error, TollbookError):
            super().log_exception(kind, error, trace)


class Index(Plain):
    """`/`: the pages there are."""

    @web.authenticated
    def get(self) -> None:
        """The list of pages, and as of when their figures are."""
        at = Lake(open_workspace()).updated_at
        words = (
            f"Data as of {at:%Y-%m-%d %H:%M} UTC." if at else "No figures yet: import calls, then refresh."
        )
        self.show("Pages", as_of=words)


class Health(JupyterHandler):
    """`/healthz`: the server answers."""

    @allow_unauthenticated
    def get(self) -> None:
        """One word for a supervisor."""
        self.finish({"status": "ok"})


class Nowhere(Plain):
    """Any other address."""

    @web.authenticated
    def get(self) -> None:
        """Nothing is here."""
        raise web.HTTPError(404)


class NotebookPage(TornadoVoilaHandler, Plain):
    """One notebook, run for this reader with the choices in the address."""

    page: Page
    chosen: Params

    def initialize(self, page: Page, **options: Any) -> None:  # noqa: ANN401 - Voila's own
        """Note which notebook this address is."""
        self.page = page
        super().initialize(notebook_path=page.notebook, **options)

    async def get(self, path: str | None = None) -> None:  # noqa: ARG002 - the notebook is settled
        """Run the notebook and send it as it comes."""
        query = {name: self.get_query_argument(name) for name in self.request.query_arguments}
        self.chosen = self.page.chosen(query)
        open_workspace()
        _ = self.xsrf_token  # sets the cookie with which a closing page ends its session
        await TornadoVoilaHandler.get(self, path=None)


def prepare(handler: NotebookPage, notebook: NotebookNode, **_: object) -> NotebookNode:
    """Called by Voila before a kernel starts: the reader's choices, and what the template shows around them."""
    notebook.metadata["tollbook"] = frame(
        handler.page.label, handler.page.name, **choices(handler.page, handler.chosen)
    )
    return with_parameters(notebook, handler.chosen)
