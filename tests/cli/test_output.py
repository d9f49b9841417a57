"""What every command prints: one JSON document, or a table that people can read."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from click.testing import CliRunner

from tollbook.cli.output import emit, say, shared

ROWS = [
    {
        "customer": "acme",
        "charge": Decimal("0.056000000"),
        "asr": 409 / 1010,
        "at": datetime(2026, 1, 1, tzinfo=UTC),
    },
    {"customer": "Ünal", "charge": None, "asr": None, "at": date(2026, 1, 1)},
]


def printed(document: Any, *words: str) -> str:
    @click.command()
    @shared
    def command() -> None:
        say("on its way")
        emit(document)

    return CliRunner().invoke(command, words, obj={}).stdout


def test_json_has_decimals_as_text_instants_with_z_and_nothing_else() -> None:
    first, second = json.loads(printed(ROWS, "--json"))
    assert first == {"customer": "acme", "charge": "0.056", "asr": 409 / 1010, "at": "2026-01-01T00:00:00Z"}
    assert second == {"customer": "Ünal", "charge": None, "asr": None, "at": "2026-01-01"}


def test_a_table_aligns_numbers_to_the_right_and_shows_nothing_as_a_dash() -> None:
    head, first, second = printed(ROWS).splitlines()
    assert head.split() == ["customer", "charge", "asr", "at"]
    assert first.split() == ["acme", "0.056", "0.4050", "2026-01-01T00:00:00Z"]
    assert second.split() == ["Ünal", "–", "–", "2026-01-01"]
    assert first.index("0.056") + len("0.056") == second.index("–") + 1


def test_a_metric_shows_its_value() -> None:
    assert "0.5" in printed([{"asr": {"value": 0.5, "numerator": 1, "denominator": 2}}])


def test_a_text_of_several_lines_stays_in_its_row() -> None:
    assert len(printed([{"address": "Street 1\nTown"}]).splitlines()) == 2


def test_one_result_is_a_list_of_its_parts() -> None:
    assert printed({"home": Path("x"), "created": True}).splitlines() == ["home     x", "created  True"]
