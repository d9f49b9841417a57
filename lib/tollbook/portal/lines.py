"""The lines between a page and its kernel: only the page's own reader has them, and only what widgets say goes over."""

import asyncio
import json
import struct
from collections.abc import Mapping
from typing import Any, Final, Literal

from jupyter_core.utils import ensure_async
from jupyter_server.base.handlers import APIHandler
from jupyter_server.services.kernels.connection.base import (
    deserialize_binary_message,
    deserialize_msg_from_ws_v1,
)
from tornado.web import HTTPError
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from tollbook.account.people.sessions import NOTED
from tollbook.account.rights import Verb
from tollbook.portal.access import Asking, asks, note_use

LARGEST: Final = 1 << 20
"""Bytes of one message of a page; a page tells choices, never data."""
OPENED: Final = frozenset({"jupyter.widget.control"})
"""What a page may open a line to: the widgets that there are. A line of another name could make new ones."""
V1: Final = "v1.kernel.websocket.jupyter.org"
"""The newer protocol, which browsers speak; without it a line has the older."""
_SOURCE: Final = "execute_input"
HEARTBEAT: Final = "tick"
_BY_WIDGETS: Final = frozenset(
    {"comm_open", "comm_msg", "comm_close", "comm_info_request", "kernel_info_request"}
)
_PAGE: Final[tuple[Verb, str]] = ("see", "profile")


class Own(Asking):
    """Something of a kernel, for the reader whose page it belongs to; to anybody else there is none."""

    def own(self, kernel_id: str) -> None:
        """Refuse whoever is not the kernel's reader.

        Raises:
            HTTPError: 404, as for a kernel that there is not.
        """
        if not self.settings["kernel_manager"].owned_by(kernel_id, self.signed):
            raise HTTPError(404)


class Channel(Own, VoilaKernelWebsocketHandler):
    """A page's line to its kernel, without the delay that gathers small packets (50 ms a click)."""

    _note_again_at = 0.0

    @asks(*_PAGE)
    async def get(self, kernel_id: str) -> None:
        """Open it."""
        self.own(kernel_id)
        await ensure_async(super().get(kernel_id=kernel_id))

    async def open(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - tornado's own
        self.set_nodelay(True)
        await super().open(*arguments, **options)

    def on_message(self, ws_message: str | bytes) -> None:
        """Pass on what a widget says, and nothing else; what a reader does keeps their sign-in from running out."""
        told = message(ws_message, v1=self._v1)
        if told is None or not allowed(*told):
            return
        if not is_heartbeat(*told):
            self._in_use()
        super().on_message(ws_message)

    def write_message(self, told: Any, binary: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002 - tornado's own
        """Send what the kernel says, but not what it was told to run.

        Voila reads each as one of the newer protocol. In a message of the older that holds data it would take other
        bytes for the number of parts and count them one by one, for longer than anybody lives, and serve nobody.
        """
        if self._v1:
            return super().write_message(told, binary)
        known = message(told, v1=False) if isinstance(told, str | bytes) else None
        if known is not None and known[0] == _SOURCE:
            return None
        return super(VoilaKernelWebsocketHandler, self).write_message(told, binary)

    @property
    def _v1(self) -> bool:
        return bool(self.connection.subprotocol == V1)

    def _in_use(self) -> None:
        loop = asyncio.get_running_loop()
        if loop.time() >= self._note_again_at:
            self._note_again_at = loop.time() + NOTED.total_seconds()
            loop.run_in_executor(None, note_use, self.signed)


class KernelState(Own, APIHandler):
    """`/api/kernels/<id>`: what Voila's script asks of the kernel before it connects."""

    @asks(*_PAGE)
    async def get(self, kernel_id: str) -> None:
        """Its name and state."""
        self.own(kernel_id)
        self.finish(json.dumps(self.kernel_manager.kernel_model(kernel_id), default=str))


class Shutdown(Own, APIHandler):
    """`/voila/api/shutdown/<id>`: a page that is left ends its kernel."""

    counts_as_use = False

    @asks(*_PAGE)
    async def post(self, kernel_id: str) -> None:
        """End it."""
        self.own(kernel_id)
        await ensure_async(self.kernel_manager.shutdown_kernel(kernel_id))
        self.set_status(204)
        self.finish()


def message(sent: str | bytes, *, v1: bool) -> tuple[str, Mapping[str, Any]] | None:
    """Type and content of a message as it comes over the line; null where it is none."""
    try:
        if v1:
            _counted(sent, 8, "little")
            _, (header, _, _, content, *_) = deserialize_msg_from_ws_v1(sent)
            kind, told = json.loads(header)["msg_type"], json.loads(content)
        else:
            if isinstance(sent, bytes):
                _counted(sent, 4, "big")
            whole = deserialize_binary_message(sent) if isinstance(sent, bytes) else json.loads(sent)
            kind, told = whole["header"]["msg_type"], whole["content"]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, struct.error):
        return None
    return (kind, told) if isinstance(kind, str) and isinstance(told, Mapping) else None


def _counted(sent: str | bytes, size: int, order: Literal["little", "big"]) -> None:
    """Nothing, if a message is long enough for as many parts as it says that it has; `size` is bytes of each number.

    Raises:
        ValueError: it is not; whoever went by the number would be busy for a very long time.
        TypeError: it is a text.
    """
    if isinstance(sent, str):
        raise TypeError("a message in bytes begins with the number of its parts")
    if int.from_bytes(sent[:size], order) >= len(sent) // size:
        raise ValueError("a message with more parts than bytes")


def allowed(kind: str, content: Mapping[str, Any]) -> bool:
    """Whether a page may say this."""
    return kind in _BY_WIDGETS and (kind != "comm_open" or str(content.get("target_name")) in OPENED)


def is_heartbeat(kind: str, content: Mapping[str, Any]) -> bool:
    """Whether the page says it by itself, from time to time."""
    data = content.get("data")
    told = data.get("content") if isinstance(data, Mapping) else None
    return kind == "comm_msg" and isinstance(told, Mapping) and told.get("kind") == HEARTBEAT
