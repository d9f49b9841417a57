"""As of when a page's figures are."""

from datetime import UTC, datetime

from tollbook.show.page import as_of


def test_before_the_first_refresh_there_are_no_figures():
    assert as_of(None) == "No figures yet."
    assert as_of(datetime(2026, 10, 6, 1, tzinfo=UTC)) == "Data as of 2026-10-06 01:00 UTC."
