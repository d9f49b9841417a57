"""What calls can be asked by: each field's columns, what its values are, and how they are compared.

Labels are looked up in the reader's language where they are shown.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal
from zoneinfo import ZoneInfo

from tollbook.errors import UsageError, did_you_mean
from tollbook.language import later
from tollbook.money import parse_amount, plain
from tollbook.periods import parse_instant
from tollbook.tables import OUTCOMES, UNRATED

Kind = Literal["text", "digits", "whole", "seconds", "amount", "instant", "choice", "flag"]
Value = str | int | bool | Decimal | datetime

_MS: Final = 1000
_LARGEST: Final = 2**31 - 1
_TEXT: Final = ("is", "is_not", "in", "starts_with", "contains")
_ORDER: Final = ("is", "is_not", ">", ">=", "<", "<=", "between", "in")
_EMPTY: Final = ("is_empty", "is_not_empty")

OPERATORS: Final = {
    "is": later("is"),
    "is_not": later("is not"),
    "in": later("is one of"),
    "starts_with": later("starts with"),
    "contains": later("contains"),
    ">": later("more than"),
    ">=": later("at least"),
    "<": later("less than"),
    "<=": later("at most"),
    "between": later("from … to …"),
    "is_empty": later("is not told"),
    "is_not_empty": later("is told"),
}
"""How a field is compared, and how that is said."""

_OF_KIND: Final[Mapping[Kind, tuple[str, ...]]] = {
    "text": (*_TEXT, *_EMPTY),
    "digits": (*_TEXT, *_EMPTY),
    "whole": (*_ORDER, *_EMPTY),
    "seconds": _ORDER,
    "amount": (*_ORDER, *_EMPTY),
    "instant": (">", ">=", "<", "<=", "between"),
    "choice": ("is", "is_not", "in", *_EMPTY),
    "flag": ("is",),
}


@dataclass(frozen=True)
class Field:
    """One thing to ask by. With several columns any of them may fit."""

    name: str
    label: str
    kind: Kind
    columns: tuple[str, ...]
    choices: tuple[str, ...] = ()

    @property
    def operators(self) -> tuple[str, ...]:
        """How it can be compared."""
        return _OF_KIND[self.kind] if len(self.columns) == 1 else _TEXT

    def value(self, text: str, zone: ZoneInfo) -> Value:
        """What the text says of this field; seconds become milliseconds, instants of no zone are of `zone`.

        Raises:
            UsageError: it says nothing of this kind.
        """
        try:
            return self._value(text.strip(), zone)
        except ValueError as error:
            raise UsageError(f"{self.name}: {error}") from None

    def _value(self, text: str, zone: ZoneInfo) -> Value:
        if self.kind == "instant":
            return parse_instant(text, zone)
        if self.kind == "amount":
            return parse_amount(text)
        if self.kind == "seconds":
            return _milliseconds(text)
        if self.kind == "whole":
            return _whole(text)
        if self.kind == "digits":
            return dialled(text)
        return _chosen(text, self.choices) if self.choices else _some(text)


def _milliseconds(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]*)?|\.[0-9]+", text):
        raise ValueError(f"'{text}' is no number of seconds, such as 90 or 0.5")
    milliseconds = parse_amount(text) * _MS
    if milliseconds != int(milliseconds):
        raise ValueError(f"{text} s is finer than a millisecond")
    return _within(int(milliseconds), 2**53)


def _whole(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,10}", text):
        raise ValueError(f"'{text}' is no whole number")
    return _within(int(text), _LARGEST)


def _within(number: int, largest: int) -> int:
    if abs(number) > largest:
        raise ValueError(f"{number} is too large")
    return number


def dialled(text: str) -> str:
    """A number as the tables keep it: without `+`, and without what people put between digits."""
    bare = re.sub(r"(?<=[0-9)])[\s().\-/]+(?=[0-9(])|^[+(]+|\)", "", text.strip())
    return _some(bare)


def _some(text: str) -> str:
    if not text:
        raise ValueError("write something to compare with")
    return text


def _chosen(text: str, choices: tuple[str, ...]) -> str:
    if text not in choices:
        raise ValueError(f"there is no '{text}'{did_you_mean(text, choices)}")
    return text


YES: Final = "yes"

_FIELDS: Final = (
    Field("started_at", later("Start"), "instant", ("started_at",)),
    Field("number", later("Number (either side)"), "digits", ("caller", "called")),
    Field("caller", later("Caller"), "digits", ("caller",)),
    Field("called", later("Called"), "digits", ("called",)),
    Field("customer", later("Customer"), "text", ("customer",)),
    Field("carrier", later("Carrier"), "text", ("carrier",)),
    Field("destination", later("Destination"), "text", ("destination",)),
    Field("prefix", later("Prefix"), "digits", ("prefix",)),
    Field("answered", later("Answered"), "flag", ("answered_at",), (YES, "no")),
    Field("outcome", later("Outcome"), "choice", ("outcome",), OUTCOMES),
    Field("sip_code", later("SIP code"), "whole", ("sip_code",)),
    Field("q850", later("Q.850 cause"), "whole", ("q850",)),
    Field("talk_s", later("Duration (s)"), "seconds", ("talk_ms",)),
    Field("billed_s", later("Billed duration (s)"), "whole", ("billed_s",)),
    Field("pdd_ms", later("PDD (ms)"), "whole", ("pdd_ms",)),
    Field("charge", later("Charge"), "amount", ("charge",)),
    Field("currency", later("Currency"), "text", ("currency",)),
    Field("unrated", later("Unrated"), "choice", ("unrated",), tuple(UNRATED)),
    Field("dtmf_digits", later("DTMF digits"), "whole", ("dtmf_digits",)),
    Field("codec", later("Codec"), "text", ("codec",)),
    Field("switch", later("Switch"), "text", ("switch",)),
    Field("call_id", later("Call id"), "text", ("call_id",)),
)
FIELDS: Final[Mapping[str, Field]] = {field.name: field for field in _FIELDS}


def fields_of(columns: Collection[str]) -> Mapping[str, Field]:
    """The fields of whoever has these columns of calls."""
    return {name: field for name, field in FIELDS.items() if set(field.columns).issubset(columns)}


def field_named(name: str, known: Mapping[str, Field] = FIELDS) -> Field:
    """The field of that name, of those known.

    Raises:
        UsageError: there is none (with the nearest one).
    """
    if name not in known:
        raise UsageError(f"no field '{name}'{did_you_mean(name, known)}")
    return known[name]


def shown(value: Value) -> str:
    """A value as text again, for a message."""
    return plain(value) if isinstance(value, Decimal) else str(value)
