"""What an alert can watch: each area with its unit, what it can be told apart by, and what counts as its calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from babel.numbers import format_decimal

from tollbook.language import current, later, tr

Operator = Literal["below", "at_most", "above", "at_least"]

OPERATORS: Final[tuple[Operator, ...]] = ("below", "at_most", "above", "at_least")
SIGNS: Final[Mapping[str, Operator]] = {"<": "below", "<=": "at_most", ">": "above", ">=": "at_least"}
"""Other ways of writing them."""
BYS: Final = ("customer", "carrier", "destination")
"""What an alert can be confined to, and told apart by."""
QUARTER_MIN: Final = 15
"""Minutes of a row of the rollups: a sample period is made of whole ones."""
_WHO: Final = ("customer", "carrier")


@dataclass(frozen=True)
class Area:
    """One area. Of one that is `counted` there have to be enough calls; others have no sample to be too small."""

    name: str
    label: str
    unit: str
    operator: Operator
    bys: tuple[str, ...] = BYS
    counted: bool = False
    minimum: int = 0
    is_sampled: bool = True

    @property
    def is_share(self) -> bool:
        """Whether its figures are ratios of 0 to 1, which people write in percent."""
        return self.unit == "%"

    @property
    def is_money(self) -> bool:
        """Whether its figures are exact amounts."""
        return self.unit == "money"

    def told(self, value: Decimal | None) -> Decimal | float | None:
        """A figure as JSON has it: an amount exactly, anything else as a number."""
        return value if value is None or self.is_money else float(value)

    def words(self, value: Decimal | float | None, currency: str | None = "") -> str:
        """A figure as people read it, in the language in use."""
        if value is None:
            return "–"
        shown = Decimal(str(value)) * (100 if self.is_share else 1)
        text = format_decimal(shown, format=_FORMS.get(self.unit, "#,##0.##"), locale=current())
        unit = (currency or "") if self.is_money else self.unit
        return f"{text} {unit}".rstrip()


_FORMS: Final = {
    "%": "#,##0.00",
    "s": "#,##0.0",
    "ms": "#,##0",
    "money": "#,##0.00#######",
    "1/s": "#,##0.###",
}

_ALL: Final = (
    Area("balance", later("Balance"), "money", "below", ("customer",), is_sampled=False),
    Area("asr", later("ASR"), "%", "below", counted=True, minimum=50),
    Area("acd", later("ACD"), "s", "below", counted=True, minimum=50),
    Area("pdd", later("PDD"), "ms", "above", counted=True, minimum=50),
    Area("pdd_p95", later("PDD, 95th percentile"), "ms", "above", counted=True, minimum=50),
    Area("dtmf", later("DTMF"), "%", "below", counted=True, minimum=50),
    Area("cps", later("CPS"), "1/s", "above", counted=True),
    Area("channels", later("Live channels"), "", "above", _WHO),
    Area("short_calls", later("Short calls"), "%", "above", counted=True, minimum=50),
    Area("unrated", later("Unrated"), "", "above", counted=True),
    Area(
        "completeness", later("Completeness"), "%", "below", _WHO, counted=True, minimum=50
    ),
)  # fmt: skip

AREAS: Final[Mapping[str, Area]] = {area.name: area for area in _ALL}
"""Every area by its name."""


def operator_words(operator: str) -> str:
    """An operator in the language in use."""
    return {"below": tr("below"), "at_most": tr("at most"), "above": tr("above"), "at_least": tr("at least")}[
        operator
    ]


def status_words(status: str) -> str:
    """How an alert stands, in the language in use."""
    return {
        "ok": tr("in order"),
        "raised": tr("raised"),
        "few_calls": tr("silent: too few calls"),
        "no_data": tr("silent: no data"),
    }.get(status, tr("not judged yet"))


def kind_words(kind: str) -> str:
    """What an alert did, in the language in use."""
    return {
        "fired": tr("raised"),
        "repeated": tr("still raised"),
        "reset": tr("over"),
        "test": tr("test"),
    }[kind]
