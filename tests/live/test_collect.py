"""The one who asks."""

import threading
from datetime import UTC, datetime

import polars as pl
import pytest

from live.fakes import Fake, call, told
from tollbook.live.collect import Collector, collector
from tollbook.live.kept import LiveLake
from tollbook.live.snapshot import LiveCall, Snapshot
from tollbook.workspace import Workspace

PATIENCE_S = 60


def test_a_switch_that_does_not_answer_never_becomes_zero(workspace: Workspace) -> None:
    fake = Fake(answers=[told(1, call("a"), call("b")), None])
    one = Collector(workspace, [(fake, 5)])
    one.poll(fake)
    one.poll(fake)
    (held,) = one.present.held
    assert held.told is not None
    assert len(held.told.calls) == 2
    assert held.why == "s1: no answer"


def test_an_answer_that_nobody_understands_ends_nothing(workspace: Workspace) -> None:
    class Odd(Fake):
        def snapshot(self) -> Snapshot:
            raise KeyError("state")

    odd = Odd()
    one = Collector(workspace, [(odd, 5)])
    one.poll(odd)
    assert one.present.held[0].why == "s1: its answer cannot be used"


def test_all_switches_are_asked_at_once(workspace: Workspace) -> None:
    meet = threading.Barrier(2, timeout=PATIENCE_S)

    class Slow(Fake):
        def snapshot(self) -> Snapshot:
            meet.wait()
            return super().snapshot()

    two = [Slow("s1", [told(1, call("a"))]), Slow("s2", [told(2, call("b"))])]
    present = Collector(workspace, [(each, 5) for each in two]).once()
    assert [name for name, _ in present.calls()] == ["s1", "s2"]


def test_it_asks_by_itself_tells_who_listens_and_keeps_what_it_saw(workspace: Workspace) -> None:
    here = threading.Event()
    now = datetime.now(UTC)
    fake = Fake(answers=[Snapshot(now, (LiveCall("a", "acme", started_at=now),))])
    one = Collector(workspace, [(fake, 1)])
    one.listen(here.set)
    one.start()
    assert here.wait(PATIENCE_S)
    assert one.leads
    one.stop()
    assert not one.leads
    kept = LiveLake(workspace).seen().collect()
    assert kept.select("switch", "call_id", "customer").rows() == [("s1", "a", "acme")]
    assert LiveLake(workspace).asked().select(pl.col("polls").sum()).collect().item() >= 1


def test_one_process_asks_and_the_others_read_what_it_tells(workspace: Workspace) -> None:
    heard, took_over = threading.Event(), threading.Event()
    asking = Fake(answers=[told(1, call("a"))])
    waiting = Fake(answers=[told(2, call("b"), call("c"))])
    first, second = Collector(workspace, [(asking, 1)]), Collector(workspace, [(waiting, 1)])

    def hear() -> None:
        heard.set()
        if waiting.asked:
            took_over.set()

    second.listen(hear)
    first.start()
    second.start()
    assert heard.wait(PATIENCE_S)
    assert waiting.asked == 0
    assert [each.call_id for _, each in second.present.calls()] == ["a"]
    first.stop()
    assert took_over.wait(PATIENCE_S)
    second.stop()


def test_without_sources_nothing_begins(workspace: Workspace) -> None:
    one = collector(workspace)
    one.start()
    assert not one.leads
    assert one.present.held == ()
    one.stop()


def test_a_source_of_an_unknown_kind_stops_it_at_the_start(
    workspace: Workspace, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "live.yml").write_text("sources: [{name: s1, kind: kamalio, address: 'http://127.0.0.1'}]\n")
    monkeypatch.setenv("TOLLBOOK_PARAMS", str(tmp_path))
    with pytest.raises(Exception, match="did you mean 'kamailio'"):
        collector(workspace)
