"""Lines that a CSV reader would take wrongly are taken apart as they were meant."""

import json

import pytest

from tollbook.cdr.format import Layout
from tollbook.lake.lines import flat, split

LAYOUT = Layout("three", recognise=lambda _: True, record=lambda _: {}, columns=("a", "b", "c"))


def cells(*lines: str) -> list[tuple[int, list[str]]]:
    return [(number, found) for number, _, found in split(enumerate(lines, 1), LAYOUT)]


def test_a_doubled_quote_is_one_quote() -> None:
    assert cells('"say ""hi""",2,3') == [(1, ['say "hi"', "2", "3"])]


def test_a_quote_that_was_not_doubled_stays_in_its_text() -> None:
    assert cells('"John "Joe" Doe","2","3"') == [(1, ['John "Joe" Doe', "2", "3"])]
    assert cells('"say "x","2","3"') == [(1, ['say "x', "2", "3"])]


def test_a_text_with_a_line_break_is_one_row_with_its_first_line_s_number() -> None:
    assert cells('"a\\', 'b",2,3', "4,5,6") == [(1, ["a\\\nb", "2", "3"]), (3, ["4", "5", "6"])]


def test_a_blank_line_is_no_row() -> None:
    assert cells("1,2,3", "", "   ", "4,5,6") == [(1, ["1", "2", "3"]), (4, ["4", "5", "6"])]


def test_a_row_with_too_few_cells_keeps_the_cells_it_has() -> None:
    assert cells("1,2") == [(1, ["1", "2"])]


def test_an_event_in_a_message_queue_gives_its_own_keys() -> None:
    row = {"key": "cdr", "val": '{"CallID": "x", "duration": 1.50, "bye": null}'}
    assert flat(row) == {"key": "cdr", "callid": "x", "duration": "1.50", "bye": None}


@pytest.mark.parametrize("text", ['["no object"]', '{"val": "1"}', '{"val": "[1]"}', '{"val": "{"}'])
def test_what_is_no_object_is_no_row(text: str) -> None:
    with pytest.raises((TypeError, ValueError)):
        flat(json.loads(text))
