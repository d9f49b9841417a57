"""Column types that give the same values back on SQLite and on PostgreSQL: exact decimals, UTC instants, lists."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import DateTime, Dialect, Numeric, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from tollbook.money import SCALE, plain

DIGITS: Final = 38
"""Digits kept of an amount, of which SCALE are decimals: the same as of MONEY at rest."""


class Amount(TypeDecorator[Decimal]):
    """An exact decimal: NUMERIC(38, 9) on PostgreSQL, text on SQLite, whose own numbers are floats."""

    impl = Numeric(DIGITS, SCALE)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Numeric(DIGITS, SCALE))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:  # noqa: ANN401 - text or decimal
        if value is None:
            return None
        exact = _storable(value)
        return plain(exact) if dialect.name == "sqlite" else exact

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:  # noqa: ANN401, ARG002 - the driver's type
        return None if value is None else Decimal(plain(Decimal(value)))


class Instant(TypeDecorator[datetime]):
    """An instant: stored in UTC, always returned aware. One without a zone is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value.isoformat()} names no zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[tuple[str, ...]]):
    """A list of words, none of which holds a space: text on both."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else " ".join(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:  # noqa: ARG002
        return None if value is None else tuple(value.split())


class Document(TypeDecorator[Mapping[str, Any]]):
    """A JSON document: text on both, so that it is given back as it was written."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, Any] | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else json.dumps(value, ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Mapping[str, Any] | None:  # noqa: ARG002
        return None if value is None else dict(json.loads(value))


def _storable(value: object) -> Decimal:
    """The decimal itself, if both databases can keep it to the last digit."""
    if isinstance(value, int):
        value = Decimal(value)
    if not isinstance(value, Decimal) or not value.is_finite():
        raise ValueError(f"{value!r} is no exact amount")
    text = plain(value)
    whole, _, decimals = text.lstrip("-").partition(".")
    if len(whole) > DIGITS - SCALE or len(decimals) > SCALE:
        raise ValueError(f"{text} has more than {DIGITS - SCALE} digits or more than {SCALE} decimals")
    return Decimal(text)
