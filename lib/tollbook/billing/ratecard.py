"""The Interconnect Made Easy rate card (schema 1.x): JSON whose cards hold rates by position, as `fields` names them.

Of a document the rates of one card of outgoing calls are read, and what says how they count. Endpoints, with the
credentials that may stand there, are passed over: they are neither kept nor named in what is refused.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from tollbook.errors import UsageError, did_you_mean
from tollbook.money import ROUNDINGS, SCALE, Rounding, plain
from tollbook.periods import iso_z, parse_instant, parse_zone

MOST_BYTES: Final = 128 * 1024 * 1024
TYPES: Final = ("termination", "wholesale", "retail")
"""Types of cards with rates of outgoing calls."""
SCHEMA: Final = "1"
"""The major version that is understood; the schema only ever adds to it."""
COLUMNS: Final[Mapping[str, str]] = {
    "prefix": "prefix",
    "name": "destination",
    "destination": "destination",
    "rate": "rate_per_min",
    "connection_fee": "connect_fee",
    "initial_interval": "initial_increment_s",
    "billing_interval": "increment_s",
    "effective_date": "effective_from",
    "expiry_date": "effective_to",
    "blocked": "blocked",
}
"""Columns of a deck by the fields that they come from; other fields are passed over, as the schema asks."""
_NEEDED: Final = ("prefix", "destination", "rate_per_min")
_DATES: Final = ("effective_from", "effective_to")
_AMOUNTS: Final = ("rate_per_min", "connect_fee")


class _Number(str):
    """A number as the file writes it: no digit of it goes through a float."""

    __slots__ = ()


@dataclass(frozen=True)
class Card:
    """One card: the rows of its rates, numbered from 1, and what it says of all of them; null where it is silent."""

    name: str
    currency: str
    price_precision: int | None
    price_rounding: Rounding | None
    rows: Iterator[tuple[int, dict[str, str]]]


def is_card(content: bytes) -> bool:
    """Whether a file's first bytes are those of a JSON document."""
    return content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def read_card(path: Path, name: str = "") -> Card:
    """The card of that name, or the only one with rates of outgoing calls.

    Raises:
        UsageError: the file is no rate card, has no such card, or the card's parts do not fit each other.
    """
    document = _document(path)
    chosen, card = _chosen(path.name, _part(path.name, document, "cards"), name)
    where = f"{path.name}: card '{chosen}'"
    rates, charge = _part(where, card, "rate"), _part(where, card, "charge")
    usual = _usual(where, rates, document)
    places = _places(where, card)
    return Card(
        name=chosen,
        currency=_text(where, "currency", card.get("currency")),
        price_precision=_precision(where, charge.get("precision")),
        price_rounding=_rounding(where, charge.get("rounding")),
        rows=_rows(where, card, places, usual, _zone(path.name, document)),
    )


def _document(path: Path) -> dict[str, Any]:
    if path.stat().st_size > MOST_BYTES:
        raise UsageError(f"{path.name}: it has more than {MOST_BYTES // 1024 // 1024} MB")
    try:
        text = path.read_bytes().decode("utf-8-sig")
        found = json.loads(text, parse_float=_Number, parse_int=_Number, parse_constant=_Number)
    except UnicodeDecodeError:
        raise UsageError(f"{path.name}: it is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise UsageError(f"{path.name}: line {error.lineno}: it is no JSON: {error.msg}") from None
    except RecursionError:
        raise UsageError(f"{path.name}: it is no rate card: its parts lie too deep in each other") from None
    if not isinstance(found, dict) or "schema_version" not in found or "cards" not in found:
        raise UsageError(
            f"{path.name}: it is no Interconnect Made Easy rate card: it has no schema_version or no cards"
        )
    version = _text(path.name, "schema_version", found["schema_version"])
    if version.partition(".")[0] != SCHEMA:
        raise UsageError(f"{path.name}: schema_version '{version}': only {SCHEMA}.x can be read")
    return found


def _part(where: str, document: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = document.get(name, {})
    if not isinstance(found, dict):
        raise UsageError(f"{where}: {name}: it is no object")
    return found


def _chosen(file: str, cards: Mapping[str, Any], name: str) -> tuple[str, dict[str, Any]]:
    fit = {key: card for key, card in cards.items() if isinstance(card, dict) and _is_outgoing(card)}
    if name:
        if name not in cards:
            raise UsageError(f"{file}: no card '{name}'{did_you_mean(name, cards)}")
        if name not in fit:
            raise UsageError(f"{file}: card '{name}' has no rates of outgoing calls")
        return name, fit[name]
    if len(fit) != 1:
        which = f"{len(fit)} cards with rates of outgoing calls, name one: {', '.join(fit)}" if fit else ""
        raise UsageError(f"{file}: it has {which or 'no card with rates of outgoing calls'}")
    return next(iter(fit.items()))


def _is_outgoing(card: Mapping[str, Any]) -> bool:
    voice = card.get("traffic_type", "voice") == "voice"
    return card.get("type") in TYPES and voice and card.get("direction", "outbound") != "inbound"


def _usual(where: str, rates: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, str]:
    """What holds where a row is silent."""
    told = {
        "connect_fee": rates.get("connection"),
        "initial_increment_s": rates.get("default_initial"),
        "increment_s": rates.get("default_pulse"),
        "effective_from": document.get("effective_date"),
        "effective_to": document.get("expiry_date"),
    }
    return {name: _text(where, name, value) for name, value in told.items() if value is not None}


def _places(where: str, card: Mapping[str, Any]) -> list[str]:
    """The column of a deck at each place of a row; empty where none is."""
    fields = card.get("fields")
    if not isinstance(fields, list) or not isinstance(card.get("rates"), list):
        elsewhere = ": its rates lie elsewhere, import that file" if "rate_card" in card else ""
        raise UsageError(f"{where}: it has no fields and rates{elsewhere}")
    names = [field.get("name") if isinstance(field, dict) else None for field in fields]
    columns = [COLUMNS.get(name, "") if isinstance(name, str) else "" for name in names]
    for column in _NEEDED:
        if column not in columns:
            fits = " or ".join(f"'{name}'" for name, is_for in COLUMNS.items() if is_for == column)
            raise UsageError(f"{where}: its fields have no {fits}")
    for column in {*columns} - {""}:
        if columns.count(column) > 1:
            raise UsageError(f"{where}: two of its fields are for {column}")
    return columns


def _rows(
    where: str, card: Mapping[str, Any], places: list[str], usual: Mapping[str, str], zone: ZoneInfo
) -> Iterator[tuple[int, dict[str, str]]]:
    for number, values in enumerate(card["rates"], 1):
        if not isinstance(values, list) or len(values) != len(places):
            size = len(values) if isinstance(values, list) else 0
            raise UsageError(f"{where}: rate {number}: {size} values, its fields are {len(places)}")
        told = {
            column: _text(f"{where}: rate {number}", column, value)
            for column, value in zip(places, values, strict=True)
            if column and value is not None
        }
        yield number, _in_utc({**usual, **told}, zone)


def _in_utc(row: dict[str, str], zone: ZoneInfo) -> dict[str, str]:
    """Dates on the clock of the document's zone; what is none is refused later, with the row."""
    for name in _DATES:
        if row.get(name):
            try:
                row[name] = iso_z(parse_instant(row[name], zone))
            except UsageError:
                continue
    return row


def _zone(file: str, document: Mapping[str, Any]) -> ZoneInfo:
    try:
        return parse_zone(_text(file, "timezone", document.get("timezone", "UTC")))
    except UsageError as error:
        raise UsageError(f"{file}: timezone: {error}") from None


def _text(where: str, name: str, value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str):
        raise UsageError(f"{where}: {name}: it is neither a text nor a number")
    if isinstance(value, _Number) and name in _AMOUNTS and "e" in value.lower():
        return plain(Decimal(value))  # as programs write small ones: its digits are all there
    return str(value)


def _precision(where: str, value: object) -> int | None:
    if value is None:
        return None
    text = _text(where, "charge.precision", value)
    if not text.isdigit() or int(text) > SCALE:
        raise UsageError(
            f"{where}: charge.precision '{text}': amounts have 0 to {SCALE} decimals; name one with --price-precision"
        )
    return int(text)


def _rounding(where: str, value: object) -> Rounding | None:
    if value is None:
        return None
    text = "half_up" if value == "nearest" else _text(where, "charge.rounding", value)
    if text not in ROUNDINGS:
        raise UsageError(f"{where}: charge.rounding '{text}' is none of {', '.join(ROUNDINGS)}, nearest")
    return text
