"""The process from which kernels are forked: everything is loaded once, and each kernel shares those pages of memory.

It never runs a query: a fork while the threads of Polars are running would wait for them for ever. It ends with its
owner, the process that started it, and its kernels end with it, whatever becomes of either (Linux sees to that).

Owner and zygote talk through a socket. A request is one packet: the kernel's command, environment and folder as JSON,
and four files: its three standard streams, and where it reports. Reports are lines: `pid 7`, `bound`, `exit 0`.
"""

import ctypes
import gc
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tollbook.runs.imports import load_what_pages_need
from tollbook.runs.launch import CELLS, run

LARGEST: Final = 2**17
"""Bytes of a request; a socket takes more, and an environment is much smaller."""

FILES: Final = 4
_DIES_WITH_PARENT: Final = 1  # PR_SET_PDEATHSIG
_QUERYING: Final = ("polars-", "tokio")
_HARMLESS: Final = "polars-ooc"


@dataclass(frozen=True)
class Request:
    """One kernel that is wanted, or a process that runs a notebook's cells without one."""

    words: Sequence[str]
    environment: Mapping[str, str]
    folder: str
    files: Sequence[int]

    @property
    def report(self) -> int:
        return self.files[-1]

    def close(self) -> None:
        """Let go of its files, which the kernel has now."""
        for file in self.files:
            os.close(file)


class Zygote:
    """Forks on request until its owner is gone."""

    def __init__(self, requests: socket.socket) -> None:
        self._requests = requests
        self._owner = os.pidfd_open(os.getppid())
        self._kernels: dict[int, tuple[int, int]] = {}

    def serve(self) -> Request | None:
        """In each kernel: what it shall be. In the zygote itself: nothing, once its owner is gone."""
        while True:
            sources: list[Any] = [self._requests, self._owner, *self._kernels]
            ready, _, _ = select.select(sources, [], [])
            for ended in self._kernels.keys() & set(ready):
                self._reap(ended)
            if self._requests in ready or self._owner in ready:
                request = self._received()
                if request is None or self._fork(request):
                    return request

    def _received(self) -> Request | None:
        with suppress(OSError):
            packet, files, _, _ = socket.recv_fds(self._requests, LARGEST, FILES)
            if packet and len(files) == FILES:
                return Request(**json.loads(packet), files=files)
        return None

    def _fork(self, request: Request) -> bool:
        """True in the kernel."""
        parent = os.getpid()
        pid = os.fork()
        if pid:
            self._kernels[os.pidfd_open(pid)] = (pid, os.dup(request.report))
            request.close()
            return False
        die_with(parent)
        self._let_go()
        return True

    def _let_go(self) -> None:
        """What belongs to the zygote alone, among it the reports of the other kernels."""
        self._requests.close()
        os.close(self._owner)
        for handle, (_, report) in self._kernels.items():
            os.close(handle)
            os.close(report)

    def _reap(self, handle: int) -> None:
        pid, report = self._kernels.pop(handle)
        _, status = os.waitpid(pid, 0)
        tell(report, f"exit {os.waitstatus_to_exitcode(status)}")
        os.close(report)
        os.close(handle)


def die_with(parent: int) -> None:
    """End this process when its parent ends, however that ends."""
    ctypes.CDLL(None).prctl(_DIES_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def tell(report: int, line: str) -> None:
    """One line to the owner, who may have stopped listening."""
    with suppress(OSError):
        os.write(report, f"{line}\n".encode())


def become(request: Request) -> None:
    """Be this process: its session, environment, folder and streams."""
    tell(request.report, f"pid {os.getpid()}")
    os.setsid()
    os.environ.clear()
    os.environ.update(request.environment)
    os.chdir(request.folder)
    for number, file in enumerate(request.files[:3]):
        os.dup2(file, number)
    for file in request.files[:3]:
        os.close(file)
    time.tzset()
    _reseed()
    sys.argv = ["tollbook", *request.words]


def _owner_of_cells() -> socket.socket:
    """Who has the cells talks through the stream that is standard input elsewhere; these read nothing from it."""
    line = os.dup(0)
    with Path(os.devnull).open() as nothing:
        os.dup2(nothing.fileno(), 0)
    return socket.socket(fileno=line)


def _reseed() -> None:
    """Python's own numbers are reseeded after a fork, NumPy's are not."""
    numpy: Any = sys.modules.get("numpy.random")
    if numpy:
        numpy.seed()


def querying() -> list[str]:
    """Threads that a query has started; a fork beside them would hang."""
    names = [path.read_text().strip() for path in Path("/proc/self/task").glob("*/comm")]
    return [name for name in names if name.startswith(_QUERYING) and not name.startswith(_HARMLESS)]


def main() -> None:
    """Load, then fork for the owner: the command line names the file of its socket, and what it wants forked."""
    requests, cells = socket.socket(fileno=int(sys.argv[1])), sys.argv[2] == CELLS
    load_what_pages_need(kernels=not cells)
    if cells:
        from tollbook.runs import shell  # noqa: PLC0415 - heavy, and a zygote of kernels has no use for it

        shell.ready()
    if querying():
        raise SystemExit(f"tollbook: no kernels can be forked beside the threads {querying()}")
    gc.collect()
    gc.freeze()
    request = Zygote(requests).serve()
    if request:
        become(request)
        if cells:
            shell.serve(_owner_of_cells())
        else:
            run(request.words, lambda: tell(request.report, "bound"))
    os._exit(0)


if __name__ == "__main__":
    main()
