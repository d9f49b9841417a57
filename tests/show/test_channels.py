"""Calls in progress on a page: the records, and on until now as the switches tell."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from live.fakes import call, told
from tollbook import metrics
from tollbook.account.scope import Scope
from tollbook.live.present import Held, Present
from tollbook.live.snapshot import Snapshot
from tollbook.show import channels
from tollbook.show.figures import Figures
from tollbook.show.lineup import NOT_TOLD, TOTAL
from tollbook.show.reading import Asked, Reading
from tollbook.show.span import span
from tollbook.show.tiles import tiles_of
from tollbook.workspace import Workspace

NOON = datetime(2026, 10, 5, 12, tzinfo=UTC)


@pytest.fixture
def home(workspace: Workspace, keep) -> Workspace:
    """Records of 12:00 to 12:03, of two calls of acme by alpha; one of them goes on until 12:02:30."""
    keep(
        [
            {"at": "2026-10-05T12:00:00", "customer": "acme", "carrier": "alpha", "talk_s": 60, "call_id": "r1"},
            {"at": "2026-10-05T12:00:30", "customer": "acme", "carrier": "alpha", "talk_s": 120, "call_id": "r2"},
        ]
    )  # fmt: skip
    return workspace


def present(after_s: float = 20 * 60 + 20) -> Present:
    """At 12:20:20: one call of acme since 12:01, one of bolt by no carrier since 12:19:30."""
    calls = call("a", begun_s=60), call("b", "bolt", None, begun_s=1170)
    return Present((Held("s1", 5).answered(told(after_s, *calls)),))


def figures(home: Workspace, scope: Scope | None = None, **asked) -> Figures:
    return Figures(
        Reading(home, scope), span("2026-10-05T12:00Z", "2026-10-05T12:15Z", "UTC", None), Asked(**asked)
    )


def now(home: Workspace, scope: Scope | None = None, polled: Present | None = None, **asked) -> Figures:
    return channels.until_now(figures(home, scope, **asked), polled or present(), moves=False, follows=True)


def course(made: Figures, by: str, series: str) -> list[float | None]:
    return made.channels(by).filter(pl.col("series") == series)["value"].to_list()


def test_the_line_goes_on_from_the_records_until_now_without_a_step(home):
    made = now(home)
    assert made.span.end == NOON + timedelta(minutes=21)
    total = course(made, "total", TOTAL)
    # Records: 1 at 12:00, 2 at 12:01... of r1 [12:00, 12:01) and r2 [12:00:30, 12:02:30); a goes on from 12:01.
    assert total[:5] == [1, 2, 2, 1, 1]
    # 12:20 has both calls that go on; the last point is what was told at 12:20:20.
    assert total[-2:] == [2, 2]
    assert made.channels("total")["at"][-1] == NOON + timedelta(seconds=1220)


def test_lines_of_customers_and_carriers_go_on_too(home):
    made = now(home)
    assert course(made, "customer", "bolt")[-2:] == [1, 1]  # who has no record yet
    assert course(made, "customer", "acme")[-1] == 1
    assert course(made, "carrier", "alpha")[-2:] == [1, 1]
    assert course(now(home, customers=["bolt"]), "total", TOTAL)[-1] == 1
    assert NOT_TOLD not in made.lineup.names("carrier")


def test_between_the_records_and_the_first_answer_nothing_is_known(home):
    empty = Present((Held("s1", 5).answered(Snapshot(NOON + timedelta(minutes=40), ())),))
    total = course(now(home, polled=empty), "total", TOTAL)
    assert total[14:16] == [0, None]  # records reach until 12:15
    assert total[-3:] == [None, 0, 0]


def test_a_contact_has_its_own_calls_and_no_carriers(home):
    made = now(home, Scope("contact", "acme"))
    assert course(made, "total", TOTAL)[-1] == 1
    routes = made.channels("carrier").filter(pl.col("series") != TOTAL)
    assert routes["value"].to_list()[-3:] == [None] * 3
    assert "alpha" not in str(routes.to_dicts())
    assert channels.follows(made, "carrier") == {}
    picked = routes["series"][0]
    assert course(now(home, Scope("contact", "acme"), carriers=[picked]), "total", TOTAL)[-1] is None


def test_a_page_goes_on_by_the_stream_where_the_stream_tells_its_lines(home):
    made = now(home)
    assert channels.follows(made, "customer")["lines"] == {
        TOTAL: [],
        "acme": ["customer", "acme"],
        "bolt": ["customer", "bolt"],
    }
    assert channels.follows(made, "total")["t"] == int((NOON.timestamp() + 1220) * 1000)
    picked = now(home, customers=["acme", "bolt"])
    assert channels.follows(picked, "total")["lines"] == {TOTAL: ["customer", "acme", "bolt"]}
    assert channels.follows(picked, "carrier") == {}
    told_now = channels.now(made)
    assert told_now == {"words": "now {count}", "count": "2", "whose": []}


def test_the_tile_tells_the_most_until_now_and_the_number_now(home):
    (tile,) = tiles_of(figures(home), [metrics.CHANNELS], now(home))
    assert (tile["value"], tile["parts"]) == ("2", "most, Mon 5 Oct 12:01")
    assert tile["now"] == {"words": "now {count}", "count": "2", "whose": []}
    assert tile["course"][-1] == 2
    (without,) = tiles_of(figures(home), [metrics.CHANNELS])
    assert "now" not in without


def test_what_the_switches_do_not_tell_is_said(home):
    silent = channels.told(now(home))  # their answer is of long ago
    assert "A switch does not answer: what it told last counts on." in silent
    assert channels.told(figures(home)) == ""


def test_a_span_of_the_past_ends_where_it_was_asked_to(home):
    made = channels.until_now(figures(home), present(), moves=False, follows=False)
    assert made.span == figures(home).span
    assert course(made, "total", TOTAL)[:4] == [1, 2, 2, 1]
    assert channels.follows(made, "total") == {}
    assert channels.now(made) is None


def test_a_start_that_moves_does_so_by_quarters_of_an_hour(home):
    made = channels.until_now(figures(home), present(), moves=True, follows=True)
    assert (made.span.start, made.span.end) == (NOON, NOON + timedelta(minutes=21))
