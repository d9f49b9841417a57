"""The kernel in which notebooks run: this interpreter, whatever kernels a machine has installed."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar, Final

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

from tollbook.runs.client import QuickClient

NAME: Final = "tollbook"
"""Of the kernel, as notebooks and Jupyter's programs call it."""

KERNELS: Final = Path(__file__).parent / "kernels"
"""The folder in which Jupyter finds how to start it."""


class OwnKernel(AsyncKernelManager):
    """A kernel of this interpreter, reached through sockets in a folder that nobody else can read."""

    environment: ClassVar[Mapping[str, str]] = {}

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - Jupyter's own options
        super().__init__(**options)
        self._folder = TemporaryDirectory(prefix="toll-")
        self.transport = "ipc"
        self.ip = str(Path(self._folder.name, "k"))
        self.connection_file = str(Path(self._folder.name, "kernel.json"))
        self.client_factory = QuickClient

    async def _async_wait(self, pollinterval: float = 0.005) -> None:
        """Jupyter looks ten times a second whether a kernel has ended."""
        await super()._async_wait(pollinterval)

    @property
    def kernel_spec(self) -> KernelSpec:
        """How to start it: as the kernel `tollbook`, with the variables of this class."""
        spec: KernelSpec = KernelSpec.from_resource_dir(str(KERNELS / NAME))
        spec.env = dict(self.environment)
        return spec


def kernel_with(environment: Mapping[str, str]) -> type[OwnKernel]:
    """The kernel with these environment variables beside those of this process."""
    return type("Kernel", (OwnKernel,), {"environment": environment})
