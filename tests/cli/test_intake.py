"""Entering numbers from a file: what is told of it."""

import json

import pytest


@pytest.fixture
def acme(tollbook):
    tollbook("customer", "add", "acme")
    return tollbook


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "blocks.csv"
    path.write_text("start,end,customer\n1000,1099,acme\n1050,1149,acme\n")
    return str(path)


def test_a_dry_run_tells_each_conflict_with_its_line_and_changes_nothing(acme, file) -> None:
    done = acme("block", "import", file, "--dry-run", "--json")
    assert (done.code, done.json["added"], done.json["dry_run"]) == (0, 1, True)
    assert done.json["conflicts"] == [
        {"line": 3, "number": "1050-1149", "customer": "acme", "why": "1050-1099 is on line 2 already"}
    ]
    assert "blocks.csv: line 3: 1050-1099 is on line 2 already" in done.err
    assert acme("block", "list", "--json").json == []


def test_what_fits_is_entered_and_strict_enters_nothing(acme, file) -> None:
    strict = acme("block", "import", file, "--strict", "--json")
    assert (strict.code, strict.json["added"], strict.json["dry_run"]) == (1, 1, True)
    assert acme("block", "list", "--json").json == []
    assert "1 lines of blocks.csv conflict; nothing was entered" in strict.err
    assert acme("block", "import", file, "--json").json["added"] == 1
    (row,) = acme("block", "list", "--json").json
    assert (row["start"], row["end"], row["customer"]) == ("1000", "1099", "acme")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_exported_is_there_already_when_it_is_read_in(acme, file, tmp_path, kind) -> None:
    acme("block", "import", file)
    out = tmp_path / f"out.{kind}"
    acme("block", "export", "--format", kind, "--output", str(out))
    told = acme("block", "import", str(out), "--json").json
    assert (told["rows"], told["unchanged"], told["conflicts"]) == (1, 1, [])


def test_an_export_is_text_for_files_or_rows_for_programs(acme, file) -> None:
    acme("block", "import", file)
    assert acme("block", "export").out == "start,end,customer\n1000,1099,acme\n"
    assert json.loads(acme("block", "export", "--json").out) == [
        {"start": "1000", "end": "1099", "customer": "acme"}
    ]
    assert acme("block", "export", "--customer", "beta").out == "start,end,customer\n"
