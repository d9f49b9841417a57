"""Kernels that have already loaded our code, so that a page needs only to be run.

Voila has a pool of its own, but its kernels run the whole notebook before anyone asks for it, with
nobody's choices. These only import; which page comes and with what choices is open.
"""

import asyncio
import os
from collections import deque
from datetime import UTC, datetime
from typing import Any, Final, cast

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from jupyter_server.utils import ApiPath
from traitlets import Int

IMPORTS: Final = "import tollbook.show.charts, tollbook.show.page, tollbook.show.summary"
REFILL_AFTER_S: Final = 2.0
"""A page that has just been asked for goes before the next one's kernel."""


class WarmKernels(AsyncMappingKernelManager):
    """Starts each session from a spare kernel where there is one."""

    spares = Int(1, help="How many kernels wait with our code loaded.").tag(config=True)

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - traitlets' own
        super().__init__(**options)
        self._waiting: deque[str] = deque()
        self._heating: set[asyncio.Task[None]] = set()

    async def start_kernel(self, **options: Any) -> str:  # type: ignore[override]  # noqa: ANN401 - typed as synchronous
        """A kernel for one session: a spare one, else a new one."""
        while self._waiting:
            kernel_id = self._waiting.popleft()
            if kernel_id in self:
                vars(self.get_kernel(kernel_id))["last_activity"] = datetime.now(UTC)
                asyncio.get_running_loop().call_later(REFILL_AFTER_S, self.refill)
                return kernel_id
        return str(await super().start_kernel(**options))

    def refill(self) -> None:
        """Begin to start spare kernels until there are enough."""
        for _ in range(self.spares - len(self._waiting) - len(self._heating)):
            task = asyncio.get_running_loop().create_task(self._heat())
            self._heating.add(task)
            task.add_done_callback(self._heating.discard)

    async def _heat(self) -> None:
        kernel_id = str(
            await super().start_kernel(kernel_name="python3", path=ApiPath(""), env=dict(os.environ))
        )
        client = cast("AsyncKernelClient", self.get_kernel(kernel_id).client())
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=60)
            await client.execute_interactive(IMPORTS, silent=True, store_history=False, timeout=60)
        finally:
            client.stop_channels()
        self._waiting.append(kernel_id)

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End a session that nobody has open any more; a spare kernel is idle by nature."""
        if kernel_id not in self._waiting:
            await super().cull_kernel_if_idle(kernel_id)
