"""A browser without pictures: cookies, forms, pages as they come, and the line from a page to its kernel."""

import asyncio
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any, Final
from urllib.parse import urlencode
from uuid import uuid4

from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)
from tornado.httpclient import AsyncHTTPClient, HTTPRequest, HTTPResponse
from tornado.websocket import WebSocketClientConnection, websocket_connect

from tollbook.portal.cells import FOR_VOILA, WIDGET
from tollbook.portal.lines import V1
from tollbook.portal.stream import CONFIG
from tollbook.show.widget import SNAPSHOT

PATIENCE_S: Final = 120.0
"""Whoever waits for longer has given up."""
_LARGEST: Final = 1 << 26
_FORM: Final = "application/x-www-form-urlencoded"
_PART: Final = re.compile(
    rf'<script(?: id="(?P<id>{CONFIG})")? type="(?P<kind>[^"]+)">(?P<text>.*?)</script>', re.DOTALL
)


def client() -> AsyncHTTPClient:
    """What all browsers ask with; as many at once as there are."""
    return AsyncHTTPClient(force_instance=True, max_clients=100_000, max_body_size=_LARGEST)


@dataclass
class Browser:
    """One person's, at one address of this machine."""

    http: AsyncHTTPClient
    portal: str
    source: str
    cookies: dict[str, str] = field(default_factory=dict, repr=False)

    async def get(self, path: str, **headers: str) -> HTTPResponse:
        """An answer, whatever it is, once its last byte has come."""
        return await self._ask("GET", path, None, headers)

    async def post(self, path: str, **fields: str) -> HTTPResponse:
        """A form, with the token of the page that it is on."""
        body = urlencode({**fields, "_xsrf": self.cookies.get("_xsrf", "")})
        return await self._ask("POST", path, body, {"Content-Type": _FORM})

    async def sign_in(self, login: str, password: str) -> int:
        """What the door answers: 303 lets in, 403 is wrong, 429 has to wait."""
        if "_xsrf" not in self.cookies:
            await self.get("/login")
        return (await self.post("/login", login=login, password=password)).code

    async def line(self, kernel_id: str) -> "Line":
        """The line from a page to its kernel."""
        address = f"{self.portal.replace('http', 'ws', 1)}/api/kernels/{kernel_id}/channels"
        headers = {**self._cookie(), "Origin": self.portal}
        request = HTTPRequest(
            address, headers=headers, network_interface=self.source, request_timeout=PATIENCE_S
        )
        return Line(await websocket_connect(request, max_message_size=_LARGEST, subprotocols=[V1]))

    async def _ask(
        self, method: str, path: str, body: str | None, headers: Mapping[str, str]
    ) -> HTTPResponse:
        request = HTTPRequest(
            self.portal + path,
            method,
            headers={**self._cookie(), "User-Agent": "soak", **headers},
            body=body,
            follow_redirects=False,
            network_interface=self.source,
            connect_timeout=PATIENCE_S,
            request_timeout=PATIENCE_S,
        )
        answer = await self.http.fetch(request, raise_error=False)
        if answer.code == 599 and answer.error:  # the client's own: there was no answer
            raise answer.error
        for value in answer.headers.get_list("Set-Cookie"):
            for name, morsel in SimpleCookie(value).items():
                self.cookies[name] = morsel.value
                if not morsel.value:
                    del self.cookies[name]
        return answer

    def _cookie(self) -> dict[str, str]:
        return {"Cookie": "; ".join(map("=".join, self.cookies.items()))} if self.cookies else {}


@dataclass(frozen=True)
class Page:
    """A page as it was sent: its kernel, empty where it was remembered, its widgets in order, and its choices."""

    kernel_id: str
    models: tuple[str, ...]
    choices_at: int
    values: Mapping[str, str]
    defaults: Mapping[str, str]

    def connected(self, told: Mapping[str, Any]) -> "Page":
        """The page with the session that it was given later."""
        models = tuple(model for output in told["outputs"] if (model := _model(output)))
        return Page(told["config"]["kernelId"], models, self.choices_at, self.values, self.defaults)

    @property
    def choices(self) -> str:
        """The widget that takes the choices."""
        return self.models[self.choices_at]


def read(html: str) -> Page:
    """What the scripts of a page find in it.

    Raises:
        ValueError: it is none, or it stopped before its choices.
    """
    kernel_id, models, choices_at, state = None, [], None, {}
    for part in _PART.finditer(html):
        if part["id"]:
            kernel_id = json.loads(part["text"])["kernelId"]
        elif part["kind"] == SNAPSHOT:
            state = json.loads(part["text"])["state"]
        elif part["kind"] == FOR_VOILA and (model := _model(json.loads(part["text"]))):
            if choices_at is None and {"values", "defaults"} <= set(state):
                choices_at, chosen = len(models), state
            models.append(model)
            state = {}
    if kernel_id is None or choices_at is None:
        raise ValueError("a page without choices")
    return Page(kernel_id, tuple(models), choices_at, chosen["values"], chosen["defaults"])


def _model(output: Mapping[str, Any]) -> str:
    return str(output.get("data", {}).get(WIDGET, {}).get("model_id", ""))


class Line:
    """A page's line to its kernel: what is said over it, and when the kernel is done with it."""

    def __init__(self, socket: WebSocketClientConnection) -> None:
        self._socket, self._session = socket, uuid4().hex
        self._waiting: dict[str, asyncio.Future[None]] = {}
        self._heard = asyncio.create_task(self._hear())
        self.faults: list[str] = []
        """What the page would have told its reader that could not be done."""

    async def ready(self) -> None:
        """Wait until the kernel answers."""
        await self._ask("kernel_info_request", {})

    async def choose(self, model: str, values: Mapping[str, str]) -> None:
        """Change the page's choices, and wait until all that follows from it has come."""
        state = {"method": "update", "state": {"values": dict(values)}, "buffer_paths": []}
        await self._ask("comm_msg", {"comm_id": model, "data": state})

    async def tick(self, model: str) -> None:
        """What a page says by itself every 15 seconds."""
        await self._ask(
            "comm_msg", {"comm_id": model, "data": {"method": "custom", "content": {"kind": "tick"}}}
        )

    async def close(self) -> None:
        """Hang up."""
        self._heard.cancel()
        with suppress(asyncio.CancelledError):
            await self._heard
        self._socket.close()

    async def _ask(self, kind: str, content: Mapping[str, Any]) -> None:
        number = uuid4().hex
        head = {
            "msg_id": number,
            "msg_type": kind,
            "username": "",
            "session": self._session,
            "date": "",
            "version": "5.3",
        }
        told = [json.dumps(part).encode() for part in (head, {}, {}, content)]
        done = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            if self._heard.done():
                raise ConnectionError("the line to the kernel has ended")
            await self._socket.write_message(serialize_msg_to_ws_v1(told, "shell"), binary=True)
            async with asyncio.timeout(PATIENCE_S):
                await done
        finally:
            del self._waiting[number]

    async def _hear(self) -> None:
        while (heard := await self._socket.read_message()) is not None:
            _, (header, parent, _, told, *_) = deserialize_msg_from_ws_v1(heard)
            kind, content = json.loads(header)["msg_type"], json.loads(told)
            asked = self._waiting.get(json.loads(parent).get("msg_id", ""))
            if kind == "comm_msg" and (fault := content["data"].get("state", {}).get("fault")):
                self.faults.append(fault)
            if kind == "status" and content["execution_state"] == "idle" and asked and not asked.done():
                asked.set_result(None)
        for asked in self._waiting.values():
            if not asked.done():
                asked.set_exception(ConnectionError("the line to the kernel has ended"))
