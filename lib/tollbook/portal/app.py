"""Voila, narrowed to our pages: standalone, with nothing fetched from anywhere."""

import asyncio
import logging
import shutil
import signal
import sys
from collections.abc import Mapping
from typing import Any, Final

from jupyter_server.services.kernels.handlers import KernelHandler
from jupyter_server.utils import url_path_join
from jupyterlab_server.themes_handler import ThemesHandler
from tornado.ioloop import IOLoop
from tornado.web import RequestHandler
from traitlets import Instance
from traitlets.config import Config
from voila.app import Voila
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.static_file_handler import AllowListFileHandler, TemplateStaticFileHandler
from voila.tornado.contentshandler import VoilaContentsHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler
from voila.tornado.treehandler import TornadoVoilaTreeHandler

from tollbook.api.handlers import routes
from tollbook.api.monitoring import note
from tollbook.api.resources.live import STREAM
from tollbook.api.streams import LiveStream
from tollbook.portal import errands
from tollbook.portal.access import Readers
from tollbook.portal.account import ROUTES as ACCOUNT
from tollbook.portal.acts import ROUTES as ACTS
from tollbook.portal.audit import ROUTES as AUDIT
from tollbook.portal.downloads import CallsFile
from tollbook.portal.handlers import Health, Index, NotebookPage, Nowhere, Outstanding, Start
from tollbook.portal.invoices import MakeInvoices
from tollbook.portal.lines import LARGEST, Channel, KernelState, Shutdown
from tollbook.portal.listen import listen
from tollbook.portal.live import ROUTES as LIVE
from tollbook.portal.pages import PAGES
from tollbook.portal.papers import ROUTES as PAPERS
from tollbook.portal.payments import ROUTES as PAYMENTS
from tollbook.portal.preferences import Preferences
from tollbook.portal.reach import Reach
from tollbook.portal.rejects import ROUTES as REJECTS
from tollbook.portal.signin import Reset, SignIn, SignOut
from tollbook.portal.statics import PageConfig, TemplateFiles
from tollbook.portal.stream import Pages
from tollbook.portal.warm import Sessions
from tollbook.portal.watch import watch
from tollbook.portal.ways import ROUTES as WAYS
from tollbook.portal.ways.postman import postman
from tollbook.runs.client import QuickClient

IDLE_S: Final = 300
"""A session that nobody has open is ended after this long."""

POLICY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self' ws: wss:; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'"
)
"""Nothing from another machine, whatever a page holds. Vega and the widgets compile expressions."""

HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
}

_NOT_OURS: Final = (
    TornadoVoilaHandler,
    TornadoVoilaTreeHandler,
    VoilaContentsHandler,
    AllowListFileHandler,
    ThemesHandler,
)
_IN_PLACE_OF: Final[Mapping[object, type[RequestHandler]]] = {
    VoilaKernelWebsocketHandler: Channel,
    KernelHandler: KernelState,
    VoilaShutdownKernelHandler: Shutdown,
    TemplateStaticFileHandler: TemplateFiles,
}
"""Ours ask whose a kernel is, and give no file that is not of our pages."""


ENCRYPTED: Final = {"Strict-Transport-Security": "max-age=31536000"}
"""Where others come in, browsers keep to https for a year."""


def settings(*, reach: Reach, notebooks: str, sessions: int, cookie_secret: bytes) -> Config:
    """Voila's configuration."""
    config = Config()
    config.Voila.update(
        {
            "reach": reach,
            "ip": reach.host,
            "port": reach.port,
            "base_url": reach.base_url,
            "root_dir": notebooks,
            "open_browser": False,
            "identity_provider_class": Readers,
            "config_file_paths": [],
            "cookie_secret": cookie_secret,
            "log_level": "ERROR",
        }
    )
    config.VoilaConfiguration.update(
        {
            "template": "tollbook",
            "allow_template_override": "NO",
            "allow_theme_override": "NO",
            "file_allowlist": [],
            "show_tracebacks": False,
            "strip_sources": True,
            "multi_kernel_manager_class": Sessions,
            "extension_allowlist": [
                "@jupyter-widgets/jupyterlab-manager",
                "anywidget",
                "@voila-dashboards/widgets-manager8",
            ],
        }
    )
    config.VoilaExecutor.cell_error_instruction = "The log of the server says why."
    config.MappingKernelManager.update(
        {"allow_tracebacks": False, "cull_interval": 30, "cull_idle_timeout": IDLE_S}
    )
    config.Sessions.most = sessions
    config.KernelManager.client_factory = QuickClient
    if sys.platform == "linux":
        config.KernelManager.transport = "ipc"  # elsewhere paths of sockets are too short, or there are none
    return config


class TollbookApp(Voila):
    """The server. Its name stays Voila's, which its parts look up."""

    reach = Instance(Reach).tag(config=True)

    def init_settings(self) -> dict[str, Any]:
        """Voila's settings; requests for any other host name are refused, answers are compressed."""
        made: dict[str, Any] = super().init_settings()
        IOLoop.current().add_callback(self.kernel_manager.refill)
        IOLoop.current().add_callback(watch, self.kernel_manager)
        IOLoop.current().add_callback(postman)
        IOLoop.current().add_callback(errands.tellers)
        IOLoop.current().add_callback(errands.makers)
        # jupyter_server counts pings in milliseconds, tornado in seconds, and warns at each connection.
        logging.getLogger("tornado.general").setLevel(logging.ERROR)
        return {
            **made,
            "tollbook_pages": self._pages(made),
            "allow_remote_access": False,
            "local_hostnames": self.reach.hostnames,
            "xsrf_cookie_kwargs": {
                "path": self.base_url,
                "samesite": "Lax",
                "secure": bool(self.reach.address),
            },
            "compress_response": True,
            "websocket_max_message_size": LARGEST,
            "headers": HEADERS | ENCRYPTED if self.reach.address else HEADERS,
            "log_function": note,
        }

    def listen(self) -> None:
        """Serve until stopped."""
        listen(self.app, self.reach)
        self.ioloop = IOLoop.current()  # which Voila's handler of signals stops
        try:
            self.ioloop.start()
        except KeyboardInterrupt:
            self.log.info("stopped")
        finally:
            self.stop()

    def stop(self) -> None:
        """End all sessions. A second signal to end changes nothing: it would leave some."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        asyncio.get_event_loop().run_until_complete(self.kernel_manager.close())
        shutil.rmtree(self.connection_dir, ignore_errors=True)

    def init_handlers(self) -> list[Any]:
        """Our pages; of Voila's own what a page needs, and no file or notebook beside."""
        ours = [
            (self.server_url, Start),
            (url_path_join(self.server_url, "/pages"), Index),
            (url_path_join(self.server_url, "/outstanding"), Outstanding),
            (url_path_join(self.server_url, "/preferences"), Preferences),
            (url_path_join(self.server_url, "/healthz"), Health),
            (url_path_join(self.server_url, "/login"), SignIn),
            (url_path_join(self.server_url, "/logout"), SignOut),
            (url_path_join(self.server_url, "/reset/([^/]+)"), Reset),
            *((url_path_join(self.server_url, path), handler) for path, handler in (*ACCOUNT, *WAYS)),
            *((url_path_join(self.server_url, page.name), NotebookPage, {"page": page}) for page in PAGES),
            (url_path_join(self.server_url, "/summary/invoices"), MakeInvoices),
            (url_path_join(self.server_url, "/calls.csv"), CallsFile),
            *(
                (url_path_join(self.server_url, path), handler)
                for path, handler in (*PAYMENTS, *ACTS, *PAPERS, *LIVE, *AUDIT, *REJECTS)
            ),
            (url_path_join(self.server_url, STREAM), LiveStream),
            *routes(self.server_url),
        ]
        ours += self.page_config.handlers(self.static_paths, self.labextensions_path)
        theirs = [
            (entry[0], _IN_PLACE_OF.get(entry[1], entry[1]), *entry[2:])
            for entry in super().init_handlers()
            if entry[1] not in _NOT_OURS
        ]
        return [*ours, *theirs, (".*", Nowhere)]

    def _pages(self, settings: Mapping[str, Any]) -> Pages:
        self.page_config = PageConfig(
            base_url=self.base_url,
            settings=settings,
            log=self.log,
            voila_configuration=self.voila_configuration,
        )
        return Pages(
            template=settings["voila_jinja2_env"].get_template("index.html.j2"),
            sessions=self.kernel_manager,
            config=self.page_config,
            executor_config=self.config,
            base_url=self.base_url,
            log=self.log,
        )
