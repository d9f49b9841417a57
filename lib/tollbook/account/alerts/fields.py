"""What may be entered of an alert, how each value is checked, and what of it fits together.

The options of the command line, the form of the page and the API are made from these fields.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Final

from tollbook.account.alerts.areas import AREAS, BYS, OPERATORS, QUARTER_MIN, SIGNS, Area
from tollbook.account.fields import Field, one_of, parse_name
from tollbook.account.types import DIGITS
from tollbook.errors import UsageError
from tollbook.language import tr
from tollbook.money import SCALE, parse_amount

LONGEST_SAMPLE_MIN: Final = 7 * 24 * 60
LONGEST_REPEAT_MIN: Final = 31 * 24 * 60
MOST_CALLS: Final = 1_000_000_000
MOST_RECIPIENTS: Final = 50
LONGEST_NAME: Final = 200
_YES, _NO = "yes", "no"
_HUNDRED: Final = Decimal(100)


def _figure(text: str) -> Decimal:
    """A threshold; `40%` is 0.4."""
    amount = parse_amount(text.removesuffix("%").strip())
    exact = amount / _HUNDRED if text.endswith("%") else amount
    if amount.adjusted() >= DIGITS - SCALE or -int(exact.as_tuple().exponent) > SCALE:
        raise ValueError(tr("'{text}' has more digits than are kept").format(text=text[:60]))
    return exact


def _minutes(most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and 0 < int(text) <= most):
            raise ValueError(
                tr("'{text}' is no number of minutes from 1 to {most}").format(text=text[:60], most=most)
            )
        return int(text)

    return parse


def _sample(text: str) -> int:
    minutes = _minutes(LONGEST_SAMPLE_MIN)(text)
    if minutes % QUARTER_MIN:
        words = tr("{minutes} is no multiple of {quarter}, which the figures are kept by")
        raise ValueError(words.format(minutes=minutes, quarter=QUARTER_MIN))
    return minutes


def _calls(text: str) -> int:
    if not (
        text.isascii() and text.isdigit() and len(text) <= len(str(MOST_CALLS)) and int(text) <= MOST_CALLS
    ):
        raise ValueError(
            tr("'{text}' is no whole number from 0 to {most}").format(text=text[:60], most=MOST_CALLS)
        )
    return int(text)


def _if_told(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    """The same parser, for what has a default: empty is not told."""
    return lambda text: parse(text) if text else None


def _operator(text: str) -> str:
    return one_of(OPERATORS)(SIGNS.get(text, text))


def _name(text: str) -> str:
    if len(text) > LONGEST_NAME:
        raise ValueError(tr("it has more than {most} characters").format(most=LONGEST_NAME))
    return parse_name(text)


def _line(text: str) -> str:
    return _name(text) if text else ""


def _recipients(text: str) -> tuple[str, ...]:
    named = tuple(dict.fromkeys(text.replace(",", " ").split()))
    if len(named) > MOST_RECIPIENTS:
        raise ValueError(tr("it names more than {most}").format(most=MOST_RECIPIENTS))
    return named


def _active(text: str) -> bool:
    return one_of((_YES, _NO))({"true": _YES, "false": _NO}.get(text.lower(), text)) == _YES


def _repeat(text: str) -> int | None:
    return _minutes(LONGEST_REPEAT_MIN)(text) if text not in {"", "0"} else None


_FIELDS: Final = (
    Field("name", "NAME", "Name that people read.", _name),
    Field("area", "|".join(AREAS), "What is watched.", one_of(tuple(AREAS))),
    Field(
        "operator",
        "|".join(OPERATORS),
        "When it fires; default what is bad of the area.",
        _if_told(_operator),
    ),
    Field(
        "threshold",
        "N",
        "Beyond which it fires: 40% or 0.4 of a share, ms of PDD, s of ACD.",
        _if_told(_figure),
    ),
    Field("reset", "N", "At which it is over again; default the threshold.", _if_told(_figure)),
    Field(
        "sample_min",
        "MINUTES",
        "Sample period, a multiple of 15; default 60.",
        _if_told(_sample),
        short="sample",
    ),
    Field(
        "min_calls",
        "N",
        "Calls of the sample below which it is silent; default 50 of ratios, else 0.",
        _if_told(_calls),
    ),
    Field(
        "repeat_min",
        "MINUTES",
        "Tell again so often while it is raised; default once.",
        _repeat,
        short="repeat",
    ),
    Field("by", "|".join(BYS), "Judge each of these by itself; default all together.", one_of(("", *BYS))),
    Field("customer", "C", "Only this customer's.", _line),
    Field("carrier", "K", "Only this carrier's.", _line),
    Field("destination", "NAME", "Only to this destination.", _line),
    Field(
        "recipients", "WHO", "E-mail addresses or login names, with a space between.", _recipients, short="to"
    ),
    Field("active", f"{_YES}|{_NO}", "Whether it is judged at all; default yes.", _if_told(_active)),
)

FIELDS: Final[Mapping[str, Field]] = {field.name: field for field in _FIELDS}
"""Fields by name, in the order in which they are shown."""
NEEDED: Final = ("name", "area", "threshold")


def complete(entered: Mapping[str, Any]) -> dict[str, Any]:
    """All values of a rule: what is not told has its default.

    Raises:
        UsageError: one of those is missing that have none.
    """
    for name in NEEDED:
        if entered.get(name) is None:
            raise UsageError(tr("{name} is missing").format(name=name))
    area = AREAS[entered["area"]]
    usual = {
        "operator": area.operator,
        "reset": entered["threshold"],
        "sample_min": 60,
        "min_calls": area.minimum,
        "repeat_min": None,
        "by": "",
        "customer": "",
        "carrier": "",
        "destination": "",
        "recipients": (),
        "active": True,
    }
    return {name: entered[name] if entered.get(name) is not None else usual.get(name) for name in FIELDS}


def refuse_unfit(values: Mapping[str, Any]) -> None:
    """Nothing, if the values of a rule fit each other.

    Raises:
        UsageError: which of them do not, and what may stand there.
    """
    area = AREAS[values["area"]]
    for name in BYS:
        if name not in area.bys and (values[name] or values["by"] == name):
            raise UsageError(
                tr("{area} is not known by {name}: it can be told by {known}").format(
                    area=area.name, name=name, known=", ".join(area.bys)
                )
            )
    if values["by"] and values[values["by"]]:
        raise UsageError(tr("an alert is of one {name} or by {name}, not both").format(name=values["by"]))
    if area.is_money and not (values["customer"] or values["by"]):
        raise UsageError(tr("a balance is of a customer: name one, or judge each by customer"))
    if values["min_calls"] and not area.counted:
        raise UsageError(tr("{area} counts no calls: leave min_calls at 0").format(area=area.name))
    _refuse_figures(area, values["operator"], values["threshold"], values["reset"])


def _refuse_figures(area: Area, operator: str, threshold: Decimal, reset: Decimal) -> None:
    for name, figure in (("threshold", threshold), ("reset", reset)):
        if area.is_share and not 0 <= figure <= 1:
            raise UsageError(tr("{name}: write 40% or 0.4 of {area}").format(name=name, area=area.name))
    low = operator in {"below", "at_most"}
    if reset < threshold if low else reset > threshold:
        words = (
            tr("reset: it is over once the figure is back, so not under the threshold")
            if low
            else tr("reset: it is over once the figure is back, so not over the threshold")
        )
        raise UsageError(words)
