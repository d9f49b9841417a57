"""The kernel in which notebooks run: this interpreter, whatever kernels a machine has installed."""

import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager


class OwnKernel(AsyncKernelManager):
    """A kernel of this interpreter, reached through sockets in a folder that nobody else can read."""

    environment: ClassVar[Mapping[str, str]] = {}

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - Jupyter's own options
        super().__init__(**options)
        self._folder = TemporaryDirectory(prefix="toll-")
        self.transport = "ipc"
        self.ip = str(Path(self._folder.name, "k"))
        self.connection_file = str(Path(self._folder.name, "kernel.json"))

    @property
    def kernel_spec(self) -> KernelSpec:
        """How to start it; modules of the folder it happens to run in are not found."""
        return KernelSpec(
            argv=[sys.executable, "-P", "-m", "tollbook.runs.launch", "-f", "{connection_file}"],
            display_name="Tollbook",
            language="python",
            env=dict(self.environment),
        )


def kernel_with(environment: Mapping[str, str]) -> type[OwnKernel]:
    """The kernel with these environment variables beside those of this process."""
    return type("Kernel", (OwnKernel,), {"environment": environment})
