"""Conditions: what fits, what is refused and how that is said."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from tollbook.calls.conditions import DEEPEST, LONGEST, MOST, MOST_VALUES, parse
from tollbook.errors import UsageError
from tollbook.lake.store import Lake
from tollbook.tables import CALLS

UTC = ZoneInfo("UTC")
CALLED = (
    {"at": "2026-10-05T10:00", "call_id": "a", "caller": "4930123", "called": "447700900123", "customer": "acme",
     "sip_code": 200, "talk_s": 60.5, "charge": Decimal("0.056"), "outcome": "answered", "codec": "PCMA"},
    {"at": "2026-10-05T11:00", "call_id": "b", "caller": "447700900123", "called": "33142", "customer": "bolt",
     "sip_code": 486, "outcome": "busy", "unrated": "no_rate"},
    {"at": "2026-10-05T12:00", "call_id": "c", "caller": "anonymous", "called": "0044", "sip_code": None},
)  # fmt: skip


@pytest.fixture
def fitting(keep: Callable[..., Lake]) -> Callable[..., list[str]]:
    """Ids of the calls that fit conditions."""
    lake = keep(CALLED, rolled=False)

    def ids(*conditions: Any, how: str = "all", zone: str = "UTC") -> list[str]:
        found = parse(json.dumps({how: list(conditions)}), ZoneInfo(zone))
        return lake.scan(CALLS).filter(found.expression).collect()["call_id"].sort().to_list()

    return ids


def is_(field: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "op": op} | ({} if value is None else {"value": value})


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        (is_("number", "is", "+44 7700 900123"), "ab"),
        (is_("number", "is_not", "447700900123"), "c"),
        (is_("number", "starts_with", "33"), "b"),
        (is_("called", "starts_with", "00"), "c"),
        (is_("caller", "contains", "7009"), "b"),
        (is_("caller", "is", "anonymous"), "c"),
        (is_("customer", "in", ["acme", "bolt"]), "ab"),
        (is_("customer", "is_not", "acme"), "bc"),
        (is_("customer", "is_empty"), "c"),
        (is_("sip_code", "between", [200, 299]), "a"),
        (is_("sip_code", "is_not", 486), "ac"),
        (is_("sip_code", ">", 200), "b"),
        (is_("sip_code", "in", ["200", 486]), "ab"),
        (is_("talk_s", ">=", "60.5"), "a"),
        (is_("talk_s", "<", 60.5), "bc"),
        (is_("talk_s", "<=", "60.500"), "abc"),
        (is_("charge", "is", "0.056"), "a"),
        (is_("charge", "<", "0.056000001"), "a"),
        (is_("answered", "is", "yes"), "a"),
        (is_("answered", "is", value=False), "bc"),
        (is_("outcome", "is", "busy"), "b"),
        (is_("unrated", "is_not_empty"), "b"),
        (is_("codec", "is", "PCMA"), "a"),
        (is_("started_at", ">=", "2026-10-05T11:00"), "bc"),
        (is_("started_at", "between", ["2026-10-05T10:00Z", "2026-10-05T11:00Z"]), "ab"),
    ],
    ids=str,
)
def test_each_operator_finds_its_calls(fitting: Callable[..., list[str]], condition: Any, ids: str) -> None:
    assert "".join(fitting(condition)) == ids


def test_an_instant_of_no_zone_is_of_the_readers(fitting: Callable[..., list[str]]) -> None:
    # 13:00 in Riga is 10:00 UTC.
    assert fitting(is_("started_at", "<=", "2026-10-05T13:00"), zone="Europe/Riga") == ["a"]


def test_all_and_any_nest(fitting: Callable[..., list[str]]) -> None:
    long_or_french = {"any": [is_("talk_s", ">", 60), is_("called", "starts_with", "33")]}
    assert fitting(long_or_french) == ["a", "b"]
    assert fitting(long_or_french, is_("customer", "is", "bolt")) == ["b"]
    assert fitting(is_("customer", "is_empty"), {"all": [long_or_french]}, how="any") == ["a", "b", "c"]


def test_a_group_of_none_holds_always(fitting: Callable[..., list[str]]) -> None:
    assert fitting() == fitting({"any": []}) == ["a", "b", "c"]
    assert parse("", UTC).parts == ()


def test_a_text_that_looks_like_a_pattern_is_a_text(fitting: Callable[..., list[str]]) -> None:
    assert fitting(is_("call_id", "contains", ".*")) == []


def nested(depth: int) -> str:
    return '{"all":[' * depth + "]}" * depth


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[", "write JSON such as"),
        ("[]", "conditions: write all, any, or a field with op and value"),
        ('{"all": {}}', "conditions.all: write a list"),
        ('{"all": [], "any": []}', "beside 'all' nothing else may stand"),
        ('{"any": [{"field": "calld", "op": "is", "value": "1"}]}', r"any\[0\]: no field 'calld', did you mean 'calle"),
        ('{"field": "charge", "op": "contains", "value": "1"}', "charge cannot be compared with 'contains'"),
        ('{"field": "sip_code", "op": "is", "value": "4O4"}', "sip_code: '4O4' is no whole number"),
        ('{"field": "sip_code", "op": "is", "value": "9999999999"}', "is too large"),
        ('{"field": "sip_code", "op": "between", "value": ["1"]}', "'between' takes 2 values, not 1"),
        ('{"field": "codec", "op": "is_empty", "value": "1"}', "'is_empty' takes 0 values, not 1"),
        ('{"field": "codec", "op": "is", "value": ""}', "codec: write something"),
        ('{"field": "codec", "op": "is", "value": {}}', "a value is a text or a number"),
        ('{"field": "outcome", "op": "is", "value": "bussy"}', "outcome: there is no 'bussy', did you mean 'busy'"),
        ('{"field": "talk_s", "op": ">", "value": "0.0001"}', "finer than a millisecond"),
        ('{"field": "talk_s", "op": ">", "value": "1e3"}', "'1e3' is no number of seconds"),
        ('{"field": "started_at", "op": ">", "value": "tomorrow"}', "'tomorrow' is no date or time"),
        ('{"field": "codec", "op": "is", "values": "1"}', "unknown key 'values', did you mean 'value'"),
        ('{"field": "__class__", "op": "is", "value": "1"}', "no field '__class__'"),
        (nested(DEEPEST + 1), f"at most {DEEPEST} groups within each other"),
        ("[" * 5000 + "]" * 3001, f"at most {LONGEST}"),
        ("[" * LONGEST, "write JSON such as"),
    ],
    ids=range(21),
)  # fmt: skip
def test_what_is_wrong_is_named(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        parse(text, UTC)


def test_too_much_is_refused() -> None:
    one = {"field": "codec", "op": "is", "value": "x"}
    with pytest.raises(UsageError, match=f"at most {MOST} comparisons"):
        parse(json.dumps({"any": [one] * (MOST + 1)}), UTC)
    with pytest.raises(UsageError, match=f"write 1 to {MOST_VALUES} values, not 0"):
        parse(json.dumps({"field": "codec", "op": "in", "value": []}), UTC)


def test_nothing_of_a_value_reaches_the_engine_but_as_a_value(fitting: Callable[..., list[str]]) -> None:
    assert fitting(is_("customer", "is", "acme') OR 1=1 --")) == []
    assert (
        pl.DataFrame({"codec": ["x"]})
        .filter(parse('{"field": "codec", "op": "is", "value": "x"}', UTC).expression)
        .height
        == 1
    )
