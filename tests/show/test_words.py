"""Figures as people read them."""

from decimal import Decimal

import pytest

from tollbook import metrics
from tollbook.show.words import figure, of


@pytest.mark.parametrize(
    ("metric", "value", "said"),
    [
        (metrics.ASR, 409 / 1010, "40.50 %"),
        (metrics.ASR, None, "–"),
        (metrics.ASR, 0.0, "0.00 %"),
        (metrics.ACD, 3600 / 51, "70.6 s"),
        (metrics.PDD, 1500.4, "1,500 ms"),
        (metrics.ATTEMPTS, 1010, "1,010"),
        (metrics.CHARGE, Decimal("1234.560000000"), "1,234.560000000"),
    ],
)
def test_a_figure_has_its_unit(metric, value, said):
    assert figure(metric, value) == said


@pytest.mark.parametrize(
    ("top", "bottom", "said"),
    [
        (409, 1010, "  (409 / 1010)"),
        (3600.0, 51, "  (3600 / 51)"),
        (70.588, 51, "  (70.588 / 51)"),
        (7, None, ""),
    ],
)
def test_a_ratio_travels_with_its_parts(top, bottom, said):
    assert of(top, bottom) == said
