"""Calls in progress on the pages: at the top, and the page of them."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect
from tornado.web import HTTPError

from aside import run
from live.fakes import call
from live.served import Stream, asking
from portal.doors import KNOWN, Visitor, cookie_of, header
from tollbook.account.database import shared
from tollbook.account.models import Customer
from tollbook.account.scope import Scope
from tollbook.live.kept import keep
from tollbook.live.seen import Memory
from tollbook.live.snapshot import Snapshot
from tollbook.portal.lanes import Lane
from tollbook.portal.live import LivePast

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def asks(billable, tmp_path_factory):
    """A portal that asks a switch, and the switch; alpha has two channels, and had three calls an hour ago."""
    with shared(billable).session() as session:
        session.get_one(Customer, "alpha").channels = 2
    ago, memory = datetime.now(UTC) - timedelta(hours=1), Memory("sbc1")
    calls = [replace(call(f"past-{n}", "alpha", "north"), started_at=ago) for n in range(3)]
    for seconds, seen in ((1, calls), (3, [])):
        memory.see(Snapshot(ago + timedelta(seconds=seconds), tuple(seen), complete=True, took_ms=1.0))
    keep(billable, [("sbc1", memory.take(ago, everything=True))], keep_days=90, now=ago)
    with asking(billable, tmp_path_factory.mktemp("params")) as both:
        yield both


@pytest.fixture
def asked(asks):
    """The same, with two calls of alpha and one of beta."""
    asks[1].calls = [("alpha", "north"), ("alpha", "south"), ("beta", "north")]
    return asks


def settled(portal, cookie, channels):
    """Wait until the server has heard of so many calls."""
    stream = Stream(portal, "/live/stream", **header(cookie))
    stream.until(channels)
    stream.close()


def test_the_top_tells_live_and_configured_channels(asked, billable):
    portal, _ = asked
    cookie = cookie_of(billable.home, "analyst", role="analyst")
    settled(portal, cookie, 3)
    text = Visitor(portal, cookie).get("/pages").text
    assert re.search(r'data-level="over".*?<strong>3 / 2</strong>', text, re.DOTALL)


def test_a_contact_has_its_own_calls_and_no_carriers(asked, billable):
    portal, _ = asked
    cookie = cookie_of(billable.home, "carl", customer="alpha")
    settled(portal, cookie, 2)
    assert "<strong>2 / 2</strong>" in Visitor(portal, cookie).get("/pages").text
    page = Visitor(portal, cookie).get("/live").text
    assert 'data-column="carrier"' not in page
    assert re.findall(r'<option value="(\w*)"', page.split("tollbook-live-by")[1].split("</select>")[0]) == [
        "",
        "called",
    ]
    assert "north" not in page
    assert "never recorded" not in page
    assert (
        "never recorded"
        in Visitor(portal, cookie_of(billable.home, "analyst", role="analyst")).get("/live").text
    )
    stream = Stream(portal, "/live/stream?calls=1", **header(cookie))
    event = stream.until(2)
    stream.close()
    assert "by_carrier" not in event
    assert {call["called"] for call in event["calls"]} == {"4420", "4421"}


@pytest.mark.parametrize(
    "person", [{"login": "analyst", "role": "analyst"}, {"login": "carl", "customer": "alpha"}]
)
def test_the_peaks_of_a_day_and_breaches_of_channels_are_told(asked, billable, person):
    portal, _ = asked
    page = Visitor(portal, cookie_of(billable.home, **person)).get("/live").text
    told = page.split("The last 24 hours, as seen in progress")[1].partition("</section>")[0]
    assert re.findall(r"<strong>(\d+)</strong> ([a-z ]+)", told) == [
        ("3", "calls at once at most"),
        ("3", "calls that began in one second at most"),
        ("1", "times more calls than configured channels"),
    ]
    assert re.search(r"<li><bdi>alpha</bdi> · .*? · 3 / 2</li>", told)


def test_a_stream_ends_with_its_sign_in(asked, billable):
    portal, _ = asked
    visitor = Visitor(portal, cookie_of(billable.home, "leaver", role="analyst"))
    stream = Stream(portal, "/live/stream", **header(next(iter(visitor.cookies.items()))))
    stream.next()
    visitor.get("/pages")
    assert visitor.post("/logout").status in {302, 303}
    stream.to_the_end()
    stream.close()


def test_without_a_switch_the_top_says_that_there_is_no_live_source(billing):
    cookie = KNOWN[billing]
    visitor = Visitor(billing, cookie)
    assert re.search(r"<strong>–.*?no live source", visitor.get("/pages").text, re.DOTALL)
    assert visitor.get("/live/stream").status == 204
    assert "nobody can tell" in visitor.get("/live").text


@pytest.mark.browser
def test_an_open_page_goes_on_by_itself(asked, opened):
    portal, switch = asked
    watched = opened(f"{portal}live")
    page = watched.page
    number = page.locator(".tollbook-live strong")
    expect(number).to_have_text("3 / 2")
    expect(page.locator(".tollbook-live-says")).to_have_text("above the limit")
    expect(page.locator(".tollbook-live-calls tbody tr")).to_have_count(3)
    expect(page.locator('[data-by="carrier"] tbody tr')).to_have_text(["north2–", "south1–"])
    expect(page.locator(".tollbook-live-past[data-points] path[d^=M]")).to_have_count(1)
    switch.calls = switch.calls[:1]
    expect(number).to_have_text("1 / 2")
    expect(page.locator(".tollbook-live-calls tbody tr")).to_have_count(1)
    switch.calls = [*switch.calls, ("alpha", "south"), ("beta", "north")]
    expect(page.locator(".tollbook-live-calls tbody tr")).to_have_count(3)
    page.locator(".tollbook-live-by").select_option("customer")
    expect(page.locator(".tollbook-live-calls th[scope=rowgroup]")).to_have_text(["alpha 2 / 2", "beta 1"])
    page.locator(".tollbook-live-by").select_option("called")
    expect(page.locator(".tollbook-live-calls th[scope=rowgroup]")).to_have_text(
        ["4420 1", "4421 1", "4422 1"]
    )
    page.locator(".tollbook-live-filter input").fill("beta")
    expect(page.locator(".tollbook-live-calls th[scope=rowgroup]")).to_have_text(["4422 1"])
    assert page.evaluate(FOLLOWED, ["switches", "records", "none"]) == [1, 1, 0]
    assert watched.wrong == []


FOLLOWED = """async (sources) => {
  const place = document.querySelector(".tollbook-live");
  const text = await (await fetch(document.querySelector('script[src*="live.js"]').src)).text();
  let asked;
  window.EventSource = class { constructor() { asked += 1; } addEventListener() {} close() {} };
  return sources.map((source) => { asked = 0; place.dataset.source = source; new Function(text)(); return asked; });
}"""
"""How many streams the top of a page begins, by who tells what is in progress."""


def test_a_graph_finds_no_place_where_too_many_are_computed(billable, monkeypatch):
    monkeypatch.setenv("TOLLBOOK_HOME", str(billable.home))
    monkeypatch.setattr("tollbook.portal.live.GRAPHS", Lane("full", threads=1, most=0))
    asking = SimpleNamespace(signed=SimpleNamespace(scope=Scope("admin")))
    with pytest.raises(HTTPError) as busy:
        run(LivePast.get(asking))
    assert busy.value.status_code == 503


@pytest.mark.browser
def test_the_dashboards_live_channels_go_on_until_now(asked, opened):
    portal, switch = asked
    watched = opened(f"{portal}dashboard?by=carrier")
    page = watched.page
    expect(page.locator(".tollbook-tile-now")).to_have_text("now 3")
    graph = page.locator('.tollbook-graph[data-name="channels"]')
    expect(graph.locator(".tollbook-graph-note")).to_contain_text("Last told")
    drawn = graph.locator(".tollbook-chart[data-drawn]")
    expect(drawn).to_have_count(1)
    last = "e => [e.tollbookView.data('lines').filter(r => r.series === '*total').at(-1).value, e.tollbookView.data('lines').filter(r => r.series === 'south').at(-1).value]"
    assert drawn.evaluate(last) == [3, 1]
    switch.calls = switch.calls[:1]
    expect(page.locator(".tollbook-tile-now")).to_have_text("now 1")
    page.wait_for_function(
        f"({last})(document.querySelector('[data-name=channels] .tollbook-chart')).join() === '1,0'"
    )
    assert watched.wrong == []
