"""How the numbers that a customer calls are written for rating: `00> 0>49` makes 49301234 of 0049301234 and of 0301234.

What is in the records stays as the switch told it; only the deck is asked for the number so written.
"""

import re
from typing import Final, NamedTuple

from tollbook.language import tr

MOST_RULES: Final = 20
_RULE: Final = re.compile(r"([0-9*#]{1,20})>([0-9]{0,20})")


class Rule(NamedTuple):
    """A number that begins with `start` is written with `instead` in its place."""

    start: str
    instead: str

    def applied(self, number: str) -> str:
        """The number as this rule, which fits it, writes it."""
        return self.instead + number[len(self.start) :]


def parse(text: str) -> tuple[Rule, ...]:
    """The rules of a text, separated by spaces, those of the longest starts first: of those that fit the first holds.

    Of two for the same start the last holds.

    Raises:
        ValueError: one of them is none, or there are too many.
    """
    return tuple(sorted(_rules(text), key=lambda rule: -len(rule.start)))


def checked(text: str) -> str:
    """The rules as they are kept: in the order in which they were written.

    Raises:
        ValueError: as `parse`.
    """
    return " ".join(f"{rule.start}>{rule.instead}" for rule in _rules(text))


def fitting(rules: tuple[Rule, ...], number: str) -> Rule | None:
    """The rule that holds for a number, if any."""
    return next((rule for rule in rules if number.startswith(rule.start)), None)


def written(text: str, number: str) -> str:
    """The number as the rules of a text write it."""
    rule = fitting(parse(text), number)
    return number if rule is None else rule.applied(number)


def _rules(text: str) -> list[Rule]:
    made: dict[str, Rule] = {}
    for word in text.split():
        found = _RULE.fullmatch(word)
        if not found:
            words = tr("'{text}' is no rule such as 00> or 0>49: digits, and what stands in their place")
            raise ValueError(words.format(text=word))
        rule = Rule(*found.groups())
        made[rule.start] = rule
    if len(made) > MOST_RULES:
        raise ValueError(tr("more than {most} rules").format(most=MOST_RULES))
    return list(made.values())
