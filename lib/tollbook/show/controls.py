"""The bar of controls above a page's figures: what a reader may choose, told as a list of controls.

`controls.bar(choices, [Range(), Zone(), Many("customer", tr("Customer"), names)], as_of=..., latest=...)` is a
widget to end a cell with. It is the page's `choices.widget` from then on: the address, what was refused and the
controls are one thing on the page. `bar.tell(as_of=..., latest=...)` says that newer figures have landed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from importlib.resources import files
from typing import Any, ClassVar, Final

import traitlets

from tollbook.language import tr
from tollbook.params import Site, read
from tollbook.periods import iso_z
from tollbook.show.choices import Address, Choices, Kind
from tollbook.values import parse_back

_MODULE: Final = "controls.js"
PRESETS: Final = ("-1h", "-3h", "-24h", "-7d", "-30d", "today", "yesterday", "week", "month")
"""Spans at a click. Those with a minus stand so in the address: a link to them follows the latest calls."""
DAY_PRESETS: Final = ("all", "-7d", "-30d", "-90d", "month", "last_month", "year")
"""Spans at a click of a page that takes instants alone; they become days, and `all` no limits."""

Choice = str | tuple[str, str] | tuple[str, str, int]
"""A value; its label where that is another; and how many there are of it, where that helps to choose."""


@dataclass(frozen=True)
class Control:
    """One control: the parameter that it sets, and its label in the reader's language."""

    kind: ClassVar[str]
    name: str
    label: str
    hint: str = field(default="", kw_only=True)

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters that it sets."""
        return (self.name,)

    def sent(self) -> dict[str, Any]:
        """It as the page gets it."""
        told = {"kind": self.kind, **asdict(self)}
        return {**told, "options": _options(told["options"])} if "options" in told else told


@dataclass(frozen=True)
class Tabs(Control):
    """One of a few, side by side: the views of a page."""

    kind = "tabs"
    options: Sequence[Choice] = ()


@dataclass(frozen=True)
class One(Control):
    """One of some."""

    kind = "one"
    options: Sequence[Choice] = ()


@dataclass(frozen=True)
class Many(Control):
    """Any number of many, searchable; none chosen are all. The parameter holds them as `values.joined` does."""

    kind = "many"
    options: Sequence[Choice] = ()


@dataclass(frozen=True)
class Text(Control):
    """A text, which holds once its reader presses Enter or leaves it."""

    kind = "text"
    placeholder: str = ""


@dataclass(frozen=True)
class Number(Control):
    """A number as text, or none. `least`, `most` and `step` bound it; they are checked by the page's class too."""

    kind = "number"
    least: int | None = None
    most: int | None = None
    step: int = 1


@dataclass(frozen=True)
class Toggle(Control):
    """Yes or no: the parameter is `on` or `off`."""

    kind = "toggle"
    on: str = "True"
    off: str = "False"


@dataclass(frozen=True)
class Zone(Control):
    """The IANA zone of the page's clock."""

    kind = "zone"
    name: str = "zone"
    label: str = ""

    def sent(self) -> dict[str, Any]:
        """It, and the zones there are, the account's before all."""
        site = read("site", Site).zone
        return {**super().sent(), "label": self.label or tr("Zone"), "first": ["UTC", site], "zones": zones()}


@dataclass(frozen=True)
class Range(Control):
    """The span shown: parameters `name` and `until`, read on the clock of parameter `zone` (empty: UTC always).

    `empty` is the span where nothing is chosen (`-24h`); empty itself: all there is. With `days` whole days are
    chosen and instants alone are written, which pages want whose start takes no `-7d`.
    """

    kind = "range"
    name: str = "start"
    label: str = ""
    until: str = "end"
    zone: str = "zone"
    empty: str = "-24h"
    days: bool = False
    presets: Sequence[str] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Its start and its end."""
        return (self.name, self.until)

    def sent(self) -> dict[str, Any]:
        """It, with the words of its presets."""
        offered = self.presets or (DAY_PRESETS if self.days else PRESETS)
        told = [{"value": name, "label": preset_label(name)} for name in offered]
        return {**super().sent(), "label": self.label or tr("Time range"), "presets": told}


class Controls(Address):
    """The bar. `as_of` is when the figures were made; `first` and `latest` are where the data begin and end."""

    module_file: ClassVar[str] = _MODULE
    fields = traitlets.List(traitlets.Dict()).tag(sync=True)
    as_of = traitlets.Unicode().tag(sync=True)
    first = traitlets.Unicode().tag(sync=True)
    latest = traitlets.Unicode().tag(sync=True)

    def tell(self, **instants: datetime | None) -> None:
        """Newer figures: any of `as_of`, `first` and `latest`."""
        for name, instant in stamps(instants).items():
            setattr(self, name, instant)


def bar(
    choices: Choices[Kind],
    controls: Iterable[Control],
    *,
    as_of: datetime | None = None,
    first: datetime | None = None,
    latest: datetime | None = None,
) -> Controls:
    """The bar of a page, which takes the place of `choices.widget`.

    Raises:
        ValueError: a control sets what is no parameter of the page.
    """
    told = list(controls)
    unknown = {name for control in told for name in control.names} - set(choices.kind.names())
    if unknown:
        raise ValueError(f"no parameter of /{choices.kind.page}: {', '.join(sorted(unknown))}")
    made = Controls(
        values=choices.widget.values,
        defaults=choices.widget.defaults,
        fields=[control.sent() for control in told],
        words=words(),
        **stamps({"as_of": as_of, "first": first, "latest": latest}),
    )
    choices.use(made)
    return made


def stamps(instants: Mapping[str, datetime | None]) -> dict[str, str]:
    """Instants as ISO text in UTC; empty where there is none."""
    return {name: iso_z(instant) if instant else "" for name, instant in instants.items()}


def zones() -> list[str]:
    """IANA zones by the names that people choose from: those of places, without aliases of old."""
    lines = (files("tzdata.zoneinfo") / "zone.tab").read_text(encoding="utf-8").splitlines()
    return sorted(line.split("\t")[2] for line in lines if line and not line.startswith("#"))


def _options(choices: Iterable[Choice]) -> list[dict[str, Any]]:
    return [_option(choice) for choice in choices]


def _option(choice: Choice) -> dict[str, Any]:
    value, label, count = (choice, choice, None) if isinstance(choice, str) else (*choice, None)[:3]
    return {"value": value, "label": label, "count": count}


def preset_label(name: str) -> str:
    """What a span at a click is called.

    Raises:
        ValueError: there is no such span.
    """
    known = _preset_words()
    if name in known:
        return known[name]
    if not parse_back(name):
        raise ValueError(f"no span '{name}': there is {', '.join(known)}, and such as -12h or -366d")
    words = tr("Last {count} h") if name.endswith("h") else tr("Last {count} days")
    return words.format(count=name[1:-1])


def _preset_words() -> dict[str, str]:
    return {
        "all": tr("All there is"),
        "-1h": tr("Last hour"),
        "-3h": tr("Last 3 hours"),
        "-24h": tr("Last 24 hours"),
        "-7d": tr("Last 7 days"),
        "-30d": tr("Last 30 days"),
        "-90d": tr("Last 90 days"),
        "today": tr("Today"),
        "yesterday": tr("Yesterday"),
        "week": tr("This week"),
        "month": tr("This month"),
        "last_month": tr("Last month"),
        "year": tr("This year"),
    }


def words() -> dict[str, str]:
    """What the bar says."""
    return {
        "bar": tr("What is shown"),
        "filters": tr("Filters"),
        "all": tr("All"),
        "various": tr("Various"),
        "chosen": tr("{count} chosen"),
        "search": tr("Search"),
        "nothing_found": tr("Nothing is called so."),
        "more": tr("{count} more: search to find them"),
        "show_all": tr("Show all"),
        "remove": tr("Remove {name}"),
        "clear": tr("Clear filters"),
        "earlier": tr("The span before"),
        "later": tr("The span after"),
        "wider": tr("Zoom out"),
        "from": tr("From"),
        "until": tr("Until"),
        "through": tr("Through"),
        "time": tr("time"),
        "show": tr("Show"),
        "hours_back": tr("Last {count} h"),
        "days_back": tr("Last {count} days"),
        "on_clock": tr("On the clock of {zone}"),
        "backwards": tr("Write a date and a time such as 13:00; the start must come before the end."),
        "as_of": tr("Data as of {at}"),
        "no_figures": tr("No figures yet"),
        "yours": tr("this device"),
    }
