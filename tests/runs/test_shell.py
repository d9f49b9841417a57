"""What a process without a kernel tells of a cell."""

import json
from typing import Any

import pytest

from tollbook.runs.shell import Teller


@pytest.fixture
def sent() -> list[Any]:
    return []


@pytest.fixture
def teller(sent: list[Any]) -> Teller:
    return Teller(lambda line: sent.append(json.loads(line)))


def test_what_is_printed_in_one_go_is_one_output(teller: Teller, sent: list[Any]) -> None:
    for text in ("a", "b\n"):
        teller.printed("stdout", text)
    assert sent == []
    teller.printed("stderr", "c")
    teller.tell({"output_type": "display_data"})
    assert sent == [
        {"output_type": "stream", "name": "stdout", "text": "ab\n"},
        {"output_type": "stream", "name": "stderr", "text": "c"},
        {"output_type": "display_data"},
    ]


def test_where_nothing_was_printed_nothing_is_sent(teller: Teller, sent: list[Any]) -> None:
    teller.printed("stdout", "")
    teller.flush()
    assert sent == []
