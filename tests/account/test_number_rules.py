"""How numbers are written for rating."""

import pytest

from tollbook.account.number_rules import MOST_RULES, checked, fitting, parse, written


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("0049301234", "49301234"),
        ("0301234", "49301234"),
        ("1234#0301234", "0301234"),
        ("442071234", "442071234"),
        ("00", ""),
        ("", ""),
    ],
)
def test_the_longest_start_that_fits_holds_and_no_other(number: str, told: str) -> None:
    rules = "0>49 00> 1234#>"
    rule = fitting(parse(rules), number)
    assert (rule.applied(number) if rule else number) == told
    assert written(rules, number) == told


def test_rules_are_kept_as_they_were_written_each_start_once() -> None:
    assert checked("  0>49\n00>  0>44") == "0>44 00>"
    assert checked("") == ""


@pytest.mark.parametrize("text", [">49", "0-49", "0>+49", "a>1", "0>4a", "0" * 21 + ">"])
def test_what_is_no_rule_is_named(text: str) -> None:
    with pytest.raises(ValueError, match="is no rule such as 00> or 0>49"):
        checked(f"00> {text}")


def test_there_are_so_many_at_most() -> None:
    with pytest.raises(ValueError, match="more than 20 rules"):
        checked(" ".join(f"{number}>" for number in range(10, 11 + MOST_RULES)))
