"""Conditions on calls: one comparison, or several of which all or any must hold, nested.

As text they are JSON, short enough for an address:
`{"all": [{"field": "talk_s", "op": ">=", "value": "60"}, {"any": [...]}]}`.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, ge, gt, le, lt, or_
from typing import Final, Literal
from zoneinfo import ZoneInfo

import polars as pl

from tollbook.calls.fields import FIELDS, YES, Field, Value, field_named
from tollbook.errors import UsageError, did_you_mean
from tollbook.tables import CALLS

DEEPEST: Final = 5
"""Groups within groups."""
MOST: Final = 50
"""Comparisons in all."""
MOST_VALUES: Final = 200
"""Values of one comparison with `in`."""
LONGEST: Final = 8000
"""Characters of the text."""

How = Literal["all", "any"]
_KEYS: Final = ("field", "op", "value")
_NO_VALUE: Final = ("is_empty", "is_not_empty")
_PAIR: Final = 2
_ORDERED: Final[Mapping[str, Callable[[pl.Expr, pl.Expr], pl.Expr]]] = {">": gt, ">=": ge, "<": lt, "<=": le}


@dataclass(frozen=True)
class Comparison:
    """One field compared with its values: none, one, two (`between`, both included) or several (`in`)."""

    field: Field
    op: str
    values: tuple[Value, ...] = ()

    @property
    def names(self) -> Iterator[str]:
        """The field's name."""
        yield self.field.name

    @property
    def expression(self) -> pl.Expr:
        """True for the calls that fit."""
        return _either([self._of(pl.col(column), column) for column in self.field.columns], self.op)

    def _of(self, column: pl.Expr, name: str) -> pl.Expr:
        if self.field.kind == "flag":
            return column.is_not_null() if self.values == (YES,) else column.is_null()
        dtype = CALLS.schema[name]
        if self.op == "in":
            return column.is_in(pl.Series(self.values, dtype=dtype).implode())
        return _compared(column, self.op, [pl.lit(value, dtype) for value in self.values])


@dataclass(frozen=True)
class Group:
    """Conditions of which all or any must hold; a group of none holds always."""

    how: How = "all"
    parts: tuple["Comparison | Group", ...] = ()

    @property
    def names(self) -> Iterator[str]:
        """Names of the fields in it."""
        for part in self.parts:
            yield from part.names

    @property
    def expression(self) -> pl.Expr:
        """True for the calls that fit."""
        found = [part.expression for part in self.parts]
        return reduce(and_ if self.how == "all" else or_, found) if found else pl.lit(value=True)


Condition = Comparison | Group


def _either(found: Sequence[pl.Expr], op: str) -> pl.Expr:
    """Of several columns one has to fit; none may be what the field is not."""
    return reduce(and_ if op == "is_not" else or_, found)


def _compared(column: pl.Expr, op: str, values: list[pl.Expr]) -> pl.Expr:  # noqa: PLR0911 - a line each
    match op:
        case "is":
            return column == values[0]
        case "is_not":  # what is not told is not that either
            return column.ne_missing(values[0])
        case "starts_with":
            return column.str.starts_with(values[0])
        case "contains":
            return column.str.contains(values[0], literal=True)
        case "between":
            return (column >= values[0]) & (column <= values[1])
        case "is_empty":
            return column.is_null()
        case "is_not_empty":
            return column.is_not_null()
        case _:
            return _ORDERED[op](column, values[0])


def comparison(
    name: str, op: str, values: Sequence[str], zone: ZoneInfo, fields: Mapping[str, Field] = FIELDS
) -> Comparison:
    """A comparison from texts; `fields` are those that there are.

    Raises:
        UsageError: an unknown field or operator, or values that do not fit them.
    """
    field = field_named(name, fields)
    if op not in field.operators:
        raise UsageError(f"{name} cannot be compared with '{op}'{did_you_mean(op, field.operators)}")
    _check_number_of(name, op, len(values))
    return Comparison(field, op, tuple(field.value(text, zone) for text in values))


def _check_number_of(name: str, op: str, count: int) -> None:
    wanted = {"between": _PAIR, **dict.fromkeys(_NO_VALUE, 0)}.get(op, 1)
    if op == "in" and not 1 <= count <= MOST_VALUES:
        raise UsageError(f"{name}: write 1 to {MOST_VALUES} values, not {count}")
    if op != "in" and count != wanted:
        raise UsageError(f"{name}: '{op}' takes {wanted} values, not {count}")


def parse(text: str, zone: ZoneInfo, fields: Mapping[str, Field] = FIELDS) -> Group:
    """The conditions that a text holds; none of an empty one. Instants that name no zone are of `zone`.

    Raises:
        UsageError: no JSON, an unknown name, a value that does not fit, or too much of it; it says where.
    """
    if not text.strip():
        return Group()
    if len(text) > LONGEST:
        raise UsageError(f"conditions: {len(text)} characters, at most {LONGEST}")
    try:
        told = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        raise UsageError('conditions: write JSON such as {"all": [{"field": "talk_s", ...}]}') from None
    read = _Reader(zone, fields)
    found = read.condition(told, "conditions", 0)
    return found if isinstance(found, Group) else Group("all", (found,))


class _Reader:
    """Reads what JSON held, and counts."""

    def __init__(self, zone: ZoneInfo, fields: Mapping[str, Field]) -> None:
        self._zone = zone
        self._fields = fields
        self._count = 0

    def condition(self, told: object, where: str, depth: int) -> Condition:
        if not isinstance(told, Mapping):
            raise UsageError(f"{where}: write all, any, or a field with op and value")
        for how in ("all", "any"):
            if how in told:
                return self._group(told, how, where, depth)
        return self._comparison(told, where)

    def _group(self, told: Mapping[str, object], how: How, where: str, depth: int) -> Group:
        if depth >= DEEPEST:
            raise UsageError(f"{where}: at most {DEEPEST} groups within each other")
        if len(told) > 1:
            raise UsageError(f"{where}: beside '{how}' nothing else may stand")
        parts = told[how]
        if not isinstance(parts, list):
            raise UsageError(f"{where}.{how}: write a list")
        found = [self.condition(part, f"{where}.{how}[{i}]", depth + 1) for i, part in enumerate(parts)]
        return Group(how, tuple(found))

    def _comparison(self, told: Mapping[str, object], where: str) -> Comparison:
        self._count += 1
        if self._count > MOST:
            raise UsageError(f"{where}: at most {MOST} comparisons")
        for key in told:
            if key not in _KEYS:
                raise UsageError(f"{where}: unknown key '{key}'{did_you_mean(key, _KEYS)}")
        try:
            name, op = (str(told.get(key, "")) for key in ("field", "op"))
            return comparison(name, op, _texts(told.get("value")), self._zone, self._fields)
        except UsageError as error:
            raise UsageError(f"{where}: {error}") from None


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [] if value is None else [value]
    return [_text(each) for each in values]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return YES if value else "no"
    if isinstance(value, str | int):
        return str(value)
    raise UsageError("a value is a text or a number")
