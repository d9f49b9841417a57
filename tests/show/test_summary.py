"""The Customer Summary on a page."""

import pytest

from tollbook.errors import UsageError
from tollbook.show.summary import grid, read, top


@pytest.fixture
def home(network, monkeypatch):
    monkeypatch.setenv("TOLLBOOK_HOME", str(network.home))


@pytest.mark.parametrize(
    ("view", "date"), [("daily", "2026-10-05"), ("weekly", "2026-W41"), ("monthly", "2026-10")]
)
def test_a_row_is_named_as_its_period(home, view, date):
    assert grid(read(view, "", "")).values["date"] == [date, date]


def test_charges_are_exact_text(home):
    # 400 x 0.0123 and 9 x 0.0123
    assert grid(read("daily", "", "")).values["charge"] == ["4.9200", "0.1107"]


def test_it_says_that_it_is_cut_in_utc(home):
    assert "A row a day, cut in UTC. Data as of 2026-10-06 01:00 UTC." in top(read("daily", "", "")).data


def test_rows_can_be_bounded(home):
    assert grid(read("daily", "2026-10-06", "")).values["date"] == []
    with pytest.raises(UsageError, match="'soon' is no date or time"):
        read("daily", "soon", "")
