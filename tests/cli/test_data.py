"""`tollbook init`, `formats`, `import` and `refresh`, as people type them."""

import gzip
import io
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tollbook.workspace import Workspace

Run = Callable[..., Any]
GOOD = (
    "call_id,customer,carrier,caller,called,started_at,answered_at,ended_at,talk_ms,sip_code,outcome\n"
    "1,acme,alpha,39041,442071838750,2026-01-05T10:00:00Z,2026-01-05T10:00:05Z,2026-01-05T10:01:05Z,60000,200,answered\n"
    "2,acme,alpha,39041,442071838750,2026-01-05T10:10:00Z,,2026-01-05T10:10:09Z,0,486,busy\n"
)
BAD = (
    GOOD
    + "3,acme,alpha,39041,4420,2026-01-05T10:10:00Z,2026-01-05T11:10:00Z,2026-01-05T10:10:09Z,1,200,answered\n"
)


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    file = tmp_path / "calls.csv"
    file.write_text(GOOD)
    return file


def test_init_makes_a_workspace_once(tmp_path: Path, tollbook: Run) -> None:
    made = tollbook("init", "--home", tmp_path / "new", "--json").json
    assert made == {"home": str(tmp_path / "new"), "created": True}
    secret = (tmp_path / "new" / "secret").read_bytes()
    assert tollbook("init", "--home", tmp_path / "new", "--json").json["created"] is False
    (tmp_path / "new" / "secret").unlink()
    tollbook("init", "--home", tmp_path / "new")
    assert len(secret) == 32
    assert not (tmp_path / "new" / "secret").exists(), "a lost secret is not made anew unnoticed"
    assert (tmp_path / "new" / "tollbook.db").is_file()


def test_formats_are_listed_with_what_they_are(tollbook: Run) -> None:
    listed = tollbook("formats", "--json").json
    assert [row["name"] for row in listed] == ["asterisk", "freeswitch", "kamailio", "tollbook"]
    assert all(row["description"] for row in listed)


def test_import_prints_the_counts_of_the_contract(calls: Path, tollbook: Run) -> None:
    done = tollbook("import", calls, "--json").json
    counts = {
        "files": 1,
        "read": 2,
        "stored": 2,
        "duplicates": 0,
        "rejected": 0,
        "unrated": 1,
        "rejects": None,
    }
    assert done.items() >= counts.items()


def test_rejects_are_counted_named_and_kept(tmp_path: Path, tollbook: Run) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(BAD)
    done = tollbook("import", file, "--json")
    assert (done.code, done.json["stored"], done.json["rejected"]) == (0, 2, 1)
    assert Path(done.json["rejects"]).read_text().count("\n") == 2
    again = tollbook("import", file, "--json", "--strict")
    assert again.code == 1
    assert "1 records were rejected" in again.err


def test_standard_input_is_a_file(calls: Path, tollbook: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(calls.read_bytes())))
    assert tollbook("import", "-", "--json").json["stored"] == 2


def test_a_packed_file_is_unpacked(calls: Path, tollbook: Run) -> None:
    packed = calls.with_suffix(".csv.gz")
    packed.write_bytes(gzip.compress(calls.read_bytes()))
    assert tollbook("import", packed, "--json").json["stored"] == 2


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("none.csv",), 1, "none.csv: no file there"),
        (("--format", "asterix", "{calls}"), 2, "unknown format 'asterix', did you mean 'asterisk'?"),
        (("--format", "asterisk", "{calls}"), 1, "calls.csv: is not asterisk"),
        (("--tz", "Europe/Berln", "{calls}"), 2, ""),
        (("--map", "m.yml", "{calls}"), 2, "--map names columns of one format: say which with --format"),
        ((), 2, "Missing argument"),
    ],
)
def test_what_a_user_can_get_wrong_is_one_clear_line(
    words: tuple[str, ...], code: int, message: str, calls: Path, tollbook: Run
) -> None:
    done = tollbook("import", *(word.format(calls=calls) for word in words))
    if message:
        assert (done.code, message in done.err) == (code, True)
    assert "Traceback" not in done.err


def test_a_mapping_names_the_columns_of_ones_own_file(tmp_path: Path, tollbook: Run) -> None:
    file, mapping = tmp_path / "own.csv", tmp_path / "own.yml"
    file.write_text(GOOD.replace("call_id", "Call ID").replace("customer", "Account"))
    mapping.write_text("layout: csv\nrename: {Call ID: call_id, Account: customer}\n")
    done = tollbook("import", file, "--format", "tollbook", "--map", mapping, "--json")
    assert (done.code, done.json["stored"]) == (0, 2)


def test_refresh_counts_what_is_new(calls: Path, tollbook: Run) -> None:
    tollbook("import", calls)
    first = tollbook("refresh", "--json").json
    assert (first["calls_seen"], first["days_touched"]) == (2, 1)
    assert first["updated_at"].endswith("Z")
    assert tollbook("refresh", "--json").json["days_touched"] == 0


def test_a_deck_that_comes_later_rates_what_waited(tmp_path: Path, calls: Path, tollbook: Run) -> None:
    deck = tmp_path / "deck.csv"
    deck.write_text("prefix,destination,rate_per_min\n44,UK,0.060\n")
    tollbook("import", calls)
    tollbook("customer", "add", "acme", "--currency", "EUR")
    assert tollbook("deck", "import", deck, "--customer", "acme").code == 0
    tollbook("refresh")
    (row,) = tollbook("summary", "--view", "daily", "--json").json
    assert (row["charge"], row["unrated"], row["attempts"]) == ("0.06", 0, 2)


def test_a_workspace_that_is_none_is_said(tmp_path: Path, tollbook: Run) -> None:
    done = tollbook("refresh", "--home", tmp_path / "none")
    assert (done.code, "is no workspace: make one with `tollbook init`" in done.err) == (1, True)


def test_a_newer_workspace_is_refused(workspace: Workspace, tollbook: Run) -> None:
    workspace.marker.write_text('{"layout": 99}')
    done = tollbook("refresh")
    assert (done.code, "made by a newer Tollbook" in done.err) == (1, True)
