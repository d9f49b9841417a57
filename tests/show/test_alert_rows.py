"""Alerts as the rows of grids."""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal

import polars as pl

from tollbook.account.alerts.models import Alert
from tollbook.account.alerts.telling import Figure
from tollbook.alerts.judge import Happening
from tollbook.alerts.replay import Replayed
from tollbook.show.alert_rows import bound_words, event_frame, firing_frame, of_whom, rule_frame

AT = datetime(2026, 10, 5, 12, tzinfo=UTC)
RULE = {
    "id": 1,
    "name": "ASR",
    "area": "asr",
    "operator": "below",
    "threshold": Decimal("0.4"),
    "reset": Decimal("0.45"),
    "sample_min": 60,
    "min_calls": 50,
    "repeat_min": None,
    "by": "carrier",
    "customer": "",
    "carrier": "",
    "destination": "",
    "recipients": ["a@x.example"],
    "active": True,
}
STATE = {"subject": "north", "status": "ok", "raised_at": None, "at": AT, "value": 0.5, "calls": 60}


def rows(rule: dict[str, object], *states: dict[str, object]) -> list[dict[str, object]]:
    return rule_frame([{**RULE, **rule, "states": list(states)}], {"acme": "EUR"}).to_dicts()


def test_those_that_are_raised_come_first() -> None:
    raised = {**STATE, "subject": "south", "status": "raised", "raised_at": AT, "value": 0.3}
    first, second = rows({}, STATE, raised)
    assert (first["subject"], first["status"], first["tone"], first["value"]) == (
        "south",
        "raised",
        "wrong",
        "30.00 %",
    )
    assert (second["subject"], second["tone"], second["calls"]) == ("north", "good", "60")
    assert first["rule"] == "below 40.00 %, over at 45.00 %"
    assert first["href"] == "alerts?alert=1"


def test_a_rule_that_is_silent_says_why_also_while_it_is_raised() -> None:
    (few,) = rows({}, {**STATE, "status": "few_calls"})
    assert (few["status"], few["tone"]) == ("silent: too few calls", "quiet")
    (still,) = rows({}, {**STATE, "status": "few_calls", "raised_at": AT})
    assert (still["status"], still["tone"]) == ("raised, silent: too few calls", "wrong")


def test_a_rule_without_a_state_is_not_judged_yet_or_off() -> None:
    (one,) = rows({})
    assert (one["status"], one["subject"], one["value"]) == ("not judged yet", "each carrier", "–")
    (off,) = rows({"active": False, "by": ""})
    assert (off["status"], off["subject"]) == ("off", "all")


def test_a_balance_has_its_customers_currency_and_no_sample() -> None:
    rule = {"area": "balance", "by": "customer", "threshold": Decimal(5), "reset": Decimal(5)}
    (one,) = rows(rule, {**STATE, "subject": "acme", "value": Decimal("-7.5"), "calls": None})
    assert (one["value"], one["rule"], one["sample"], one["calls"]) == (
        "-7.50 EUR",
        "below 5.00 EUR",
        "–",
        "–",
    )


def test_names_say_what_a_figure_is_of() -> None:
    assert of_whom({**RULE, "customer": "acme"}, "north") == "acme, north"
    assert of_whom(RULE, "") == "all"
    assert bound_words({**RULE, "reset": Decimal("0.4")}) == "below 40.00 %"


def test_an_event_says_who_was_told() -> None:
    row = {
        **RULE,
        "kind": "fired",
        "subject": "north",
        "at": AT,
        "recorded_at": AT,
        "value": 0.3,
        "calls": 60,
    }
    row["deliveries"] = [{"to": "a@x.example", "state": "sent"}, {"to": "ada", "state": None}]
    (one,) = event_frame([row], {}).to_dicts()
    assert (one["kind"], one["tone"], one["told"]) == ("raised", "wrong", "a@x.example: sent, ada: –")


def test_what_a_rule_would_have_done_is_a_row_each() -> None:
    figure = Figure(AT, Decimal("0.3"), Decimal(30), Decimal(100), 100)
    made = Replayed(Alert(**{k: v for k, v in RULE.items() if k != "recipients"}), AT, AT, pl.DataFrame(), (Happening("north", "fired", figure),), Counter())  # fmt: skip
    (one,) = firing_frame(made, {}).to_dicts()
    assert (one["subject"], one["value"], one["calls"], one["recorded_at"]) == (
        "north",
        "30.00 %",
        "100",
        None,
    )
