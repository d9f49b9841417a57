"""What the expressions take is what `account.fields` takes, for each character that there is."""

import re
import sys
import unicodedata

import pytest

from tollbook.account.fields import FIELDS, checked_id, parse_name
from tollbook.account.models import Customer
from tollbook.api.texts import AMOUNT, ID, LINE, LINES, PERCENT, POSITIVE
from tollbook.errors import UsageError

EVERY = [c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(c) not in {"Cs", "Cn"}]
"""All that this Python's Unicode knows; a newer one knows more that is not seen."""


def takes(pattern: str, text: str) -> bool:
    return re.fullmatch(pattern, text) is not None


def read(parse, text: str) -> bool:
    try:
        return bool(parse(text) == text)
    except (ValueError, UsageError):
        return False


def test_a_line_may_hold_each_character_that_is_seen() -> None:
    wrong = [c for c in EVERY if takes(LINE, f"a{c}b") != read(parse_name, f"a{c}b")]
    assert wrong == []


def test_and_has_no_space_at_its_ends() -> None:
    wrong = [c for c in EVERY if takes(LINE, c) != (read(parse_name, c) and c.strip() == c)]
    assert wrong == []


def test_an_id_may_hold_what_a_folder_can_be_named() -> None:
    wrong = [
        c
        for c in EVERY
        if takes(ID, c) != read(checked_id, c) or takes(ID, f"a{c}") != read(checked_id, f"a{c}")
    ]
    assert wrong == []


def test_an_address_has_lines() -> None:
    assert takes(LINES, "1 High Street\nLondon\n")
    assert takes(LINES, "")
    assert not takes(LINES, "1 High Street\r\nLondon")
    assert [
        c
        for c in EVERY
        if c != "\n" and takes(LINES, c) != (unicodedata.category(c) not in {"Cc", "Cf", "Zl", "Zp"})
    ] == []


@pytest.mark.parametrize(
    ("pattern", "field", "text", "is_right"),
    [
        (AMOUNT, "debit_limit", "0", True),
        (AMOUNT, "debit_limit", "-12.000000001", True),
        (AMOUNT, "debit_limit", "9" * 29, True),
        (AMOUNT, "debit_limit", "9" * 30, False),
        (AMOUNT, "debit_limit", "1.0000000001", False),
        (AMOUNT, "debit_limit", "1e3", False),
        (AMOUNT, "debit_limit", "NaN", False),
        (PERCENT, "tax_rate", "19", True),
        (PERCENT, "tax_rate", "100.0", True),
        (PERCENT, "tax_rate", "100.1", False),
        (PERCENT, "tax_rate", "-1", False),
    ],
)
def test_numbers_are_those_that_the_field_takes(
    pattern: str, field: str, text: str, is_right: object
) -> None:
    def taken() -> bool:
        try:
            FIELDS[Customer][field].value(text)
        except UsageError:
            return False
        return True

    assert takes(pattern, text) is is_right
    assert taken() is is_right


@pytest.mark.parametrize("text", ["0.5", "0.50", "0.500", "0.05", "0.050", "0.005", "1", "1.50", "10.005"])
def test_an_amount_above_zero_may_end_in_zeros(text: str) -> None:
    assert takes(POSITIVE, text)


@pytest.mark.parametrize("text", ["0", "0.0", "0.00", "0.000", "", "-1", "0.0005", "00.1", ".5", "1.0005"])
def test_what_is_not_above_zero_or_has_too_many_decimals_is_none(text: str) -> None:
    assert not takes(POSITIVE, text)
