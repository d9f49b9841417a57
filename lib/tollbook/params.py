"""Strict readers of `params/`: what a person decides without programming, one file per notebook and one for the site."""

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal, Self, TypeVar

import yaml
from pydantic import Field, model_validator

from tollbook.errors import TollbookError, UsageError
from tollbook.language import tr
from tollbook.periods import View, parse_instant, parse_zone
from tollbook.settings import Company as Company  # noqa: PLC0414 - given on to whoever reads it
from tollbook.settings import Invoice as Invoice  # noqa: PLC0414 - given on to whoever reads it
from tollbook.settings import Payments as Payments  # noqa: PLC0414 - given on to whoever reads it
from tollbook.settings import Site as Site  # noqa: PLC0414 - given on to whoever reads it
from tollbook.strict import Params
from tollbook.switches import Live
from tollbook.values import (
    LINES_OF,
    SORTS,
    By,
    Graphs,
    InvoiceStates,
    Language,
    Moment,
    Outcomes,
    Start,
    Zone,
    parse_back,
    without,
)


class PageParams(Params):
    """What a reader chooses on a page: the parameters of its notebook, and, as texts, the names in its address."""

    page: ClassVar[str]
    """Name of the page, of its notebook and of its file in `params/`."""
    of_data: ClassVar[frozenset[str]] = frozenset()
    """Parameters that name data: what an operator set them to in `params/` says nothing to a reader who lacks some."""
    language: Language = ""
    """Language of the page, which is the reader's and stands in no address; empty: English."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        start, end, zone = (str(getattr(self, name, "")) for name in ("start", "end", "zone"))
        if start and end and not parse_back(start):
            clock = parse_zone(zone or "UTC")
            if parse_instant(start, clock) >= parse_instant(end, clock):
                raise UsageError(tr("start {start} is not before end {end}").format(start=start, end=end))
        return self

    @classmethod
    def of(cls, values: Mapping[str, Any], where: str, lacks: Collection[str] = ()) -> Self:
        """As of any parameters. One whose own name the reader lacks is not there: whatever it is set to, it is empty.

        What stands in the page's file in `params/` is for readers who lack nothing; for others it is `defaults`.
        """
        if not lacks:
            return super().of(values, where)
        usual, theirs = cls.defaults(), cls.defaults(lacks)
        fit = {
            name: getattr(theirs, name)
            for name, value in values.items()
            if name in cls.model_fields and (name in lacks or value == getattr(usual, name))
        }
        return super().of({**values, **fit}, where, lacks)

    @classmethod
    def defaults(cls, lacks: Collection[str] = ()) -> Self:
        """What holds where nothing is chosen: the page's file in `params/`, without what the reader lacks."""
        usual = read(cls.page, cls)
        if not lacks:
            return usual
        return usual.model_copy(update=usual.fitting(lacks))

    def fitting(self, lacks: Collection[str]) -> dict[str, str]:
        """What is otherwise for a reader who lacks these names."""
        return {name: "" for name in self.of_data.union(lacks) if name in type(self).model_fields}

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The names that an address may hold."""
        return tuple(name for name in cls.model_fields if name != "language")

    @classmethod
    def of_texts(
        cls, texts: Mapping[str, str], where: str, language: str = "", lacks: Collection[str] = ()
    ) -> Self:
        """The choices that an address tells, the others at their default; names that it may not hold are ignored.

        `lacks` are names that there are not for this reader: see `of`.

        Raises:
            UsageError: a value of the wrong kind.
        """
        told = {name: str(texts[name]) for name in cls.names() if name in texts}
        return cls.of({**cls.defaults(lacks).model_dump(), "language": language, **told}, where, lacks)

    def texts(self) -> dict[str, str]:
        """The choices as texts by name."""
        return {name: str(getattr(self, name)) for name in self.names()}


class Dashboard(PageParams):
    """The graphs: `params/dashboard.yml`."""

    page = "dashboard"
    of_data = frozenset({"customer", "carrier", "destination", "only"})

    start: Start = ""
    """First instant shown, or how long before the end (-24h, -7d); empty: -24h."""
    end: Moment = ""
    """End of what is shown (exclusive); empty: the latest call."""
    zone: Zone = "UTC"
    """IANA zone of the graphs' clock."""
    customer: str = ""
    """Ids of the customers shown, separated by commas; empty: all."""
    carrier: str = ""
    """Ids of the carriers shown, separated by commas; empty: all."""
    destination: str = ""
    """Destinations shown, separated by commas; empty: all."""
    by: By = "carrier"
    """A line each in the graphs: total, carrier, customer or destination; `asr:customer` sets one graph apart."""
    compare: Literal["", "previous"] = ""
    """`previous` draws the same span before beside it."""
    graphs: Graphs = ""
    """Names of the graphs shown below the first four, separated by commas."""
    only: str = ""
    """Names of the lines that the legend leaves, separated by commas; empty: all."""

    def fitting(self, lacks: Collection[str]) -> dict[str, str]:
        """What lines are of, and graphs, without those that the reader lacks."""
        by, graphs = without(self.by, lacks) or LINES_OF[0], without(self.graphs, lacks)
        return {**super().fitting(lacks), "by": by, "graphs": graphs}


class Summary(PageParams):
    """The Customer Summary: `params/summary.yml`."""

    page = "summary"
    of_data = frozenset({"customer"})

    view: View = "daily"
    """live, daily, weekly or monthly."""
    start: Moment = ""
    """First row shown, UTC; empty: the first there is."""
    end: Moment = ""
    """End of the rows shown (exclusive), UTC; empty: the latest."""
    customer: str = ""
    """Ids of the customers shown, separated by commas; empty: all."""


class Invoices(PageParams):
    """The list of invoices: `params/invoices.yml`."""

    page = "invoices"
    of_data = frozenset({"customer", "number"})

    start: Moment = ""
    """Periods that end after it are shown, UTC; empty: from the first there is."""
    end: Moment = ""
    """Periods that start before it are shown, UTC; empty: to the latest."""
    customer: str = ""
    """Ids of the customers shown, separated by commas; empty: all."""
    state: InvoiceStates = ""
    """draft, issued, part_paid, paid, overdue, part_credited or credited, separated by commas; empty: all."""
    number: str = ""
    """A part of the numbers shown; empty: all."""


class Carriers(PageParams):
    """The score cards: `params/carriers.yml`."""

    page = "carriers"
    of_data = frozenset({"customer", "carrier", "destination"})

    start: Start = "-7d"
    """First instant, or how long before the end (-24h, -7d); empty: -24h."""
    end: Moment = ""
    """End of what is shown (exclusive); empty: the latest call."""
    zone: Zone = "UTC"
    """IANA zone of the clock in which start and end are read."""
    customer: str = ""
    """Ids of the customers whose calls count, separated by commas; empty: all."""
    carrier: str = ""
    """Ids of the carriers shown, separated by commas; empty: all. All carriers are compared with in any case."""
    destination: str = ""
    """Destinations shown, separated by commas; empty: all."""
    minimum: Annotated[int, Field(ge=1, le=1_000_000)] = 100
    """Seizures of either side, below which nothing is said about a difference."""
    sort: Annotated[str, Field(pattern=SORTS)] = "-stake"
    """What the cards are sorted by; with `-` the highest first."""


class Calls(PageParams):
    """The calls themselves: `params/calls.yml`."""

    page = "calls"
    of_data = frozenset({"number", "customer", "carrier", "where", "columns", "place", "call"})

    start: Start = "-24h"
    """First instant, or how long before the end (-24h, -7d); empty: -24h."""
    end: Moment = ""
    """End (exclusive); empty: the newest call."""
    zone: Zone = "UTC"
    """IANA zone of the clock, on the page and in the download."""
    number: str = ""
    """What the caller's or the called number starts with."""
    customer: str = ""
    """Ids of customers, separated by commas; empty: all."""
    carrier: str = ""
    """Ids of carriers, separated by commas; empty: all."""
    outcome: str = ""
    """Outcomes (answered, busy, ...), separated by commas; empty: all."""
    sip_code: str = ""
    """Final SIP codes, or classes such as 5xx, separated by commas; empty: all."""
    longest: str = ""
    """Longest duration in seconds, itself included; empty: any."""
    shortest: str = ""
    """Shortest duration in seconds, itself included; empty: any."""
    where: str = ""
    """Further conditions, nested, as JSON; empty: none."""
    columns: str = ""
    """Columns shown, in their order, separated by commas; empty: the usual ones."""
    order: Literal["newest", "oldest"] = "newest"
    """Which calls come first."""
    place: str = ""
    """Where the page starts: `after` or `before` and a call's start, switch and id; empty: at the first call."""
    call: str = ""
    """The call that is opened: its start, switch and id; empty: none."""


class NumberBlocks(PageParams):
    """Number blocks and extensions: `params/number_blocks.yml`."""

    page = "number_blocks"
    of_data = frozenset({"customer"})

    customer: str = ""
    """Ids of the customers whose numbers are shown, separated by commas; empty: all."""


class Alerts(PageParams):
    """Alerts: `params/alerts.yml`."""

    page = "alerts"
    of_data = frozenset({"alert"})

    alert: Annotated[str, Field(pattern="^[0-9]{0,9}$")] = ""
    """Number of the alert that is looked at; empty: none."""


class MasterData(PageParams):
    """Customers, carriers and contacts: `params/master_data.yml`."""

    page = "master_data"
    of_data = frozenset({"entry"})

    kind: Literal["customer", "carrier", "contact"] = "customer"
    """customer, carrier or contact."""
    entry: str = ""
    """The one that is opened: an id, of a contact the login name; empty: none."""


_DIGITS: Final = r"^\+?[0-9 ]{0,40}$"


class Decks(PageParams):
    """Rate decks: `params/decks.yml`."""

    page = "decks"
    of_data = frozenset({"deck"})

    deck: str = ""
    """The deck that is open: customer:ID or carrier:ID; empty: the first."""
    version: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    """The version that is shown; 0: the one in force."""
    against: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    """The version that it is compared with; 0: the one before it."""
    prefix: Annotated[str, Field(pattern=_DIGITS)] = ""
    """What the prefixes shown begin with; empty: all."""
    number: Annotated[str, Field(pattern=_DIGITS)] = ""
    """A number whose rate is looked up; empty: none."""
    at: Moment = ""
    """The instant, UTC, whose rates are shown for it; empty: now."""


class Audit(PageParams):
    """The audit: `params/audit.yml`."""

    page = "audit"
    of_data = frozenset({"who", "kind", "which", "place", "entry"})

    start: Start = ""
    """First instant, or how long before the end (-24h, -7d); empty: the first there is."""
    end: Moment = ""
    """End (exclusive); empty: now."""
    zone: Zone = "UTC"
    """IANA zone of the clock, on the page and in the files."""
    who: str = ""
    """How the login name begins of whoever did it, or of whom they looked as; empty: anybody."""
    kind: str = ""
    """Kinds of what was changed (customer, invoice, extension, ...), separated by commas; empty: all."""
    which: str = ""
    """Which of them: the id, number or login name; empty: any."""
    outcome: Outcomes = ""
    """done, refused or failed, separated by commas; empty: all."""
    place: Annotated[str, Field(pattern="^((after|before):[0-9]{1,9})?$")] = ""
    """Where the page starts: `after:` or `before:` and the number of an entry; empty: at the newest."""
    entry: Annotated[str, Field(pattern="^([0-9]{1,9})?$")] = ""
    """The number of the entry that is opened; empty: none."""


FILES: Final[Mapping[str, type[Params]]] = {
    "site": Site,
    "company": Company,
    "dashboard": Dashboard,
    "summary": Summary,
    "calls": Calls,
    "carriers": Carriers,
    "number_blocks": NumberBlocks,
    "master_data": MasterData,
    "decks": Decks,
    "alerts": Alerts,
    "audit": Audit,
    "invoices": Invoices,
    "invoice": Invoice,
    "payments": Payments,
    "live": Live,
}

Kind = TypeVar("Kind", bound=Params)


def folder(name: str) -> Path:
    """The folder `notebooks` or `params`: of the checkout that this code runs from, else the installed copy."""
    package = Path(__file__).resolve().parent
    checkout = package.parents[1]
    if (checkout / "pyproject.toml").is_file() and (checkout / name).is_dir():
        return checkout / name
    return package / f"_{name}"


def params_folder() -> Path:
    """Where the files of parameters lie: `TOLLBOOK_PARAMS`, else the checkout's or the installed `params`."""
    return Path(os.environ.get("TOLLBOOK_PARAMS") or folder("params"))


def read(name: str, kind: type[Kind], *, within: Path | None = None) -> Kind:
    """The parameters in `params/<name>.yml`; defaults where there is no such file.

    Raises:
        UsageError: no YAML, an unknown key, or a value of the wrong kind.
    """
    path = (within or params_folder()) / f"{name}.yml"
    where = f"params/{name}.yml"
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        values = None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UsageError(f"{where}: line {line}: {error.problem or 'not YAML'}") from None
    except UnicodeDecodeError:
        raise TollbookError(f"{where}: not UTF-8 text: save it as UTF-8") from None
    if not isinstance(values or {}, dict):
        raise UsageError(f"{where}: write lines of `key: value`, not a {type(values).__name__}")
    return kind.of(values or {}, where)
