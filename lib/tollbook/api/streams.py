"""Server-sent events of the API: the same checks as any request, then an answer that goes on."""

from collections.abc import AsyncGenerator
from typing import Final

from tornado.iostream import StreamClosedError
from tornado.web import RequestHandler

from tollbook.api.accepted import accepts
from tollbook.api.desk import Answer
from tollbook.api.handlers import Endpoint, desk, in_thread
from tollbook.api.problems import MEDIA, document
from tollbook.api.resources.live import STREAM, STREAMED
from tollbook.live.feed import FullError, feed

EVENTS: Final = "text/event-stream"


class LiveStream(Endpoint):
    """Calls in progress, told at each change."""

    route = STREAM

    def initialize(self) -> None:  # type: ignore[override]  # it is of one operation
        """Note the operation."""
        super().initialize((STREAMED,))

    @property
    def allowed(self) -> list[str]:
        """It can be read."""
        return ["GET"]

    async def get(self) -> None:  # type: ignore[override]  # no place is in its address
        """The events, until somebody ends them."""
        if not accepts(self.request.headers.get("Accept", ""), EVENTS):
            self._write(Answer(406, document(406), MEDIA))
            return
        with self.place():
            request = self._request(STREAMED, {})
            asked = await in_thread(desk.admitted, request)
        if isinstance(asked, Answer):
            self._write(asked)
            return
        here = feed(asked.workspace)
        if here is None or not await in_thread(here.tells):
            self._write(Answer(204, b"", EVENTS, asked.told))
            return

        async def holds() -> bool:
            return await in_thread(desk.still, request, asked)

        try:
            with here.place(asked.owner, asked.scope.customer):
                for name, value in asked.told.items():
                    self.set_header(name, value)
                await send(self, here.events(asked.scope, holds, calls=request.query.get("calls") == ["1"]))
        except FullError as error:
            told = {**asked.told, "Retry-After": "60"}
            self._write(Answer(429, document(429, str(error)), MEDIA, told))

    head = post = put = patch = delete = get  # type: ignore[assignment]  # `prepare` refuses them

    def compute_etag(self) -> None:
        """None: it is no document."""


async def send(handler: RequestHandler, events: AsyncGenerator[str]) -> None:
    """Write events as they come, until the reader is gone."""
    handler.set_header("Content-Type", EVENTS)
    handler.set_header("Cache-Control", "no-store")
    handler.set_header("X-Accel-Buffering", "no")
    try:
        async for text in events:
            handler.write(text)
            await handler.flush()
    except StreamClosedError:
        return
    finally:
        await events.aclose()
