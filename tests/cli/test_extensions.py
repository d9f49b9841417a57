"""`tollbook extension`, as people type it."""

import stat
from pathlib import Path

import pytest

from secrets_kept import SECRETS
from tollbook.account.workbook import read_workbook

ROWS = [
    {"number": "0100", "customer": "acme", "name": "Desk"},
    {"number": "1000", "customer": "beta", "name": ""},
]


@pytest.fixture
def extensions(tollbook):
    """Acme has 0100 of its block 0100-0199, beta has no block and 1000."""
    for name in ("acme", "beta"):
        tollbook("customer", "add", name)
    tollbook("block", "settings", "--start", "1000", "--size", "1000", "--realm", "sip.example.net")
    tollbook("block", "allocate", "--customer", "acme", "--start", "0100", "--end", "0199")
    tollbook("extension", "add", "--customer", "acme", "--name", "Desk")
    tollbook("extension", "add", "--customer", "beta", "1000")
    return tollbook


def test_they_are_added_listed_and_taken_away(extensions) -> None:
    rows = extensions("extension", "list", "--json").json
    assert [(row["number"], row["customer"], row["block"], row["out_of_block"]) for row in rows] == [
        ("0100", "acme", 1, False),
        ("1000", "beta", None, False),
    ]
    assert extensions("extension", "list", "--customer", "beta", "--json").json == rows[1:]
    assert extensions("extension", "remove", "0100", "--json").json == rows[0]
    assert extensions("extension", "list", "--json").json == rows[1:]


def test_free_ones_are_a_list_of_text(extensions) -> None:
    told = extensions("extension", "free", "--customer", "acme", "--json").json
    assert (len(told), told[0], told[-1]) == (99, "0101", "0199")
    some = extensions("extension", "free", "--customer", "beta", "--limit", "2", "--json")
    assert some.json == ["1001", "1002"]
    assert "more than 2" in some.err


def test_history_tells_who_did_what(extensions) -> None:
    extensions("extension", "remove", "1000")
    told = extensions("extension", "history", "1000", "--json").json
    assert [(one["action"], "command line" in one["login"]) for one in told] == [
        ("add", True),
        ("remove", True),
    ]


def test_one_gets_another_name(extensions) -> None:
    told = extensions("extension", "set", "0100", "--name", "Lobby", "--json").json
    assert (told["number"], told["name"]) == ("0100", "Lobby")
    *_, last = extensions("extension", "history", "0100", "--json").json
    assert (last["action"], last["before"], last["after"]) == (
        "change",
        {"customer": "acme", "name": "Desk"},
        {"customer": "acme", "name": "Lobby"},
    )
    assert extensions("extension", "set", "0100", "--name", "", "--json").json["name"] == ""


def test_what_cannot_be_ends_so(extensions) -> None:
    for words, code in (
        (("add", "--customer", "acme", "1000"), 1),
        (("add", "--customer", "acme", "2000"), 1),
        (("add", "--customer", "nobody"), 2),
        (("add", "--customer", "acme", "x"), 2),
        (("remove", "77"), 2),
        (("set", "77", "--name", "x"), 2),
        (("set", "1000"), 2),
        (("free", "--customer", "nobody"), 2),
        (("secret",), 2),
        (("secret", "1000", "--customer", "acme"), 2),
        (("secret", "77"), 2),
        (("import", "nowhere.csv"), 2),
    ):
        assert extensions("extension", *words).code == code, words


def test_a_dry_run_lists_each_conflict_and_changes_nothing(extensions, tmp_path: Path) -> None:
    path = tmp_path / "numbers.csv"
    path.write_text("number,customer,name\n0101,acme,New\n4.47E+11,beta,\n101,acme,\n1000,acme,\n")
    before = extensions("extension", "list", "--json").json
    dry = extensions("extension", "import", path, "--dry-run", "--json")
    assert (dry.code, dry.json["added"], dry.json["dry_run"]) == (0, 1, True)
    assert [(one["line"], one["number"], one["customer"]) for one in dry.json["conflicts"]] == [
        (3, "4.47E+11", "beta"),
        (4, "101", "acme"),
        (5, "1000", "acme"),
    ]
    assert "numbers.csv: line 4: '101' has lost its leading zeros: there is 0101" in dry.err
    assert extensions("extension", "list", "--json").json == before


def test_strict_enters_all_or_nothing(extensions, tmp_path: Path) -> None:
    path = tmp_path / "numbers.csv"
    path.write_text("number,customer\n0101,acme\nx,acme\n")
    refused = extensions("extension", "import", path, "--strict", "--json")
    assert (refused.code, "nothing was entered" in refused.err) == (1, True)
    assert (refused.json["added"], refused.json["dry_run"]) == (1, True)
    assert len(extensions("extension", "list", "--json").json) == 2
    done = extensions("extension", "import", path, "--json")
    assert (done.code, done.json["added"], len(done.json["conflicts"])) == (0, 1, 1)
    assert len(extensions("extension", "list", "--json").json) == 3


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_exported_can_be_imported(extensions, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"numbers.{kind}"
    told = extensions("extension", "export", "--format", kind, "--output", path, "--json").json
    assert told == {"format": kind, "file": str(path)}
    done = extensions("extension", "import", path, "--json").json
    assert (done["rows"], done["unchanged"], done["conflicts"]) == (2, 2, [])


def test_without_a_file_it_is_printed(extensions, tmp_path: Path) -> None:
    assert extensions("extension", "export").out == "number,customer,name\n0100,acme,Desk\n1000,beta,\n"
    assert extensions("extension", "export", "--json").json == ROWS
    assert extensions("extension", "export", "--customer", "beta", "--json").json == ROWS[1:]


def test_a_secret_is_told_once_and_switches_get_its_hash(extensions, tmp_path: Path) -> None:
    (told,) = extensions("extension", "secret", "0100", "--json").json
    SECRETS.add("a SIP secret", told["secret"])
    assert (told["number"], told["customer"], told["realm"]) == ("0100", "acme", "sip.example.net")
    assert extensions("extension", "secret", "--customer", "acme", "--json").json == []
    path = tmp_path / "numbers.sql"
    done = extensions("extension", "export", "--format", "kamailio-sql", "--output", path)
    assert "left out, as they have no secret" in done.err
    assert "VALUES ('0100', 'sip.example.net', ''," in path.read_text()
    assert told["secret"] not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for kind in ("kamailio-csv", "asterisk", "freeswitch"):
        assert "0100" in extensions("extension", "export", "--format", kind).out
    content = extensions("extension", "export", "--format", "asterisk", "--json").json["content"]
    assert content.startswith("[0100]\ntype=endpoint\n")


def test_a_workbook_s_cells_are_text(extensions, tmp_path: Path) -> None:
    path = tmp_path / "numbers.xlsx"
    extensions("extension", "export", "--format", "xlsx", "--output", path)
    assert [cells[0].text for _, cells in read_workbook(path)] == ["number", "0100", "1000"]
