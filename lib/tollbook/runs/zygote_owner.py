"""The owner's side of the zygote: start it once per process, ask it for kernels, know how each of them is."""

import asyncio
import atexit
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, ClassVar, Final

from tollbook.runs.launch import COMMAND
from tollbook.runs.zygote import LARGEST

KEPT: Final = ("PATH", "HOME", "USER", "LANG", "TZ", "TMPDIR", "IPYTHONDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
KEPT_GROUPS: Final = ("PYTHON", "JUPYTER_", "LC_", "POLARS_")
"""What the zygote itself gets of the environment; a kernel has its own, and can see what the zygote began with."""

_BLOCK: Final = 4096
_KILLED: Final = -signal.SIGKILL
_QUIET_S: Final = 5


@dataclass
class Forked:
    """A kernel of the zygote, in the shape of `subprocess.Popen` as far as Jupyter uses it."""

    report: socket.socket
    pid: int = 0
    bound: bool = False
    returncode: int | None = None
    stdin: None = None
    stdout: None = None
    stderr: None = None
    _line: bytes = field(default=b"", repr=False)

    async def started(self) -> None:
        """Wait until clients can connect, or until the kernel is gone."""
        loop = asyncio.get_running_loop()
        while not self.bound and self.returncode is None:
            self._heard(await loop.sock_recv(self.report, _BLOCK))

    def poll(self) -> int | None:
        """The exit code, null while the kernel runs."""
        with suppress(BlockingIOError):
            while self.returncode is None:
                self._heard(self.report.recv(_BLOCK))
        return self.returncode

    def wait(self) -> int | None:
        """The exit code of a kernel that has ended."""
        return self.poll()

    def send_signal(self, number: int) -> None:
        """A signal to this kernel, if it still runs."""
        if self.pid and self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def _heard(self, said: bytes) -> None:
        *lines, self._line = (self._line + said).split(b"\n")
        for line in lines:
            word, _, number = line.partition(b" ")
            self.pid = int(number) if word == b"pid" else self.pid
            self.bound = self.bound or word == b"bound"
            self.returncode = int(number) if word == b"exit" else self.returncode
        if not said and self.returncode is None:
            self.returncode = _KILLED  # the zygote is gone, and with it its kernels
        if self.returncode is not None:
            self.report.close()


class Owner:
    """This process as the owner of a zygote, which is started when it is first needed, and again if it has died.

    There is one of kernels, and one of processes that run cells without a kernel (`CELLS`).
    """

    _own: ClassVar[dict[str, "Owner"]] = {}
    _one_at_a_time: ClassVar[Lock] = Lock()

    def __init__(self, kind: str = "") -> None:
        self.owner = os.getpid()
        self.python = _python(os.environ)
        self._requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603 - ourselves
                [sys.executable, "-P", "-m", "tollbook.runs.zygote", str(theirs.fileno()), kind],
                pass_fds=[theirs.fileno()],
                env={name: value for name, value in os.environ.items() if _kept(name)},
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )

    @classmethod
    def own(cls, kind: str = "") -> "Owner":
        """The zygote of this process; a process that was forked from an owner gets one of its own.

        Another one is started where Python would start otherwise by now; the kernels of the first go on.
        """
        with cls._one_at_a_time:
            held = cls._own.get(kind)
            if held is None or not held.serves():
                held = cls._own[kind] = cls(kind)
                atexit.register(held.close)
            return held

    def serves(self) -> bool:
        """Whether it runs, is this process's own, and began as Python would begin now."""
        mine = self.owner == os.getpid() and self.process.poll() is None
        return mine and self.python == _python(os.environ)

    def suits(self, command: Sequence[str], environment: Mapping[str, str]) -> bool:
        """Whether a fork would be the same as starting this command."""
        return tuple(command[: len(COMMAND)]) == COMMAND and _python(environment) == self.python

    def fork(
        self, command: Sequence[str], environment: Mapping[str, str], folder: str, streams: Sequence[int]
    ) -> Forked:
        """Ask for a kernel.

        Raises:
            OSError: the zygote is gone, or the request is too long.
        """
        return self.ask(command[len(COMMAND) :], environment, folder, streams)

    def ask(
        self, words: Sequence[str], environment: Mapping[str, str], folder: str, streams: Sequence[int]
    ) -> Forked:
        """Ask for a process that does what the words say.

        Raises:
            OSError: the zygote is gone, or the request is too long.
        """
        packet = json.dumps(
            {"words": list(words), "environment": dict(environment), "folder": folder}
        ).encode()
        if len(packet) > LARGEST:
            raise OSError("this environment is too long")
        report, theirs = socket.socketpair()
        report.settimeout(0)
        with theirs:
            socket.send_fds(self._requests, [packet], [*streams, theirs.fileno()])
        return Forked(report)

    def close(self) -> None:
        """End the zygote and its kernels."""
        if self.owner == os.getpid():
            self._requests.close()
            try:
                self.process.wait(_QUIET_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def warm_up() -> None:
    """Start the zygote now, where there can be one, so that the first kernel need not wait for it."""
    if possible():
        Owner.own()


def possible() -> bool:
    """Elsewhere a fork of a process with threads is not safe."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open")


def _kept(name: str) -> bool:
    return name in KEPT or name.startswith(KEPT_GROUPS)


def _python(environment: Mapping[str, str]) -> dict[str, Any]:
    """What Python reads once, when it starts."""
    return {name: value for name, value in environment.items() if name.startswith("PYTHON")}
