"""The figures of each area over a sliding period, worked out by hand and as the metrics have them."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from alerts.conftest import calls
from tollbook.account.alerts.areas import AREAS
from tollbook.account.alerts.models import Alert
from tollbook.account.database import Database
from tollbook.alerts.figures import course
from tollbook.alerts.sources import quarters, sources
from tollbook.lake.store import Lake
from tollbook.metrics import compute

FIRST = datetime(2026, 10, 5, 10, tzinfo=UTC)


def of(workspace, first: str, last: str, **fields: object) -> pl.DataFrame:
    """The figures of a rule at each quarter of an hour from the first to the last."""
    usual = {"area": "asr", "by": "", "customer": "", "carrier": "", "destination": "", "sample_min": 60}
    rule = Alert(**{**usual, **fields})
    ends = [datetime.fromisoformat(f"2026-10-05T{text}").replace(tzinfo=UTC) for text in (first, last)]
    with Database.of(workspace).reading() as session:
        found = sources(Lake(workspace), session)
        assert found is not None
        return course(found, rule, quarters(*ends))


def test_a_ratio_is_of_the_sums_of_its_period(workspace, keep) -> None:
    keep([*calls("10:00", 10, 5), *calls("10:15", 30, 3), *calls("10:45", 20, 16)])
    made = of(workspace, "10:15", "11:15", sample_min=30)
    assert made["numerator"].to_list() == [5, 8, 3, 16, 16]
    assert made["value"].to_list() == [5 / 10, 8 / 40, 3 / 30, 16 / 20, 16 / 20]
    assert made["calls"].to_list() == [10, 40, 30, 20, 20]


def test_each_carrier_has_its_own_of_its_seizures(workspace, keep) -> None:
    keep(
        calls("10:00", 4, 3, carrier="south"),
        [
            *calls("10:00", 4, 1, carrier="north", seizure=1),
            *calls("10:00", 3, 2, carrier="south", seizure=1),
        ],
    )
    made = of(workspace, "10:15", "10:15", by="carrier", sample_min=15)
    assert made.select("subject", "value", "calls").rows() == [("north", 1 / 4, 4), ("south", 2 / 3, 3)]
    assert of(workspace, "10:15", "10:15", carrier="north")["value"].to_list() == [1 / 4]


def test_no_calls_are_no_figure(workspace, keep) -> None:
    keep(calls("10:00", 4, 3))
    made = of(workspace, "12:00", "12:00")
    assert made.select("subject", "value", "calls").rows() == [("", None, 0)]


@pytest.mark.parametrize("area", ["asr", "acd", "dtmf", "short_calls", "unrated", "cps", "channels"])
@pytest.mark.parametrize("who", [{}, {"carrier": "north"}, {"customer": "alpha"}], ids=str)
def test_a_figure_is_what_the_metric_says_of_the_same_span(network, area: str, who: dict[str, str]) -> None:
    end = FIRST + timedelta(hours=5)
    made = of(network, "13:45", "15:00", area=area, sample_min=120, **who)
    for at, value in made.select("at", "value").rows():
        named = {f"{name}s": [one] for name, one in who.items()}
        (expected,) = compute(Lake(network), [area], (), at - timedelta(minutes=120), at, **named)[
            area
        ].to_list()
        assert value == pytest.approx(expected), at
    assert made["at"].max() == end
    assert made.height == 6


def test_channels_are_the_most_in_progress_of_the_period(workspace, keep) -> None:
    # One call a second from 10:00:00, each for 60 s: at 10:01 the first one is over and the others are there.
    keep(calls("10:00", 5, 5, customer="acme"))
    made = of(workspace, "10:15", "11:15", area="channels", by="customer")
    assert made["subject"].to_list() == ["acme"] * 5
    assert made["value"].to_list() == [4, 4, 4, 4, 0]
    assert made["calls"].is_null().all()


def test_every_area_has_figures_where_nothing_was_imported(workspace, keep) -> None:
    keep(calls("10:00", 1, 1))
    for name, area in AREAS.items():
        made = of(workspace, "10:15", "10:30", area=name, by=area.bys[0])
        assert made.columns == ["subject", "at", "value", "numerator", "denominator", "calls"]
