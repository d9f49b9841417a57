"""Kernels that wait with our code loaded."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from tollbook.portal.warm import WarmKernels

LOADED = "import sys; assert 'tollbook.show.charts' in sys.modules"


def run(work):
    # In a thread of its own: the browser of other tests keeps a loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


@pytest.mark.slow
def test_a_session_starts_from_the_kernel_that_waits_and_is_not_culled_before():
    async def live():
        kernels = WarmKernels(cull_idle_timeout=1)
        kernels.refill()
        await asyncio.gather(*kernels._heating)
        spare = kernels._waiting[0]
        await kernels.cull_kernel_if_idle(spare)
        assert spare in kernels
        assert await kernels.start_kernel(kernel_name="python3") == spare
        client = kernels.get_kernel(spare).client()
        client.start_channels()
        reply = await client.execute_interactive(LOADED, timeout=60)
        client.stop_channels()
        await kernels.shutdown_all()
        return reply["content"]["status"]

    assert run(live()) == "ok"


def test_without_a_spare_a_new_kernel_is_started():
    async def live():
        kernels = WarmKernels(spares=0)
        kernels.refill()
        made = await kernels.start_kernel(kernel_name="python3")
        await kernels.shutdown_all()
        return made, len(kernels._heating)

    made, heating = run(live())
    assert made
    assert heating == 0
