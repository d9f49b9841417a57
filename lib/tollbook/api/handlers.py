"""The API in the server: each address a handler that reads a request, and writes what the desk answers.

No cookie is looked at: nothing that a browser sends by itself opens anything here, so no form of another site can.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Final, TypeVar

from tornado.web import HTTPError, RequestHandler, stream_request_body

from tollbook.account.people.bearer import storable
from tollbook.api import notifications
from tollbook.api.accepted import accepts
from tollbook.api.desk import Answer, Desk, Request
from tollbook.api.openapi import document as openapi
from tollbook.api.operations import JSON, LONGEST, ROOT, Operation
from tollbook.api.problems import MEDIA, Mistake, ProblemError, document
from tollbook.api.table import DOCUMENT, OPERATIONS

Result = TypeVar("Result")
THREADS: Final = 4
"""Requests that are answered at the same time."""
MOST: Final = 64
"""Requests that are answered or wait; more are told to come again."""

_HEADERS: Final = {
    "Cache-Control": "private, no-cache",
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept, Authorization",
    "X-Content-Type-Options": "nosniff",
}

desk: Final = Desk()
threads: Final = ThreadPoolExecutor(THREADS, thread_name_prefix="api")
_inside: Final[set[int]] = set()
"""Requests that are answered or wait, by the identity of their handler; touched by the server's one loop only."""


@stream_request_body
class Endpoint(RequestHandler):
    """One address, with what its methods do. A body is counted as it comes, and is kept only as long as it may be."""

    route = ROOT

    def initialize(self, operations: Sequence[Operation] = ()) -> None:
        """Note what its methods do."""
        self.operations: Mapping[str, Operation] = {each.method: each for each in operations}
        self.route = operations[0].path if operations else ROOT
        self._body = bytearray()
        self._length = 0
        self._longest = LONGEST

    def check_xsrf_cookie(self) -> None:
        """Nothing: a token is no cookie, and nobody's browser sends it by itself."""

    def set_default_headers(self) -> None:
        """What goes with every answer."""
        for name, value in _HEADERS.items():
            self.set_header(name, value)

    async def prepare(self) -> None:
        """Refuse, before its body has come, what nobody may ask; a long one is for a token that may send it."""
        if not self._known:
            raise HTTPError(405 if self.allowed else 404)
        length = self.request.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) <= LONGEST:
            return
        operation = self.operations.get(str(self.request.method))
        if operation is None or int(length) > operation.longest:
            raise HTTPError(413)
        with self.place():
            admitted = await in_thread(desk.admitted, self._request(operation, {}))
        if isinstance(admitted, Answer):
            self._write(admitted)
            return
        self._longest = operation.longest
        self.request.connection.set_max_body_size(self._longest)  # type: ignore[union-attr]  # of HTTP/1, as all are

    def data_received(self, chunk: bytes) -> None:
        """Keep a piece of the body, unless it is too long: then none of it."""
        self._length += len(chunk)
        self._body.extend(chunk if self._length <= self._longest else b"")

    @property
    def allowed(self) -> list[str]:
        """The methods that it has."""
        return sorted({*self.operations, *(["HEAD"] if "GET" in self.operations else [])})

    @property
    def _known(self) -> bool:
        return self.request.method in self.allowed

    async def answer(self, **places: str) -> None:
        """Have the desk answer in a thread, and write it."""
        method = "GET" if self.request.method == "HEAD" else str(self.request.method)
        operation = self.operations[method]
        if self._length > self._longest:
            raise HTTPError(413)
        if not accepts(self.request.headers.get("Accept", ""), operation.media):
            raise HTTPError(406)
        with self.place():
            request = self._request(operation, places)
            answer = await in_thread(desk.answer, request)
        self._write(answer)

    get = head = post = put = patch = delete = answer  # all that `prepare` lets through

    @contextmanager
    def place(self) -> Iterator[None]:
        """Be one of those that are answered or wait.

        Raises:
            HTTPError: they are as many as may be.
        """
        if len(_inside) >= MOST:
            raise HTTPError(503)
        _inside.add(id(self))
        try:
            yield
        finally:
            _inside.discard(id(self))

    def _request(self, operation: Operation, places: Mapping[str, str]) -> Request:
        return Request(
            operation=operation,
            path=storable("/" + self.request.path.removeprefix(self.settings["base_url"])),
            places=places,
            query={_text(name): [_text(value) for value in values] for name, values in self._query()},
            headers=self.request.headers,
            body=bytes(self._body),
            address=self.request.remote_ip or "",
            server=self._server(),
        )

    def _query(self) -> Iterable[tuple[str, list[bytes]]]:
        return self.request.query_arguments.items()

    def _server(self) -> dict[str, float]:
        """Figures that only the server's own loop can tell."""
        kernels = self.settings.get("kernel_manager")
        told = {"api_waiting": float(len(_inside))}
        if kernels is None:
            return told
        running = len(kernels.list_kernel_ids())
        return {**told, "kernels": running, "sessions": kernels.taken, "sessions_most": kernels.most}

    def _write(self, answer: Answer) -> None:
        self.set_status(answer.status)
        for name, value in answer.headers.items():
            self.set_header(name, value)
        self.set_header("Content-Type", answer.media)
        self.finish(answer.body)

    def compute_etag(self) -> str | None:
        """The same for the same answer; weak, as it may be packed on its way."""
        return f'W/"{sha256(b"".join(self._write_buffer)).hexdigest()[:32]}"'

    def write_error(self, status_code: int, **failure: Any) -> None:  # noqa: ANN401 - tornado's own
        """Say as a problem what went wrong."""
        error = failure.get("exc_info", (None, None))[1]
        if isinstance(error, ProblemError):
            self._write(Answer(error.status, error.body, MEDIA, error.headers))
            return
        if status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            self.set_header("Allow", ", ".join(self.allowed))
        if status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            self.set_header("Retry-After", "1")
        self.set_header("Content-Type", MEDIA)
        self.finish(document(status_code))


class Document(Endpoint):
    """The OpenAPI document, for whoever asks."""

    route = DOCUMENT

    @property
    def allowed(self) -> list[str]:
        """It can be read."""
        return ["GET", "HEAD"]

    async def get(self) -> None:  # type: ignore[override]  # it asks the desk nothing
        """The document."""
        with self.place():
            text = await in_thread(openapi, self.settings["base_url"])
        self._write(Answer(200, text, JSON))

    head = get  # type: ignore[assignment]


class Notification(Endpoint):
    """Where a provider tells of payments; the bearer of no token is asked for, and none helps."""

    route = notifications.PATH

    @property
    def allowed(self) -> list[str]:
        """It is told something."""
        return ["POST"]

    async def post(self, provider: str) -> None:  # type: ignore[override]  # it asks the desk nothing
        """Have it verified and kept in a thread."""
        if self._length > LONGEST:
            raise HTTPError(413)
        came = notifications.Came(bytes(self._body), self.request.headers, self.request.remote_ip or "")
        with self.place():
            answer = await in_thread(notifications.answer, provider, came)
        self._write(answer)


async def in_thread(work: Callable[..., Result], *told: object) -> Result:
    """Do this in one of the API's threads; for a request it is done in a `place`."""
    return await asyncio.get_running_loop().run_in_executor(threads, work, *told)


def routes(base_url: str) -> list[tuple[Any, ...]]:
    """The handlers, under the base address, which has a slash at both ends; the last is that of all there is not."""
    base, by_address = base_url.rstrip("/"), dict[str, list[Operation]]()
    for each in OPERATIONS:
        by_address.setdefault(each.pattern, []).append(each)
    return [
        (f"{base}{DOCUMENT}", Document),
        (f"{base}{notifications.PATH}/(stripe|paypal)", Notification),
        *((base + pattern, Endpoint, {"operations": same}) for pattern, same in by_address.items()),
        (f"{base}{ROOT}(?:/.*)?", Endpoint),
    ]


def _text(raw: bytes | str) -> str:
    """A text of the address.

    Raises:
        ProblemError: it is not UTF-8.
    """
    try:
        return storable(raw if isinstance(raw, str) else raw.decode())
    except UnicodeDecodeError:
        why = "it is not UTF-8"
        raise ProblemError(400, f"The address: {why}", errors=[Mistake(name="query", why=why)]) from None
