"""A page on its way to a reader: its frame at once, each cell of its notebook as soon as it has run.

A page that is remembered is sent as it is, and its notebook runs when the page asks for its session.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Hashable, Mapping
from contextlib import ExitStack, asynccontextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any, Final, Protocol

import nbformat
from jinja2 import Template
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode
from tornado.iostream import StreamClosedError
from tornado.web import RequestHandler
from traitlets.config import Config
from voila.execute import VoilaExecutor, strip_code_cell_warnings

from tollbook.account.people.sessions import Signed
from tollbook.errors import UsageError
from tollbook.language import tr
from tollbook.params import folder
from tollbook.portal.cells import for_voila, html_of, in_script
from tollbook.portal.preload import Needed
from tollbook.portal.remembered import Remembered
from tollbook.portal.statics import PageConfig
from tollbook.portal.warm import EndedError, Owner, Sessions

CONFIG: Final = "jupyter-config-data"
OURS: Final = frozenset({UsageError.__name__})
"""Errors whose words are meant for readers; those of others may tell of the server."""
HEADERS: Final = {
    "Content-Type": "text/html; charset=UTF-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
}


class Log(Protocol):
    """What is told to whoever runs the server."""

    def error(self, words: str, *details: object) -> None: ...


@lru_cache(maxsize=32)
def _read(path: Path, changed_ns: int) -> NotebookNode:  # noqa: ARG001 - a file that has changed is another
    made: NotebookNode = nbformat.read(path, as_version=4)
    return made


def notebook_of(name: str) -> NotebookNode:
    """The notebook of this file name, the caller's to change."""
    path = folder("notebooks") / name
    return deepcopy(_read(path, path.stat().st_mtime_ns))


@dataclass
class Pages:
    """Sends pages."""

    template: Template
    sessions: Sessions
    config: PageConfig
    executor_config: Config
    base_url: str
    log: Log
    needed: Needed = field(default_factory=Needed)
    remembered: Remembered = field(default_factory=Remembered)
    _running: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(os.cpu_count() or 1))

    async def send(
        self,
        handler: RequestHandler,
        notebook: NotebookNode,
        frame: Mapping[str, Any],
        asked: Hashable,
        reader: Signed,
    ) -> None:
        """Answer with the page.

        Raises:
            FullError: no session is free; nothing has been sent.
        """
        with ExitStack() as held:
            held.enter_context(self.sessions.place(reader.who.id))
            for name, value in HEADERS.items():
                handler.set_header(name, value)
            handler.write(self._block("top", frame))
            with suppress(StreamClosedError):
                if not self.remembered.find(asked):
                    await handler.flush()
                async with self.remembered.one_at_a_time(asked):
                    if found := self.remembered.find(asked):
                        handler.write(_config(self.config.of("")))
                        await handler.finish("".join(found) + self._block("bottom", frame))
                    else:
                        kernel_id = await self.sessions.start_for(reader)
                        held.close()  # the session has a place of its own now
                        await self._make(handler, notebook, frame, asked, kernel_id)

    async def connect(self, handler: RequestHandler, notebook: NotebookNode, reader: Signed) -> None:
        """Answer with the session of a page that was remembered: its kernel, and what Voila needs of each cell.

        Raises:
            FullError: no session is free.
        """
        with self.sessions.place(reader.who.id):
            async with self._running:
                kernel_id = await self.sessions.start_for(reader)
                async with self._ended_unless_sent(kernel_id):
                    cells = [cell async for cell, _ in self._cells(notebook, kernel_id)]
        outputs = [told for cell in cells for told in for_voila(cell)]
        with suppress(StreamClosedError):
            async with self._ended_unless_sent(kernel_id):
                await handler.finish({"config": self.config.of(kernel_id), "outputs": outputs})

    async def _make(
        self,
        handler: RequestHandler,
        notebook: NotebookNode,
        frame: Mapping[str, Any],
        asked: Hashable,
        kernel_id: str,
    ) -> None:
        """Run the notebook and send it as it comes. Its session stays for the page, unless its reader is gone."""
        sent: list[str] = []
        well = True
        with suppress(StreamClosedError, EndedError):
            async with self._ended_unless_sent(kernel_id):
                handler.write(_config(self.config.of(kernel_id)))
                async for cell, went_well in self._cells(notebook, kernel_id):
                    self.needed.learn(frame["page"], cell)
                    well = well and went_well
                    sent.append(html_of(cell, len(sent) + 1))
                    handler.write(sent[-1])
                    await handler.flush()
                if well:
                    self.remembered.keep(asked, sent)
                await handler.finish(self._block("bottom", frame))

    @asynccontextmanager
    async def _ended_unless_sent(self, kernel_id: str) -> AsyncIterator[None]:
        """Ends the session if what it was begun for fails, so that none is left that has no page.

        Raises:
            EndedError: it had ended before, which is why it failed.
        """
        try:
            yield
        except StreamClosedError:
            await self.sessions.end(kernel_id)
            raise
        except BaseException:
            self.sessions.owner(kernel_id)
            await self.sessions.end(kernel_id)
            raise

    def _block(self, name: str, frame: Mapping[str, Any]) -> str:
        below, library = self.config.extensions, self.needed.library(frame["page"])
        context = self.template.new_context(
            {
                "tollbook": frame,
                "base_url": self.base_url,
                "asset": self.config.asset,
                "scripts": self.config.scripts,
                "library": library and f"{below}/{library}",
                "modules": [f"{below}/{path}" for path in self.needed.modules(frame["page"])],
                "styles": [f"{below}/{path}" for path in self.needed.styles(frame["page"])],
            }
        )
        return "".join(self.template.blocks[name](context))

    async def _cells(
        self, notebook: NotebookNode, kernel_id: str
    ) -> AsyncIterator[tuple[NotebookNode, bool]]:
        """Each cell once it has run, and whether it went well; nothing after one that failed."""
        owner = self.sessions.owner(kernel_id)
        kernel = self.sessions.get_kernel(kernel_id)
        executor = VoilaExecutor(notebook, km=kernel, config=self.executor_config)
        executor.kc = await executor.async_start_new_kernel_client()
        try:
            await _begin(executor, owner)
            for number, cell in enumerate(notebook.cells):
                went_well = cell.cell_type != "code" or await _run(executor, cell, number, self.log)
                yield cell, went_well
                if not went_well:
                    break
        finally:
            executor.kc.stop_channels()


def _config(told: Mapping[str, Any]) -> str:
    return f'<script id="{CONFIG}" type="application/json">{in_script(told)}</script>\n'


async def _begin(executor: VoilaExecutor, owner: Owner) -> None:
    """Tell the kernel whose it is, before anything of the page runs: until then it opens no data."""
    source = f"from tollbook.show.reader import begin; begin({owner.scope.text()!r}, {owner.actor.text()!r})"
    cell = nbformat.v4.new_code_cell(source)
    executor.nb.cells.insert(0, cell)  # a cell that is executed takes the place of its number
    await executor.execute_cell(cell, None, 0, store_history=False)
    executor.nb.cells.pop(0)


async def _run(executor: VoilaExecutor, cell: NotebookNode, number: int, log: Log) -> bool:
    """Run one cell; what went wrong goes to the log, and its reader is told that something did.

    An error that a reader can mend is told to them in its own words, and to nobody else.

    Raises:
        DeadKernelError: the kernel has ended.
    """
    cell.outputs = []
    try:
        await executor.execute_cell(cell, None, number, store_history=False)
    except DeadKernelError:
        raise
    except (CellExecutionError, TimeoutError, RuntimeError) as error:
        if getattr(error, "ename", "") in OURS:
            cell.outputs = [_alert(str(error.evalue))]  # type: ignore[union-attr]
            return False
        log.error("a page stopped at cell %d: %s", number + 1, error)  # noqa: TRY400 - the notebook's, not ours
        strip_code_cell_warnings(cell)
        executor.strip_code_cell_errors(cell)
        return False
    return True


def _alert(words: str) -> NotebookNode:
    anew = tr("Start anew")
    again = f'<a href="?">{escape(anew)}</a>'
    html = f'<p class="tollbook-alert" role="alert">{escape(words)} {again}</p>'
    return NotebookNode(output_type="display_data", metadata={}, data={"text/html": html})
