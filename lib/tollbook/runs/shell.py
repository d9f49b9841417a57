"""A notebook's cells run in this process, without a kernel: what they display goes to the owner as lines of JSON.

Each line from the owner is a cell's source. Answered are its outputs as a notebook keeps them, one a line, a request to
clear them, and last how it went: `{"done": whether it ran through, "count": its number}`.
"""

import builtins
import io
import json
import os
import socket
import sys
from collections.abc import Callable, Mapping
from threading import RLock
from typing import Any, ClassVar

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.history import HistoryManager
from IPython.core.interactiveshell import InteractiveShell
from jupyter_client.jsonutil import json_default
from traitlets import Type

from tollbook.show.shell import prepare

Output = Mapping[str, Any]


class Teller:
    """Sends outputs in the order in which they are made; what is printed in one go is one of them."""

    def __init__(self, send: Callable[[bytes], object]) -> None:
        self._send, self._name, self._printed = send, "", io.StringIO()
        self._one_at_a_time = RLock()  # a cell may have threads that print

    def tell(self, what: Output) -> None:
        """An output, after all that was printed before it."""
        with self._one_at_a_time:
            self.flush()
            self._line(what)

    def printed(self, name: str, text: str) -> None:
        """A piece of standard output or standard error."""
        with self._one_at_a_time:
            if name != self._name:
                self.flush()
            self._name = name
            self._printed.write(text)

    def flush(self) -> None:
        """Send what has been printed so far."""
        with self._one_at_a_time:
            text, self._printed = self._printed.getvalue(), io.StringIO()
            if text:
                self._line({"output_type": "stream", "name": self._name, "text": text})

    def _line(self, what: Output) -> None:
        self._send(json.dumps(what, default=json_default).encode() + b"\n")


class _Stream(io.TextIOBase):
    """Standard output or standard error of a cell."""

    def __init__(self, name: str, file: int) -> None:
        self._name, self._file = f"<{name}>", file
        self._stream = name

    @property
    def name(self) -> str:
        return self._name

    def fileno(self) -> int:
        return self._file

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        Shell.teller.printed(self._stream, text)
        return len(text)


class _Publisher(DisplayPublisher):  # type: ignore[misc, unused-ignore]
    def publish(  # type: ignore[override]
        self,
        data: Mapping[str, Any],
        metadata: Mapping[str, Any] | None = None,
        *,
        transient: Mapping[str, Any] | None = None,
        update: bool = False,
        **_: object,
    ) -> None:
        shown = {"data": dict(data), "metadata": dict(metadata or {})}
        named = {"id": (transient or {}).get("display_id"), "update": update}
        Shell.teller.tell({"output_type": "display_data", **shown, "transient": named})

    def clear_output(self, wait: bool = False) -> None:  # noqa: FBT001, FBT002 - IPython's own
        Shell.teller.tell({"clear": wait})


class _Hook(DisplayHook):
    """Tells the value of a cell's last expression."""

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(
        self, format_dict: Mapping[str, Any], md_dict: Mapping[str, Any] | None = None
    ) -> None:
        shown = {"data": dict(format_dict), "metadata": dict(md_dict or {})}
        if shown["data"]:
            number = {"execution_count": self.prompt_count}
            Shell.teller.tell({"output_type": "execute_result", **shown, **number})

    def finish_displayhook(self) -> None:
        self._is_active = False


class Shell(InteractiveShell):
    """IPython as a kernel has it, without a kernel: no history on disk, no questions to a person."""

    teller: ClassVar[Teller]
    display_pub_class = Type(_Publisher)
    displayhook_class = Type(_Hook)
    is_leaving = False

    def _showtraceback(self, etype: type[BaseException], evalue: BaseException, stb: list[str]) -> None:
        told = {"ename": etype.__name__, "evalue": str(evalue), "traceback": stb}
        self.teller.tell({"output_type": "error", **told})
        self._last_traceback = stb

    def ask_exit(self) -> None:
        """`exit` ends the process once its cell has run, as it ends a kernel."""
        self.is_leaving = True


def ready() -> None:
    """Make the shell, which takes a third of what a notebook takes: all that are forked after this have it."""
    HistoryManager.enabled = False  # type: ignore[assignment]  # it would be written by a thread
    Shell.instance()
    builtins.input = _no_answer
    prepare()
    _warm_up()


def _warm_up() -> None:
    """What IPython puts off until a cell runs and shows something. It leaves nothing that a cell could see."""
    shell, Shell.teller = Shell.instance(), Teller(lambda _: None)
    shell.run_cell("pass", store_history=False, silent=True)  # type: ignore[no-untyped-call]
    shell.display_formatter.format("")  # type: ignore[union-attr]


def serve(owner: socket.socket) -> None:
    """Run cells until the owner has no more."""
    Shell.teller = Teller(owner.sendall)
    sys.stdout, sys.stderr = _Stream("stdout", 1), _Stream("stderr", 2)
    shell = Shell.instance()
    with owner.makefile("rb") as cells:
        for line in cells:
            ended = shell.run_cell(json.loads(line), store_history=True)  # type: ignore[no-untyped-call]
            Shell.teller.tell({"done": ended.success, "count": ended.execution_count})
            if shell.is_leaving:
                os._exit(0)


def _no_answer(prompt: object = "") -> str:
    raise StdinNotImplementedError(f"no one can answer {prompt!r} while a notebook is run by itself")
