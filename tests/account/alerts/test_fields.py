"""What may be entered of an alert, and what of it fits together."""

from decimal import Decimal

import pytest

from tollbook.account.alerts.fields import FIELDS, complete, refuse_unfit
from tollbook.account.alerts.shown import ENTERED
from tollbook.account.fields import values_of
from tollbook.errors import UsageError


def whole(**entered: object) -> dict[str, object]:
    return complete(values_of(FIELDS, "alert", {"name": "x", "area": "asr", "threshold": "40%", **entered}))


def test_what_is_entered_is_what_is_told() -> None:
    assert tuple(sorted(FIELDS)) == tuple(sorted(ENTERED))


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("threshold", "40%", Decimal("0.4")),
        ("threshold", "40 %", Decimal("0.4")),
        ("threshold", "0.4", Decimal("0.4")),
        ("threshold", "-12.5", Decimal("-12.5")),
        ("operator", "<=", "at_most"),
        ("operator", "above", "above"),
        ("sample_min", "45", 45),
        ("repeat_min", "0", None),
        ("recipients", "a@x.example, ada a@x.example", ("a@x.example", "ada")),
        ("active", "no", False),
        ("active", True, True),
        ("by", "", ""),
    ],
)
def test_a_value_is_read_as_people_write_it(name: str, text: object, value: object) -> None:
    assert FIELDS[name].value(text) == value


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("threshold", "forty", "is not an amount"),
        ("threshold", "0.00000000001%", "more than 9 decimals"),
        ("threshold", "0.00000001%", "more digits than are kept"),
        ("threshold", "9" * 40, "more digits than are kept"),
        ("operator", "belo", "did you mean 'below'?"),
        ("area", "asrr", "did you mean 'asr'?"),
        ("sample_min", "20", "no multiple of 15"),
        ("sample_min", "10095", "no number of minutes from 1 to 10080"),
        ("min_calls", "-1", "no whole number"),
        ("repeat_min", "x", "no number of minutes"),
        ("active", "perhaps", "is none of yes, no"),
        ("name", "", "it is empty"),
        ("name", "x" * 201, "more than 200"),
        ("customer", "a\nb", "control characters"),
        ("recipients", " ".join(f"{n}@x.example" for n in range(51)), "more than 50"),
    ],
    ids=lambda one: one[:30],
)
def test_what_cannot_be_is_refused_with_its_field(name: str, text: str, words: str) -> None:
    with pytest.raises(UsageError, match=f"^{name}: .*{words.replace('?', '.')}"):
        FIELDS[name].value(text)


def test_what_is_not_told_has_the_areas_default() -> None:
    told = whole(area="acd", threshold="30")
    assert (told["operator"], told["reset"], told["min_calls"]) == ("below", Decimal(30), 50)
    assert (told["sample_min"], told["repeat_min"], told["active"]) == (60, None, True)
    assert whole(area="cps", threshold="5")["min_calls"] == 0


@pytest.mark.parametrize("name", ["name", "area", "threshold"])
def test_a_rule_needs_a_name_an_area_and_a_threshold(name: str) -> None:
    told = {"name": "x", "area": "asr", "threshold": Decimal("0.4")}
    with pytest.raises(UsageError, match=f"{name} is missing"):
        complete({**told, name: None})


@pytest.mark.parametrize(
    ("entered", "words"),
    [
        ({"threshold": "40"}, "threshold: write 40% or 0.4 of asr"),
        ({"reset": "39%"}, "not under the threshold"),
        ({"operator": "above", "reset": "41%"}, "not over the threshold"),
        ({"area": "balance", "threshold": "10"}, "a balance is of a customer"),
        ({"area": "balance", "threshold": "10", "by": "carrier"}, "balance is not known by carrier"),
        ({"area": "channels", "threshold": "10", "destination": "Latvia"}, "not known by destination"),
        ({"area": "channels", "threshold": "10", "min_calls": "5"}, "channels counts no calls"),
        ({"by": "carrier", "carrier": "north"}, "of one carrier or by carrier, not both"),
    ],
    ids=str,
)
def test_values_that_do_not_fit_are_refused(entered: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        refuse_unfit(whole(**entered))


def test_values_that_fit_are_taken() -> None:
    refuse_unfit(whole(reset="40%"))
    refuse_unfit(whole(operator="above", reset="35%", by="destination", carrier="north"))
    refuse_unfit(whole(area="balance", threshold="-100", by="customer"))
