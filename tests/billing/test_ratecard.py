"""The Interconnect Made Easy rate card: what is read of it, and what is refused."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tollbook.billing.deckfile import read_deck
from tollbook.billing.decks import Terms
from tollbook.errors import UsageError

FIELDS = ("prefix", "name", "rate", "connection_fee", "initial_interval", "billing_interval", "region")
ROWS = [["441", "UK", 0.012, None, 30, 6, "Europe"], ["0447", "UK mobile", 0.028, 0.05, None, None, None]]
SECRET = "hunter2-of-the-endpoint"


@pytest.fixture
def card(tmp_path: Path) -> Callable[..., Path]:
    """Writes a document of one card; what is given goes before what it usually has."""

    def write(
        fields: Any = FIELDS, rates: Any = ROWS, cards: Any = None, document: Any = None, **given: Any
    ) -> Path:
        usual = {
            "name": "Voice", "type": "termination", "currency": "USD", "endpoint": "a",
            "fields": [{"name": name} for name in fields],
            "rates": rates,
            "rate": {"default_pulse": 60, "default_initial": 60, "connection": 0.01},
            "charge": {"precision": 4, "rounding": "up"},
        }  # fmt: skip
        told = {
            "name": "Kilo", "schema_version": "1.0.0", "version": "1.0", "date": "2026-01-03",
            "endpoints": {"a": {"username": "kilo", "password": SECRET}},
            "cards": {"voice": {**usual, **given}} if cards is None else cards(usual),
        }  # fmt: skip
        path = tmp_path / "kilo.json"
        path.write_text(json.dumps({**told, **(document or {})}))
        return path

    return write


def test_rows_are_read_by_the_places_that_fields_name_and_defaults_fill_what_is_null(card) -> None:
    read = read_deck(card())
    assert read.rates.select(
        "prefix", "destination", "rate_per_min", "connect_fee", "initial_increment_s", "increment_s"
    ).rows() == [
        ("441", "UK", Decimal("0.012"), Decimal("0.01"), 30, 6),
        ("0447", "UK mobile", Decimal("0.028"), Decimal("0.05"), 60, 60),
    ]
    assert (read.name, read.unit) == ("kilo.json: card 'voice'", "rate")
    assert read.terms == Terms("USD", None, 4, "up")


def test_no_digit_goes_through_a_float(card) -> None:
    path = card(rates=[["1", "USA", 0.000000001, None, 1, 1, None]])  # which JSON writes 1e-09
    assert "1e-09" in path.read_text()
    assert read_deck(path).rates["rate_per_min"].to_list() == [Decimal("0.000000001")]


def test_dates_are_of_the_document_s_zone_and_a_row_s_own_come_before_its(card) -> None:
    fields, dates = ("prefix", "destination", "rate", "effective_date"), {
        "timezone": "America/New_York", "effective_date": "2026-01-01T00:00:00Z", "expiry_date": "2027-01-01T00:00:00Z"
    }  # fmt: skip
    read = read_deck(card(fields, [["1", "USA", 1, "2026-06-01"], ["44", "UK", 1, None]], document=dates))
    assert read.rates.select("effective_from", "effective_to").rows() == [
        (datetime(2026, 6, 1, 4, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
        (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
    ]


def test_one_of_several_cards_is_named(card) -> None:
    def cards(usual: dict[str, Any]) -> dict[str, Any]:
        sms = {**usual, "type": "messaging"}
        return {
            "a": usual,
            "b": {**usual, "currency": "EUR"},
            "sms": sms,
            "in": {**usual, "direction": "inbound"},
        }

    path = card(cards=cards)
    assert read_deck(path, "b").terms.currency == "EUR"
    with pytest.raises(UsageError, match="2 cards with rates of outgoing calls, name one: a, b"):
        read_deck(path)
    with pytest.raises(UsageError, match="card 'sms' has no rates of outgoing calls"):
        read_deck(path, "sms")
    with pytest.raises(UsageError, match="no card 'smz', did you mean 'sms'"):
        read_deck(path, "smz")


def test_nearest_is_half_up(card) -> None:
    assert read_deck(card(charge={"rounding": "nearest"})).terms.price_rounding == "half_up"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"rates": [*ROWS, ["44", "UK"]]}, "card 'voice': rate 3: 2 values, its fields are 7"),
        ({"rates": [{"prefix": "44"}]}, "rate 1: 0 values, its fields are 7"),
        ({"rates": [["44", "UK", [1], 0, 1, 1, ""]]}, "rate 1: rate_per_min: it is neither a text nor a number"),
        ({"rates": [[4.47e20, "UK", 1, 0, 1, 1, ""]]}, "rate 1: prefix: '4.47e\\+20' is in scientific notation"),
        ({"rates": [["44", "UK", 0.1 * 3, 0, 1, 1, ""]]}, "rate 1: rate_per_min: .* more than 9 decimals"),
        ({"rates": [ROWS[0], ROWS[0]]}, "rates 1 and 2: prefix 441 has two rates at the same time"),
        ({"rates": []}, "no rates in it"),
        ({"fields": ("prefix", "rate"), "rates": [["44", 1]]}, "its fields have no 'name' or 'destination'"),
        ({"fields": ("prefix", "name", "destination", "rate")}, "two of its fields are for destination"),
        ({"fields": ()}, "its fields have no 'prefix'"),
        ({"rates": None, "rate_card": {"uri": "https://a"}}, "no fields and rates: its rates lie elsewhere"),
        ({"charge": {"precision": 10}}, "charge.precision '10': amounts have 0 to 9 decimals"),
        ({"charge": {"rounding": "bankers"}}, "charge.rounding 'bankers' is none of"),
        ({"charge": []}, "charge: it is no object"),
        ({"type": "did"}, "it has no card with rates of outgoing calls"),
        ({"document": {"schema_version": "2.0.0"}}, "schema_version '2.0.0': only 1.x can be read"),
        ({"document": {"timezone": "Mars"}}, "timezone: unknown zone 'Mars'"),
        ({"document": {"cards": []}}, "cards: it is no object"),
        ({"currency": None}, "currency: it is neither a text nor a number"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_its_place_and_nothing_secret(
    card, given: dict[str, Any], words: str
) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        read_deck(card(**given))
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"cards": {}}', "it is no Interconnect Made Easy rate card"),
        (b'{\n "cards": {]}', "line 2: it is no JSON"),
        (b'{"name": "\xff"}', "it is not UTF-8"),
        (b'{"a":' * 100_000, "lie too deep"),
    ],
    ids=["other", "broken", "latin", "deep"],
)
def test_a_file_that_is_no_rate_card_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "kilo.json"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=words):
        read_deck(path)


def test_a_file_that_is_too_large_is_not_read(card, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tollbook.billing.ratecard.MOST_BYTES", 10)
    with pytest.raises(UsageError, match="it has more than 0 MB"):
        read_deck(card())
