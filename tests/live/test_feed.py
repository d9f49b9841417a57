"""Everybody is told of what changes, by one answer of the switches."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from aside import run as run_aside
from live.fakes import Fake, call, told
from tollbook.account.scope import Scope
from tollbook.live import feed as feeds
from tollbook.live.collect import Collector
from tollbook.live.feed import Feed, FullError
from tollbook.workspace import Workspace

READERS = 50
ADMIN, CONTACT = Scope("admin"), Scope("contact", "acme")


@pytest.fixture
def fake() -> Fake:
    return Fake(answers=[told(1, call("a"), call("b", "bolt")), told(2, call("a"))])


@pytest.fixture
def feed(workspace: Workspace, fake: Fake, monkeypatch: pytest.MonkeyPatch) -> Feed:
    monkeypatch.setattr(feeds, "LEAST_S", 0.0)
    return Feed(Collector(workspace, [(fake, 60)]))


async def always() -> bool:
    return True


def test_fifty_readers_are_told_by_one_poll(feed: Feed, fake: Fake) -> None:
    async def run() -> list[list[int]]:
        feed.connect(asyncio.get_running_loop())
        started = asyncio.Semaphore(0)

        async def read(scope: Scope) -> list[int]:
            heard: list[int] = []
            stream = feed.events(scope, always)
            async for text in stream:
                heard.append(json.loads(text.removeprefix("data: "))["channels"])
                started.release()
                if heard[-1:] == [1]:
                    break
            await stream.aclose()
            return heard

        feed.collector.poll(fake)
        readers = [asyncio.create_task(read(ADMIN if n else Scope("analyst"))) for n in range(READERS)]
        for _ in readers:
            await started.acquire()
        await asyncio.to_thread(feed.collector.poll, fake)
        return await asyncio.gather(*readers)

    heard = run_aside(run())
    assert len(heard) == READERS
    assert all(each[0] == 2 and each[-1] == 1 for each in heard)
    assert fake.asked == 2


def test_what_a_contact_is_told_names_no_other_customer_and_no_carrier(feed: Feed, fake: Fake) -> None:
    feed.collector.poll(fake)
    text = run_aside(feed.text(CONTACT, calls=True))
    shown = json.loads(text.removeprefix("data: "))
    assert (shown["channels"], len(shown["calls"])) == (1, 1)
    assert "bolt" not in text
    assert "alpha" not in text
    assert "s1" not in text


def test_a_stream_ends_when_its_reader_is_no_longer_let_in(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "QUIET_S", 0.0)

    async def never() -> bool:
        return False

    async def run() -> int:
        return len([text async for text in feed.events(ADMIN, never)])

    assert run_aside(run()) == 1


def test_there_are_only_so_many_streams(feed: Feed, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "live.yml").write_text("streams: 3\nstreams_each: 2\n")
    monkeypatch.setenv("TOLLBOOK_PARAMS", str(tmp_path))
    with feed.place("one"), feed.place("one"):
        with pytest.raises(FullError), feed.place("one"):
            pass
        with feed.place("two"), pytest.raises(FullError), feed.place("three"):
            pass
    assert feed.counts.total() == 0


def test_one_customer_leaves_streams_to_the_others(
    feed: Feed, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "live.yml").write_text("streams: 9\nstreams_each: 2\nstreams_customer: 3\n")
    monkeypatch.setenv("TOLLBOOK_PARAMS", str(tmp_path))
    with feed.place("one", "acme"), feed.place("two", "acme"), feed.place("three", "acme"):
        with pytest.raises(FullError, match="Your company") as told, feed.place("four", "acme"):
            pass
        assert "event: full" in feeds.full(told.value)
        with feed.place("five", "bolt"), feed.place("an operator"):
            pass
    assert not feed.customers


def test_numbers_with_most_calls_come_first(feed: Feed, fake: Fake) -> None:
    feed.collector.poll(fake)
    shown = json.loads(run_aside(feed.text(ADMIN, calls=True)).removeprefix("data: "))
    assert shown["by_called"] == [{"called": "4420", "channels": 2, "answered": 0}]
    assert "by_called" not in json.loads(run_aside(feed.text(ADMIN)).removeprefix("data: "))


def test_records_without_an_end_are_told_where_no_switch_is_asked(
    workspace: Workspace, keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "LEAST_S", 0.0)
    monkeypatch.setattr(feeds, "QUIET_S", 0.0)
    feed, now = Feed(Collector(workspace, [])), datetime.now(UTC).replace(microsecond=0)
    assert not feed.tells()  # a page that is open would never be told anything

    def begun(name: str, customer: str) -> None:
        at = (now - timedelta(minutes=5)).replace(tzinfo=None).isoformat()
        keep([{"at": at, "call_id": name, "customer": customer, "ended_at": None}])

    async def run() -> list[int]:
        heard: list[int] = []
        async for text in feed.events(ADMIN, always):
            told = json.loads(text.removeprefix("data: "))
            assert (told["source"], told["silent"], told["complete"]) == ("records", False, True)
            if told["channels"] not in heard:
                heard.append(told["channels"])
                begun("b", "bolt")
                feed._key = None  # else a text is good for the second
            if len(heard) == 2:
                break
        return heard

    begun("a", "acme")
    assert feed.tells()
    assert run_aside(run()) == [1, 2]
    assert json.loads(run_aside(feed.text(CONTACT)).removeprefix("data: "))["channels"] == 1


def test_a_process_has_the_feed_that_it_began(workspace: Workspace) -> None:
    assert feeds.feed(workspace) is None
    made = feeds.begin(Collector(workspace, []))
    assert feeds.feed(workspace) is made
    feeds.end(workspace)
    assert feeds.feed(workspace) is None
