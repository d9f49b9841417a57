"""What goes over the line between a page and its kernel, as a client writes and hears it."""

import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from jupyter_server.services.kernels.connection.base import (
    deserialize_binary_message,
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)
from tornado.httpclient import HTTPRequest
from tornado.ioloop import IOLoop
from tornado.websocket import websocket_connect

from portal.doors import header
from tollbook.portal.lines import V1

_PARTS = ("header", "parent_header", "metadata", "content")
Message = dict[str, Any]


def told(kind: str, content: Message, channel: str = "shell") -> Message:
    """A message as Jupyter has it; its id is its kind and channel."""
    head = {
        "msg_id": f"{kind}-{channel}",
        "msg_type": kind,
        "username": "",
        "session": "s",
        "version": "5.3",
        "date": "",
    }
    return {
        "header": head,
        "parent_header": {},
        "metadata": {},
        "content": content,
        "channel": channel,
        "buffers": [],
    }


def written(one: Message, *, v1: bool = False) -> str | bytes:
    """As it goes over the line."""
    if not v1:
        return json.dumps(one)
    return bytes(serialize_msg_to_ws_v1([json.dumps(one[name]).encode() for name in _PARTS], one["channel"]))


def read(heard: str | bytes, *, v1: bool) -> Message:
    """What came over the line."""
    if not v1 or isinstance(heard, str):
        found: Message = deserialize_binary_message(heard) if isinstance(heard, bytes) else json.loads(heard)
        return found
    _, parts = deserialize_msg_from_ws_v1(heard)
    return {name: json.loads(part) for name, part in zip(_PARTS, parts, strict=False)}


def kind(one: Message) -> str:
    """Its kind; `closed` where the line was."""
    return str(one["header"]["msg_type"])


def is_answer(one: Message) -> bool:
    """Whether it is what a kernel answers to `kernel_info_request`, after all that was asked before."""
    return kind(one) == "kernel_info_reply"


def talk(
    portal: str,
    cookie: tuple[str, str] | None,
    kernel_id: str,
    sent: Iterable[str | bytes],
    *,
    v1: bool = False,
    last: Callable[[Message], bool] = is_answer,
) -> list[Message]:
    """What comes back until the last message, or until the line is closed.

    Raises:
        HTTPClientError: no line is opened.
    """
    address = f"{portal.replace('http', 'ws')}api/kernels/{kernel_id}/channels"

    async def line() -> list[Message]:
        request = HTTPRequest(address, headers=header(cookie) if cookie else {})
        opened = await websocket_connect(request, subprotocols=[V1] if v1 else None)
        for one in sent:
            await opened.write_message(one, binary=isinstance(one, bytes))
        heard: list[Message] = []
        while not heard or not last(heard[-1]):
            found = await opened.read_message()
            if found is None:
                return [*heard, {"header": {"msg_type": "closed"}}]
            heard.append(read(found, v1=v1))
        opened.close()
        return heard

    with ThreadPoolExecutor(1) as aside:  # the browser's own event loop may be running in this thread
        return aside.submit(lambda: IOLoop().run_sync(line, timeout=60)).result()
