"""What is remembered of a switch."""

from dataclasses import replace
from datetime import timedelta

from live.fakes import NOON, call, told
from tollbook.live.seen import Memory


def seconds(instant) -> float:
    return (instant - NOON).total_seconds()


def test_a_call_is_kept_when_it_begins_and_when_it_is_over() -> None:
    memory = Memory("s1")
    memory.see(told(1, call("a"), call("b")))
    begun, _ = memory.take(NOON + timedelta(seconds=2))
    assert [(one.call.call_id, seconds(one.first_at), seconds(one.last_at)) for one in begun] == [
        ("a", 1, 1),
        ("b", 1, 1),
    ]
    memory.see(told(2, call("a")))
    memory.see(told(3))
    over, _ = memory.take(NOON + timedelta(seconds=4))
    assert [(one.call.call_id, seconds(one.first_at), seconds(one.last_at)) for one in over] == [
        ("b", 1, 1),
        ("a", 1, 2),
    ]
    assert memory.take(NOON + timedelta(seconds=5)) == ([], [])


def test_an_incomplete_answer_ends_no_call() -> None:
    memory = Memory("s1")
    memory.see(told(1, call("a"), call("b")))
    memory.see(told(2, call("a"), complete=False))
    assert {one.call.call_id for one in memory} == {"a", "b"}
    memory.see(told(3, call("a")))
    assert {one.call.call_id for one in memory} == {"a"}


def test_times_that_the_switch_does_not_tell_are_when_it_was_first_seen() -> None:
    memory, bare = Memory("s1"), replace(call("a"), started_at=None)
    memory.see(told(1, bare))
    memory.see(told(2, replace(bare, answered=True)))
    (seen,) = memory.see(told(3, replace(bare, answered=True))).calls
    assert (seconds(seen.started_at), seconds(seen.answered_at)) == (1, 2)


def test_a_minute_counts_its_answers_and_knows_the_most() -> None:
    memory = Memory("s1")
    memory.see(told(10, call("a")))
    memory.see(told(20, call("a"), call("b"), complete=False))
    memory.missed(NOON + timedelta(seconds=30))
    memory.see(told(61))
    _, minutes = memory.take(NOON + timedelta(seconds=62))
    ((at, minute),) = minutes
    assert at == NOON
    assert (minute.polls, minute.failed, minute.incomplete, minute.most) == (3, 1, 1, 2)
    assert minute.most_at == NOON + timedelta(seconds=20)
