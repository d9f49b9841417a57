"""The owner's side of a notebook that runs without a kernel: send a cell, take its outputs, notice how it ended."""

import json
import os
import select
import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any, Self

from tollbook.runs.launch import CELLS
from tollbook.runs.zygote_owner import Forked, Owner

_BLOCK = 2**16

Told = Mapping[str, Any]


class LostError(Exception):
    """The process that ran the cells is gone, or never was there."""


class LateError(Exception):
    """A cell took longer than it may."""


@dataclass
class Cells:
    """A process that was forked to run the cells of one notebook, and ends with it."""

    process: Forked
    line: socket.socket
    _rest: bytes = b""

    @classmethod
    @contextmanager
    def forked(cls, environment: Mapping[str, str], folder: str) -> Iterator[Self]:
        """A fresh process; it is killed at the end, with whatever it started.

        Raises:
            LostError: it could not be forked.
        """
        ours, theirs = socket.socketpair()
        nothing = os.open(os.devnull, os.O_RDWR)
        try:
            with theirs:
                process = Owner.own(CELLS).ask([], environment, folder, [theirs.fileno(), nothing, nothing])
        except OSError as error:
            ours.close()
            raise LostError(str(error)) from error
        finally:
            os.close(nothing)
        made = cls(process, ours)
        try:
            yield made
        finally:
            made.close()

    def run(self, source: str, timeout_s: float | None) -> Iterator[Told]:
        """The outputs of a cell as they come, and last how it went.

        Raises:
            LateError: it took longer.
            LostError: the process ended.
        """
        until = None if timeout_s is None else monotonic() + timeout_s
        with suppress(OSError):  # who is gone is told below
            self.line.sendall(json.dumps(source).encode() + b"\n")
        while True:
            *lines, self._rest = (self._rest + self._heard(until)).split(b"\n")
            for line in lines:
                try:
                    told = json.loads(line)
                except ValueError as error:  # a process of its own wrote in between
                    raise LostError("what it said cannot be read") from error
                yield told
                if "done" in told:
                    return

    def _heard(self, until: float | None) -> bytes:
        """What it says next. Its end of the line may outlive it, in a process that it started: the zygote knows more."""
        ended = self.process.poll() is not None
        left = 0.0 if ended else None if until is None else max(until - monotonic(), 0)
        sources = [self.line] if ended else [self.line, self.process.report]
        ready, _, _ = select.select(sources, [], [], left)
        if self.line in ready:
            with suppress(OSError):
                if said := self.line.recv(_BLOCK):
                    return said
            raise LostError("the process ended")
        if ended:
            raise LostError("the process ended")
        if not ready:
            raise LateError
        return b""

    def close(self) -> None:
        """End the process and those of its session."""
        while self.process.poll() is None and not self.process.pid:
            select.select([self.process.report], [], [])
        if self.process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.kill()  # it may not have a session yet
        self.line.close()
