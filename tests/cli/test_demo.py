"""The command `demo`."""

import json

import pytest

from tollbook.cli import main


def run(capsys, *arguments):
    """Exit code, standard output and standard error."""
    code = 0
    try:
        main(list(arguments))
    except SystemExit as ended:
        code = int(ended.code or 0)
    out, err = capsys.readouterr()
    return code, out, err


@pytest.fixture
def home(tmp_path):
    return str(tmp_path / "home")


def test_it_makes_the_workspace_and_prints_counts_as_json(capsys, home):
    code, out, err = run(capsys, "--home", home, "demo", "--days", "2", "--calls-per-day", "100", "--json")
    counts = json.loads(out)
    assert code == 0
    assert (counts["customers"], counts["carriers"], counts["decks"], counts["days"]) == (6, 5, 11, 2)
    assert counts["calls"] > 0
    assert counts["unrated"] == counts["rejected"] == 0
    assert "calls imported and rated" in err


def test_a_second_demo_in_the_same_workspace_is_refused_in_one_line(capsys, home):
    small = ("--home", home, "demo", "--days", "2", "--calls-per-day", "100")
    run(capsys, *small)
    code, out, err = run(capsys, *small)
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert "holds calls already" in err


def test_no_days_are_wrong_usage(capsys, home):
    code, _, err = run(capsys, "--home", home, "demo", "--days", "0")
    assert code == 2
    assert "--days" in err
