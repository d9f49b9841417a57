"""Voila, narrowed to our pages: standalone, on loopback, with nothing fetched from anywhere."""

import logging
import sys
from typing import Any, Final

from jupyter_server.auth.identity import IdentityProvider, User
from jupyter_server.utils import url_path_join
from tornado.ioloop import IOLoop
from tornado.web import RequestHandler
from traitlets.config import Config
from voila.app import Voila
from voila.static_file_handler import AllowListFileHandler
from voila.tornado.contentshandler import VoilaContentsHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler
from voila.tornado.treehandler import TornadoVoilaTreeHandler

from tollbook.portal.handlers import Health, Index, NotebookPage, Nowhere, prepare
from tollbook.portal.pages import PAGES
from tollbook.portal.warm import WarmKernels

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
)


class Everyone(IdentityProvider):
    """Whoever reaches the loopback address may read: there is no access control yet."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - traitlets' own
        options.pop("login_handler_class", None)
        super().__init__(**options)

    def get_user(self, handler: RequestHandler) -> User | None:  # noqa: ARG002 - the interface
        """The one reader there is."""
        return User(username="reader", name="Reader")

    def get_handlers(self) -> list[tuple[str, object]]:
        """No log in, no log out."""
        return []


class Channel(VoilaKernelWebsocketHandler):
    """A page's line to its session, without the delay that gathers small packets (50 ms a click)."""

    async def open(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - tornado's own
        self.set_nodelay(True)
        await super().open(*arguments, **options)


def settings(*, port: int, ip: str, base_url: str, notebooks: str) -> Config:
    """Voila's configuration."""
    config = Config()
    config.Voila.update(
        {
            "ip": ip,
            "port": port,
            "port_retries": 0,
            "base_url": base_url,
            "root_dir": notebooks,
            "open_browser": False,
            "identity_provider_class": Everyone,
            "config_file_paths": [],
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
            "prelaunch_hook": prepare,
            "multi_kernel_manager_class": WarmKernels,
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
    if sys.platform == "linux":
        config.KernelManager.transport = "ipc"  # elsewhere paths of sockets are too short, or there are none
    return config


class TollbookApp(Voila):
    """The server. Its name stays Voila's, which its parts look up."""

    def init_settings(self) -> dict[str, Any]:
        """Voila's settings; requests for any other host name are refused, answers are compressed."""
        made: dict[str, Any] = super().init_settings()
        IOLoop.current().add_callback(self.kernel_manager.refill)
        # jupyter_server counts pings in milliseconds, tornado in seconds, and warns at each connection.
        logging.getLogger("tornado.general").setLevel(logging.ERROR)
        return {
            **made,
            "allow_remote_access": False,
            "local_hostnames": ["localhost"],
            "compress_response": True,
            "headers": HEADERS,
        }

    def init_handlers(self) -> list[Any]:
        """Our pages; of Voila's own what a page needs, and no file or notebook beside."""
        ours = [
            (self.server_url, Index),
            (url_path_join(self.server_url, "/healthz"), Health),
            *(
                (url_path_join(self.server_url, page.name), NotebookPage, self._options(page))
                for page in PAGES
            ),
        ]
        theirs = [entry for entry in super().init_handlers() if entry[1] not in _NOT_OURS]
        quick = [
            (entry[0], Channel, *entry[2:]) if entry[1] is VoilaKernelWebsocketHandler else entry
            for entry in theirs
        ]
        return [*ours, *quick, (".*", Nowhere)]

    def _options(self, page: object) -> dict[str, Any]:
        return {
            "page": page,
            "template_paths": self.template_paths,
            "config": self.config,
            "voila_configuration": self.voila_configuration,
        }
