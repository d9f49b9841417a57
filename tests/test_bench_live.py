"""The bench of those who follow the calls in progress, without a server: what counts as told, and what must hold."""

from typing import Any

import pytest
from bench.live.judged import broken, delays
from bench.live.switch import CUSTOMERS, Stub
from bench.live.viewer import Viewer

HELD: dict[str, Any] = {"from_change": {"p95_s": 2.0, "missed": 0}, "polls_per_s": 1.1}
"""A run in which every bound holds, if only just."""


@pytest.fixture
def stub() -> Stub:
    """Changes at 0, 10, 20 and 21 s; the third was over before anybody asked."""
    made = Stub(20 * CUSTOMERS, changes=[0.0, 10.0, 20.0, 21.0], answered={0: 0.5, 1: 10.5, 3: 21.5})
    assert [made.each(change) for change in range(4)] == [20, 21, 22, 23]
    return made


def test_a_viewer_is_told_of_a_change_by_the_first_event_that_is_no_older(stub: Stub) -> None:
    viewer = Viewer("t", "/", 1, heard=[(9.0, 20), (11.0, 21), (12.0, 21), (22.0, 23)])
    told = delays(stub, [viewer], range(1, 4), dict(enumerate(stub.changes)))
    assert (told["p50_s"], told["max_s"], told["missed"]) == (1.0, 2.0, 0)  # 11 - 10, 22 - 20, 22 - 21
    told = delays(stub, [viewer], range(1, 4), stub.answered)
    assert (told["p50_s"], told["max_s"]) == (0.5, 0.5)  # 11 - 10.5, twice 22 - 21.5


def test_what_nobody_is_told_is_counted(stub: Stub) -> None:
    deaf = Viewer("t", "/", 1, heard=[(9.0, 20), (11.0, 21)])
    assert delays(stub, [deaf], range(1, 4), dict(enumerate(stub.changes)))["missed"] == 2


def test_an_answer_has_the_calls_of_each_customer_and_says_when_it_told_a_change_first(stub: Stub) -> None:
    stub.answered.clear()
    assert stub.answer({"id": 1}).count(b'"call-id"') == 23 * CUSTOMERS
    assert (stub.asked, list(stub.answered)) == (1, [3])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, []),
        ({"from_change": {"p95_s": 2.1, "missed": 0}}, ["p95 from a change to its event is 2.1 s"]),
        ({"from_change": {"p95_s": 1.0, "missed": 3}}, ["3 changes were never told to a viewer"]),
        ({"polls_per_s": 2.0}, ["the switch was asked 2.00 times a second"]),
    ],
)
def test_a_bound_that_does_not_hold_is_said(change: dict[str, Any], words: list[str]) -> None:
    assert [said.partition(",")[0] for said in broken({**HELD, **change})] == words
