"""How Jupyter starts the kernel `tollbook`: forked from a process that has loaded everything; else as any other."""

import asyncio
import os
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from typing import Any, Final, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from tollbook.runs.zygote_owner import Forked, Owner, possible

_EVERY_S: Final = 0.005


class Provisioner(LocalProvisioner):
    """Starts and ends one kernel."""

    async def launch_kernel(self, cmd: list[str], **options: Any) -> KernelConnectionInfo:  # noqa: ANN401 - Jupyter's own
        """Start the kernel; returns when clients can connect to it, if it was forked."""
        forked = await forked_kernel(cmd, **options) if possible() else None
        if forked is None:
            return await super().launch_kernel(cmd, **options)
        self.process = cast("Any", forked)
        self.pid = self.pgid = forked.pid
        self.cwd = options.get("cwd")
        return self.connection_info

    async def wait(self) -> int | None:
        """The exit code, once the kernel has ended."""
        if not isinstance(self.process, Forked):
            return await super().wait()
        while (code := self.process.poll()) is None:  # noqa: ASYNC110 - whoever waits may be another loop
            await asyncio.sleep(_EVERY_S)
        self.process = None
        return code


async def forked_kernel(command: Sequence[str], **options: Any) -> Forked | None:  # noqa: ANN401 - Popen's own
    """The kernel, ready; null where it cannot be forked as this command."""
    environment = options.get("env") or dict(os.environ)
    folder = os.fspath(options.get("cwd") or os.getcwd())  # noqa: PTH109 - Jupyter takes texts
    asked = [options.get(name) for name in ("stdin", "stdout", "stderr")]
    owner = Owner.own()
    if not owner.suits(command, environment):
        return None
    with ExitStack() as opened, suppress(OSError):
        nothing = os.open(os.devnull, os.O_RDWR)
        opened.callback(os.close, nothing)
        kernel = owner.fork(command, environment, folder, _streams(asked, nothing))
        try:
            await kernel.started()
        except BaseException:
            kernel.kill()
            raise
        return kernel if kernel.bound and kernel.poll() is None else None
    return None


def _streams(asked: Sequence[Any], nothing: int) -> list[int]:
    """Files for the three standard streams, as `subprocess.Popen` takes them.

    Raises:
        OSError: a pipe is wanted, which only a process of our own has an end of.
    """
    made: list[int] = []
    for number, wanted in enumerate(asked):
        if wanted == subprocess.PIPE:
            raise OSError("a forked kernel has no pipes")
        if wanted == subprocess.DEVNULL or (wanted is None and not (number and _is_open(number))):
            made.append(nothing)
        elif wanted == subprocess.STDOUT:
            made.append(made[1])
        else:
            made.append(number if wanted is None else _file(wanted))
    return made


def _file(stream: Any) -> int:  # noqa: ANN401 - a number, or what has one
    return stream if isinstance(stream, int) else int(stream.fileno())


def _is_open(number: int) -> bool:
    with suppress(OSError):
        os.fstat(number)
        return True
    return False
