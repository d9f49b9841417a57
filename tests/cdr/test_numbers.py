"""Telephone numbers as written and as kept."""

import polars as pl
import pytest

from tollbook.cdr.numbers import digits, raw_if_different


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("447700900123", "447700900123"),
        ("+447700900123", "447700900123"),
        ("00447700900123", "00447700900123"),
        ("049123", "049123"),
        ("sip:447700900123@10.0.0.1:5060;user=phone", "447700900123"),
        ("<sips:+447700900123@carrier.example>", "447700900123"),
        ("tel:+447700900123;phone-context=example", "447700900123"),
        ("anonymous", "anonymous"),
        (" 447700900123 ", "447700900123"),
        ("+", None),
        ("", None),
        (None, None),
    ],
)
def test_a_number_loses_its_plus_and_its_uri_and_keeps_its_zeros(
    written: str | None, kept: str | None
) -> None:
    row = pl.DataFrame({"n": [written]}, schema={"n": pl.String})
    assert row.select(digits(pl.col("n"))).item() == kept


@pytest.mark.parametrize(("written", "raw"), [("+44", "+44"), ("44", None), ("sip:44@a", "sip:44@a")])
def test_the_raw_text_is_kept_only_where_it_differs(written: str, raw: str | None) -> None:
    assert pl.DataFrame({"n": [written]}).select(raw_if_different(pl.col("n"))).item() == raw
