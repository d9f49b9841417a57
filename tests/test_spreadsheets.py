"""Texts that a spreadsheet may open."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tollbook.spreadsheets import cell, csv_text, escaped, exact, harmless


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_what_would_be_a_formula_is_a_text(text):
    assert harmless(text) == f"'{text}"


def test_other_texts_stay_as_they_are():
    assert harmless("1+1=2") == "1+1=2"


def test_figures_keep_their_digits_and_their_sign():
    assert cell(Decimal("-0.000000001")) == "-0.000000001"
    assert cell(-5) == -5
    assert cell(datetime(2026, 10, 5, 13, tzinfo=UTC)) == "2026-10-05 13:00"


def test_a_head_is_as_harmless_as_a_cell_and_the_unknown_is_empty():
    assert csv_text(["=a", "b"], [[None, "x,y"]]) == '\'=a,b\n,"x,y"\n'


@pytest.mark.parametrize("text", ["", "plain", "=1+1", "-", "'=1", "''@x", "'t Hart", "'", "+49"])
def test_what_is_escaped_comes_back(text: str) -> None:
    assert exact(escaped(text)) == text
    assert not escaped(text).startswith(("=", "+", "-", "@"))
    assert escaped(text).endswith(text)
