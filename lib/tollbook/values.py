"""How values are written in `params/` and in addresses: lists in one text, spans before an end, names of ours."""

import csv
import io
import re
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Annotated, Final

from pydantic import BeforeValidator, ValidationInfo

from tollbook import language
from tollbook.errors import UsageError
from tollbook.language import tr
from tollbook.periods import parse_instant, parse_zone

LINES_OF: Final = ("total", "carrier", "customer", "destination")
"""What the lines of a graph may be of."""

GRAPHS: Final = (
    *("channels", "asr", "acd", "dtmf", "attempts", "cps", "codes", "code_shares", "pdd_median", "pdd_p95"),
    *("minutes", "charge", "cost", "margin", "destinations", "breaches", "limits", "short_calls"),
)
"""Names of the graphs of a dashboard; `show.plans` says what each is."""

INVOICE_STATES: Final = ("draft", "issued", "part_paid", "paid", "overdue", "part_credited", "credited")
"""What the list of invoices can be narrowed to."""

OUTCOMES: Final = ("done", "refused", "failed")
"""What became of something that the audit tells of."""

_BACK: Final = re.compile(r"-(\d{1,4})([hd])")
_UNITS: Final = {"h": "hours", "d": "days"}
SORTS: Final = "^-?(carrier|destination|seizures|asr|ner|acd|pdd|short_calls|rerouted|margin|stake)$"
"""What score cards can be sorted by."""


def parse_back(text: str) -> timedelta | None:
    """How long before the end a span starts: `-24h` or `-7d`; null where the text is no such thing."""
    found = _BACK.fullmatch(text)
    return timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None


def _moment(value: object) -> object:
    # YAML reads 2026-10-05 as a date; people need no quotes.
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, str) and value:
        parse_instant(value)
    return value


def _start(value: object) -> object:
    return value if isinstance(value, str) and parse_back(value) else _moment(value)


def _zone(value: object) -> object:
    if isinstance(value, str):
        parse_zone(value)
    return value


def _language(value: object) -> object:
    if isinstance(value, str):
        language.known(value)
    return value


def _by(value: object, info: ValidationInfo) -> object:
    known = _left(LINES_OF, info)
    for item in separated(value) if isinstance(value, str) else ():
        kind = item.rpartition(":")[2]
        if kind not in known:
            words = tr("by '{item}': lines are of {names}").format(item=item, names=", ".join(known))
            raise UsageError(f"{words}{language.suggested(kind, known)}")
    return value


def _graphs(value: object, info: ValidationInfo) -> object:
    known = _left(GRAPHS, info)
    for name in separated(value) if isinstance(value, str) else ():
        if name not in known:
            words = tr("unknown graph '{name}'").format(name=name)
            raise UsageError(f"{words}{language.suggested(name, known)}")
    return value


def _states(value: object) -> object:
    for name in separated(value) if isinstance(value, str) else ():
        if name not in INVOICE_STATES:
            words = tr("unknown state '{name}'").format(name=name)
            raise UsageError(f"{words}{language.suggested(name, INVOICE_STATES)}")
    return value


def _outcomes(value: object) -> object:
    for name in separated(value) if isinstance(value, str) else ():
        if name not in OUTCOMES:
            words = tr("unknown outcome '{name}'").format(name=name)
            raise UsageError(f"{words}{language.suggested(name, OUTCOMES)}")
    return value


def _left(names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
    """Those that there are for the reader whose choices are checked."""
    lacks: Collection[str] = info.context or ()
    return tuple(name for name in names if name not in lacks)


Moment = Annotated[str, BeforeValidator(_moment)]
Start = Annotated[str, BeforeValidator(_start)]
Zone = Annotated[str, BeforeValidator(_zone)]
Language = Annotated[str, BeforeValidator(_language)]
By = Annotated[str, BeforeValidator(_by)]
Graphs = Annotated[str, BeforeValidator(_graphs)]
InvoiceStates = Annotated[str, BeforeValidator(_states)]
Outcomes = Annotated[str, BeforeValidator(_outcomes)]


def without(text: str, lacks: Collection[str]) -> str:
    """A list of graphs or of what lines are of, such as `carrier,asr:customer`, without what the reader lacks."""
    return joined(item for item in separated(text) if not set(item.split(":")) & set(lacks))


def separated(text: str) -> list[str]:
    """The names of a list in one text, `a,"b, with a comma",c`; none of an empty one."""
    return [name for row in csv.reader([text]) for name in row if name]


def joined(names: Iterable[str]) -> str:
    """A list of names as one text, from which `separated` gets them back."""
    text = io.StringIO()
    csv.writer(text, lineterminator="").writerow(names)
    return text.getvalue()
