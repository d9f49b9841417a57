"""What an alert can watch."""

from decimal import Decimal

import pytest

from tollbook.account.alerts.areas import AREAS, OPERATORS, kind_words, operator_words, status_words
from tollbook.account.alerts.models import KINDS, STATUSES
from tollbook.language import speaking
from tollbook.metrics import METRICS

ELSEWHERE = {"balance", "pdd_p95", "completeness"}
"""Areas whose figures are no metric."""


def test_an_area_is_a_metric_in_its_own_unit_or_one_that_no_metric_tells() -> None:
    assert set(AREAS) - ELSEWHERE <= set(METRICS)
    for name in set(AREAS) - ELSEWHERE:
        assert AREAS[name].unit == METRICS[name].unit
        assert AREAS[name].label == METRICS[name].label


def test_what_is_bad_of_a_metric_is_what_its_alert_looks_for() -> None:
    for name in set(AREAS) - ELSEWHERE:
        if METRICS[name].better:
            assert AREAS[name].operator == ("below" if METRICS[name].better == "higher" else "above")


@pytest.mark.parametrize(
    ("area", "value", "words"),
    [
        ("asr", Decimal("0.4636"), "46.36 %"),
        ("acd", 70.588, "70.6 s"),
        ("pdd", Decimal(1500), "1,500 ms"),
        ("cps", 0.5, "0.5 1/s"),
        ("channels", 12.0, "12"),
        ("balance", Decimal("-1234.5"), "-1,234.50 EUR"),
        ("asr", None, "–"),
    ],
)
def test_a_figure_is_written_in_the_areas_unit(area: str, value: Decimal | None, words: str) -> None:
    assert AREAS[area].words(value, "EUR") == words


def test_a_figure_is_written_as_its_language_does() -> None:
    with speaking("de"):
        assert AREAS["asr"].words(Decimal("0.4636")) == "46,36 %"


def test_json_has_amounts_exactly_and_other_figures_as_numbers() -> None:
    assert AREAS["balance"].told(Decimal("0.1")) == Decimal("0.1")
    assert AREAS["asr"].told(Decimal("0.5")) == 0.5
    assert isinstance(AREAS["asr"].told(Decimal("0.5")), float)
    assert AREAS["asr"].told(None) is None


def test_every_operator_status_and_kind_has_words() -> None:
    for words, names in ((operator_words, OPERATORS), (status_words, STATUSES), (kind_words, KINDS)):
        assert len({words(name) for name in names}) == len(names)
    assert status_words("") == "not judged yet"
