"""Parameters of the page become a query."""

from datetime import UTC, datetime

import pytest

from tollbook.calls.asked import Turn, query, turn
from tollbook.calls.query import Place, count
from tollbook.errors import UsageError
from tollbook.lake.store import Lake
from tollbook.params import Calls
from tollbook.workspace import Workspace


@pytest.mark.parametrize(
    ("given", "calls"),
    [
        ({}, 1010),
        ({"customer": "beta"}, 10),
        ({"customer": "alpha,beta", "carrier": "north"}, 505),
        ({"outcome": "answered"}, 409),
        ({"sip_code": "200"}, 409),
        ({"sip_code": "2xx, 486"}, 1010),
        ({"sip_code": "5xx"}, 0),
        ({"shortest": "60", "longest": "60.0"}, 409),
        ({"longest": "59.999"}, 601),
        ({"number": "44"}, 0),
        ({"where": '{"field": "dtmf_digits", "op": ">", "value": "0"}', "customer": "alpha"}, 100),
    ],
)
def test_each_parameter_narrows(network: Workspace, given: dict[str, str], calls: int) -> None:
    assert count(Lake(network), query(Calls(**given), None, None), customers=None) == calls


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"sip_code": "4x"}, "sip_code: '4x' is no whole number"),
        ({"outcome": "bussy"}, "did you mean 'busy'"),
        ({"shortest": "a minute"}, "talk_s: 'a minute' is no number of seconds"),
        ({"where": "x"}, "conditions: write JSON"),
    ],
)
def test_what_means_nothing_is_named(given: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        query(Calls(**given), None, None)


def test_a_turn_is_a_text_and_back() -> None:
    there = Turn("before", Place(datetime(2026, 10, 5, 10, tzinfo=UTC), "s,1", "c"))
    assert turn(there.text) == there
    assert turn("after,2026-10-05T10:00:00Z") == Turn("after", Place(datetime(2026, 10, 5, 10, tzinfo=UTC)))
    assert turn("") is None
    for wrong in ("beside,2026-10-05", "after,2026-10-05,a,b,c", "after,2026-10-05,a"):
        with pytest.raises(UsageError, match="place"):
            turn(wrong)
