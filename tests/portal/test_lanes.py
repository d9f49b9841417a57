"""Lanes: what waits in one holds up nothing else, and one that is full turns the next away at once."""

import asyncio
import os
import sys
import threading

import pytest
from tornado.web import HTTPError

from aside import run
from tollbook.language import current, speaking
from tollbook.portal.lanes import FullLaneError, Lane


def test_as_many_as_there_is_room_for_are_inside_and_the_next_is_turned_away():
    async def crowd():
        lane, done = Lane("full", threads=1, most=3), threading.Event()
        inside = [asyncio.create_task(lane.do(done.wait)) for _ in range(3)]
        await asyncio.sleep(0)
        with pytest.raises(FullLaneError):
            await lane.do(done.wait)
        with pytest.raises(HTTPError) as busy:
            await lane.answer(done.wait)
        assert busy.value.status_code == 503
        assert await asyncio.to_thread(lambda: "elsewhere") == "elsewhere"
        done.set()
        return [*await asyncio.gather(*inside), await lane.do(lambda: "free again")]

    assert run(crowd()) == [True, True, True, "free again"]


def test_what_fails_makes_room_too():
    async def failing():
        lane = Lane("failing", threads=1, most=1)
        for _ in range(2):
            with pytest.raises(ZeroDivisionError):
                await lane.do(lambda: 1 // 0)

    run(failing())


def test_texts_are_in_the_language_of_whoever_asked():
    async def told():
        with speaking("de"):
            return await Lane("speaking", threads=1, most=1).answer(current)

    assert run(told()) == "de"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads have no rank of their own")
def test_a_lane_that_steps_back_has_a_lower_rank_and_no_other_thread_has():
    def rank():
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    async def ranks():
        behind = Lane("behind", threads=1, most=1, steps_back=True)
        return rank(), await behind.do(rank), await Lane("level", threads=1, most=1).do(rank)

    own, behind, level = run(ranks())
    assert behind == min(own + 5, 19)
    assert level == own
