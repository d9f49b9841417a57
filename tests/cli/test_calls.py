"""The command `calls`."""

import csv
import io
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture
def run(network: Any, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `tollbook calls` over the known network; its exit code and what it printed."""
    from tollbook.cli import main  # noqa: PLC0415

    def made(*words: str) -> tuple[int, str]:
        code = 0
        try:
            main(["--home", str(network.home), "calls", "--from", "2026-10-05", *words])
        except SystemExit as done:
            code = int(done.code or 0)
        captured = capsys.readouterr()
        return code, captured.out if not code else captured.err

    return made


def test_calls_are_listed_newest_first_with_plain_values(run: Run) -> None:
    code, text = run("--customer", "beta", "--columns", "call_id,started_at,talk_s,charge", "--json")
    found = json.loads(text)
    assert (code, len(found)) == (0, 10)
    assert found[0] == {
        "call_id": "c1009", "started_at": "2026-10-05T22:25:20Z", "talk_s": 60.0, "charge": "0.0123",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("words", "calls"),
    [
        ((), 1010),
        (("--carrier", "north"), 505),
        (("--outcome", "answered", "--shortest", "60"), 409),
        (("--code", "4xx"), 601),
        (("--where", '{"any": [{"field": "customer", "op": "is", "value": "beta"}]}'), 10),
        (("--to", "2026-10-05T01:00"), 45),
        (("--from", "-1h", "--to", "2026-10-05T01:00"), 45),
        (("--number", "1"), 0),
    ],
)
def test_each_option_narrows(run: Run, words: tuple[str, ...], calls: int) -> None:
    assert json.loads(run(*words, "--count", "--json")[1]) == {"calls": calls}


def test_csv_is_all_of_them(run: Run) -> None:
    _, text = run("--csv", "--oldest", "--tz", "Europe/Riga")
    found = list(csv.DictReader(io.StringIO(text)))
    assert sum(Decimal(call["charge"]) for call in found) == 409 * Decimal("0.0123")
    assert found[0]["started_at (UTC)"] == "2026-10-05 00:00:00.000000"


def test_no_more_are_shown_than_asked_for(run: Run) -> None:
    assert len(json.loads(run("--limit", "3", "--json")[1])) == 3


def test_what_means_nothing_is_refused(run: Run) -> None:
    code, words = run("--outcome", "bussy")
    assert (code, "did you mean 'busy'" in words) == (2, True)
