"""A client that is ready as soon as its kernel is."""

import time

import pytest

from aside import run
from tollbook.runs.client import QuickClient
from tollbook.runs.kernel import OwnKernel


@pytest.mark.slow
def test_it_hears_all_that_a_kernel_says_from_the_first_cell_on() -> None:
    async def live() -> list[str]:
        manager = OwnKernel()
        await manager.start_kernel()
        client = manager.client()
        assert isinstance(client, QuickClient)
        client.start_channels()
        await client.wait_for_ready(timeout=60)
        heard: list[str] = []
        await client.execute_interactive(
            "print('first')", timeout=60, output_hook=lambda message: heard.append(message["msg_type"])
        )
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
        return heard

    assert "stream" in run(live())


@pytest.mark.slow
def test_a_kernel_that_has_died_is_not_waited_for() -> None:
    async def dead() -> float:
        manager = OwnKernel()
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        await manager.shutdown_kernel(now=True)
        begun = time.monotonic()
        with pytest.raises(RuntimeError, match="Kernel died"):
            await client.wait_for_ready(timeout=60)
        client.stop_channels()
        return time.monotonic() - begun

    assert run(dead()) < 10
