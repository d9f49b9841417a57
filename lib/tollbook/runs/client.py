"""A client that is ready as soon as its kernel is; Jupyter's own waits a fifth of a second in silence first."""

import asyncio
from queue import Empty
from typing import Any, Final

from jupyter_client.asynchronous.client import AsyncKernelClient

_EVERY_S: Final = 0.2
_STEP_S: Final = 1.0


class QuickClient(AsyncKernelClient):
    """Jupyter's client, ready once it has heard both channels of its kernel."""

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - Jupyter's own
        """Wait for the answer to a question, and for its last word on the other channel.

        Raises:
            RuntimeError: the kernel died, or did not answer in `timeout` seconds.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + (timeout or float("inf"))
        while not await self._answered():
            if not await self._async_is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if loop.time() > until:
                raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")

    wait_for_ready = _async_wait_for_ready

    async def _answered(self) -> bool:
        asked = self.kernel_info()
        try:
            reply = await self._of(self.get_shell_msg, asked, _STEP_S)
            while (await self._of(self.get_iopub_msg, asked, _EVERY_S))["content"].get(
                "execution_state"
            ) != "idle":
                pass
        except Empty:
            return False
        self._handle_kernel_info_reply(reply)
        return True

    @staticmethod
    async def _of(get: Any, asked: str, timeout_s: float) -> dict[str, Any]:  # noqa: ANN401 - Jupyter's own
        """The next message that answers what was asked."""
        while True:
            message: dict[str, Any] = await get(timeout=timeout_s)
            if message["parent_header"].get("msg_id") == asked:
                return message
