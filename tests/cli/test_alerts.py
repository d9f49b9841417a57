"""`tollbook alert`, as people type it."""

import pytest

from alerts.conftest import calls


@pytest.fixture
def alert(tollbook):
    """Types `tollbook alert` and these words."""
    return lambda *words: tollbook("alert", *words)


def asr(alert, *more: str) -> int:
    words = (
        "add",
        "ASR",
        "--area",
        "asr",
        "--threshold",
        "40%",
        "--reset",
        "45%",
        "--sample",
        "15",
        "--json",
    )
    return alert(*words, *more).json["id"]


def test_a_rule_is_entered_listed_changed_and_removed(alert) -> None:
    row = alert(
        "add", "ASR per carrier", "--area", "asr", "--threshold", "40%", "--by", "carrier", "--json"
    ).json
    assert (row["id"], row["threshold"], row["reset"], row["operator"]) == (1, "0.4", "0.4", "below")
    assert (row["sample_min"], row["min_calls"], row["repeat_min"]) == (60, 50, None)
    assert alert("set", "1", "--reset", "45%", "--repeat", "60", "--json").json["reset"] == "0.45"
    (line,) = alert("list", "--json").json
    assert (line["name"], line["status"], line["raised"]) == ("ASR per carrier", None, [])
    assert alert("show", "1", "--json").json["states"] == []
    assert alert("remove", "1", "--json").json["repeat_min"] == 60
    assert alert("list", "--json").json == []


def test_a_refresh_judges_it_and_says_what_it_did(alert, tollbook, keep) -> None:
    asr(alert, "--by", "customer", "--min-calls", "10")
    keep(calls("11:00", 10, 3, customer="acme"), rolled=False)
    done = tollbook("refresh", "--json")
    assert (done.code, done.json["calls_seen"]) == (0, 10)
    assert "alert 1, ASR: fired acme" in done.err
    (row,) = alert("history", "--json").json
    assert (row["kind"], row["subject"], row["value"], row["threshold"]) == ("fired", "acme", 0.3, "0.4")
    assert alert("history", "1", "--kind", "reset", "--json").json == []
    assert alert("history", "--to", "2026-01-01", "--json").json == []
    (state,) = alert("show", "1", "--json").json["states"]
    assert (state["status"], state["numerator"], state["denominator"]) == ("raised", 3, 10)
    assert "raised" in alert("list").out


def test_a_back_test_tells_when_it_would_have_fired_also_with_other_values(alert, keep) -> None:
    number = asr(alert, "--min-calls", "10")
    keep([*calls("11:00", 10, 3), *calls("11:15", 10, 5)])
    told = alert("backtest", number, "--json").json
    assert (told["fired"], told["reset"], told["judged"]) == (1, 1, 30 * 96)
    assert told["events"][0]["at"] == "2026-10-05T11:15:00Z"
    tried = alert("backtest", number, "--days", "1", "--min-calls", "11", "--json").json
    assert (tried["fired"], tried["few_calls"], tried["judged"]) == (0, 2, 96)
    assert alert("show", number, "--json").json["min_calls"] == 10


def test_a_test_without_a_mail_server_says_so(alert) -> None:
    number = asr(alert, "--to", "noc@site.example")
    done = alert("test", number, "--json")
    assert (done.code, done.json["kind"]) == (0, "test")
    assert "noc@site.example: impossible: params/site.yml: mail.host is empty" in done.err


WRONG = [
    (("add", "x", "--area", "asr"), "threshold is missing"),
    (("add", "x", "--area", "asr", "--threshold", "40"), "write 40% or 0.4 of asr"),
    (("add", "x", "--area", "asrr", "--threshold", "40%"), "did you mean 'asr'?"),
    (
        ("add", "x", "--area", "asr", "--threshold", "40%", "--to", "nobody"),
        "nobody signs in as 'nobody'",
    ),
    (("set", "9", "--threshold", "40%"), "there is no alert '9'"),
    (("set", "9"), "nothing to set"),
    (("remove", "9"), "there is no alert '9'"),
    (("test", "9"), "there is no alert '9'"),
    (("backtest", "9"), "there is no alert '9'"),
    (("history", "--kind", "fire"), "did you mean 'fired'?"),
]


def test_what_cannot_be_is_wrong_usage_in_one_line(alert) -> None:
    for words, told in WRONG:
        done = alert(*words)
        assert (done.code, told in done.err, done.err.count("\n")) == (2, True, 1), words
