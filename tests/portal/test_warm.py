"""Sessions: from a spare kernel, up to a number, ended when nobody has them open."""

import asyncio
from datetime import timedelta

import pytest

from aside import run
from portal.doors import reader
from tollbook.portal.warm import DESERTED_S, LEAST_EACH, FullError, Sessions

READER = 1
LOADED = "import sys, os; assert 'tollbook.show.vega' in sys.modules; os.environ['LEFT'] = 'secret'"
NOTHING_LEFT = "import os; assert 'LEFT' not in os.environ and 'LEFT' not in globals()"


@pytest.fixture
def signed():
    return reader()


async def told(sessions, kernel_id, code):
    client = sessions.get_kernel(kernel_id).client()
    client.start_channels()
    await client.wait_for_ready(timeout=60)
    reply = await client.execute_interactive(code, timeout=60)
    client.stop_channels()
    return reply["content"]["status"]


async def waiting(sessions):
    sessions.refill()
    await asyncio.gather(*sessions._tasks)
    return list(sessions._waiting)


@pytest.mark.slow
def test_a_session_starts_from_a_kernel_that_waits_and_is_not_culled_before():
    async def live():
        sessions = Sessions(cull_idle_timeout=1, spares=1)
        (spare,) = await waiting(sessions)
        await sessions.cull_kernel_if_idle(spare)
        assert spare in sessions
        assert sessions.taken == 0
        assert await sessions.start_kernel(kernel_name="python3") == spare
        assert sessions.taken == 1
        said = await told(sessions, spare, LOADED)
        await sessions.close()
        return said, sessions.list_kernel_ids()

    assert run(live()) == ("ok", [])


@pytest.mark.slow
def test_the_next_reader_finds_nothing_of_the_one_before():
    async def live():
        sessions = Sessions(spares=0)
        one = await sessions.start_kernel(env={"QUERY_STRING": "customer=acme"})
        said = [await told(sessions, one, LOADED)]
        two = await sessions.start_kernel()
        said.append(await told(sessions, two, NOTHING_LEFT))
        said.append(await told(sessions, one, "import os; assert 'QUERY_STRING' not in os.environ"))
        await sessions.close()
        return said

    assert run(live()) == ["ok", "ok", "ok"]


@pytest.mark.slow
def test_a_spare_kernel_that_has_died_is_passed_over():
    async def live():
        sessions = Sessions(spares=1)
        (spare,) = await waiting(sessions)
        sessions.get_kernel(spare).provisioner.process.kill()
        while await sessions.get_kernel(spare).is_alive():  # noqa: ASYNC110 - there is nothing to wait for
            await asyncio.sleep(0.01)
        fresh = await sessions.start_kernel()
        await sessions.close()
        return fresh != spare

    assert run(live())


@pytest.mark.slow
def test_one_more_than_there_may_be_is_refused_in_words():
    async def live():
        sessions = Sessions(spares=0, most=1)
        with sessions.place(READER):
            with pytest.raises(FullError, match="in a minute"), sessions.place(READER):
                pass
            await sessions.start_kernel()
        with pytest.raises(FullError), sessions.place(READER):
            pass
        await sessions.close()
        with sessions.place(READER):
            return sessions.taken

    assert run(live()) == 1


@pytest.mark.slow
def test_a_session_without_its_page_makes_place_for_another_reader():
    async def live():
        sessions = Sessions(spares=0, most=1)
        deserted = await sessions.start_kernel()
        sessions.get_kernel(deserted).last_activity -= timedelta(seconds=DESERTED_S + 1)
        sessions.notify_connect(deserted)
        with pytest.raises(FullError), sessions.place(READER):
            pass
        sessions.notify_disconnect(deserted)
        with sessions.place(READER):
            await asyncio.gather(*sessions._tasks)
        left = deserted in sessions
        await sessions.close()
        return left

    assert not run(live())


@pytest.mark.slow
def test_nobody_takes_all_places(signed):
    async def live():
        sessions = Sessions(spares=0, most=40)
        for _ in range(sessions.most_each):
            sessions._begun.add(kernel_id := await sessions.start_for(signed))
            sessions.notify_connect(kernel_id)
            if len(sessions._begun) == LEAST_EACH:
                sessions.most = 16
                break
        with pytest.raises(FullError, match="You have 4 pages open"), sessions.place(signed.who.id):
            pass
        with sessions.place(signed.who.id + 1):
            pass
        await sessions.close()

    run(live())
