"""What a reader asks of calls, as the parameters of the page tell it: the same of the page, its download and commands."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from tollbook.calls.conditions import Comparison, Condition, Group, comparison, parse
from tollbook.calls.fields import Field, fields_of
from tollbook.calls.query import Place, Query
from tollbook.errors import UsageError
from tollbook.params import Calls
from tollbook.periods import parse_zone
from tollbook.tables import CALLS
from tollbook.values import joined, separated

Way = Literal["after", "before"]
_CLASS: Final = re.compile(r"[1-6]xx")
_PARTS: Final = 4


def query(
    chosen: Calls,
    start: datetime | None,
    end: datetime | None,
    columns: Collection[str] = CALLS.names,
) -> Query:
    """The query of a page's parameters, from `start` until before `end`; `columns` are those that can be asked by.

    Raises:
        UsageError: a condition that means nothing; it says which.
    """
    fields = fields_of(columns)
    conditions = (*_simple(chosen, fields), *_nested(chosen, fields))
    return Query(start, end, Group("all", conditions), chosen.order == "newest")


def _simple(chosen: Calls, fields: Mapping[str, Field]) -> list[Condition]:
    zone = parse_zone(chosen.zone)
    told = [
        ("number", "starts_with", [chosen.number]),
        ("customer", "in", separated(chosen.customer)),
        ("carrier", "in", separated(chosen.carrier)),
        ("outcome", "in", separated(chosen.outcome)),
        ("talk_s", ">=", [chosen.shortest]),
        ("talk_s", "<=", [chosen.longest]),
    ]
    found: list[Condition] = [
        comparison(name, op, values, zone, fields) for name, op, values in told if any(values)
    ]
    codes = separated(chosen.sip_code)
    return [*found, Group("any", tuple(_code(code.strip(), zone) for code in codes))] if codes else found


def _code(text: str, zone: ZoneInfo) -> Comparison:
    """One code, or the hundred of a class such as 5xx."""
    if _CLASS.fullmatch(text.lower()):
        return comparison("sip_code", "between", [f"{text[0]}00", f"{text[0]}99"], zone)
    return comparison("sip_code", "is", [text], zone)


def _nested(chosen: Calls, fields: Mapping[str, Field]) -> Sequence[Condition]:
    found = parse(chosen.where, parse_zone(chosen.zone), fields)
    return (found,) if found.parts else ()


class Turn(NamedTuple):
    """Where a page starts: after a place or before one."""

    way: Way
    place: Place

    @property
    def text(self) -> str:
        """It in one text, as an address holds it."""
        return joined([self.way, *separated(self.place.text)])


def turn(text: str) -> Turn | None:
    """Where the page starts that an address tells; none: at the first call.

    Raises:
        UsageError: it tells no place.
    """
    if not text:
        return None
    way, *parts = separated(text)
    if way not in {"after", "before"} or len(parts) >= _PARTS:
        raise UsageError(f"place '{text}': write after or before, and a call's start, switch and id")
    return Turn("after" if way == "after" else "before", Place.read(joined(parts)))
