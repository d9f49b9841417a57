"""The top of a page."""

from datetime import UTC, datetime

from tollbook import metrics
from tollbook.show.figures import read
from tollbook.show.page import as_of, top


def test_it_says_as_of_when_and_shows_the_whole_span(network, monkeypatch):
    monkeypatch.setenv("TOLLBOOK_HOME", str(network.home))
    html = top(read("", "", "UTC"), [metrics.ASR, metrics.DTMF]).data
    assert "Data as of 2026-10-06 01:00 UTC. Sun 04 Oct 2026 22:30 to Mon 05 Oct 2026 22:30, UTC" in html
    assert "<strong>40.50 %</strong><small>409 / 1010</small>" in html
    assert "<strong>24.94 %</strong><small>102 / 409</small>" in html  # 102 answered calls are divisible by 4


def test_before_the_first_refresh_there_are_no_figures():
    assert as_of(None) == "No figures yet."
    assert as_of(datetime(2026, 10, 6, 1, tzinfo=UTC)) == "Data as of 2026-10-06 01:00 UTC."
