"""The page of calls: a page of them at a time, conditions to narrow them, and one of them opened."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

import polars as pl
import traitlets

from tollbook.account.database import Database
from tollbook.calls.asked import Turn, query, turn
from tollbook.calls.fields import OPERATORS, fields_of
from tollbook.calls.one import open_call
from tollbook.calls.query import (
    ROWS,
    Page,
    Place,
    Query,
    are_there,
    count,
    is_rolled_up,
    page,
    page_before,
    place_of,
)
from tollbook.calls.table import Shown, chosen_columns, columns_of
from tollbook.language import tr, trn, use
from tollbook.params import Calls
from tollbook.show import reader
from tollbook.show.call import outcome_words, text_of, told, unrated_words
from tollbook.show.choices import Choices
from tollbook.show.controls import PRESETS, Control, Controls, Many, Number, Range, Text, Zone, bar
from tollbook.show.home import workspace
from tollbook.show.reading import Reading
from tollbook.show.span import Span, span
from tollbook.show.widget import View
from tollbook.show.words import NOTHING, number
from tollbook.tables import OUTCOMES
from tollbook.values import separated

_OF_QUERY: Final = frozenset(Calls.names()) - {"columns", "call"}
_OF_PAGE: Final = frozenset({"order", "place"})
_NOT_IN_FILES: Final = ("place", "call")
_PRESETS: Final = (*PRESETS, "-90d", "last_month", "year")


class CallTable(View):
    """The calls of a page. `rows` hold texts in the order of `columns`, `places` names each row's call.

    `newer` and `older` are where the neighbouring pages start, empty where there is none. `searched` says how far a
    search has come that goes on; `count` how many calls there are in all, empty until that is known.
    """

    module_file: ClassVar[str] = "calls.js"
    label = traitlets.Unicode().tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)
    columns = traitlets.List(traitlets.Dict()).tag(sync=True)
    offered = traitlets.List(traitlets.Dict()).tag(sync=True)
    rows = traitlets.List(traitlets.List()).tag(sync=True)
    places = traitlets.List(traitlets.Unicode()).tag(sync=True)
    before = traitlets.Unicode().tag(sync=True)
    after = traitlets.Unicode().tag(sync=True)
    order = traitlets.Unicode().tag(sync=True)
    searched = traitlets.Unicode().tag(sync=True)
    count = traitlets.Unicode().tag(sync=True)
    empty = traitlets.Unicode().tag(sync=True)
    download = traitlets.Unicode().tag(sync=True)
    fields = traitlets.List(traitlets.Dict()).tag(sync=True)
    operators = traitlets.Dict().tag(sync=True)
    names_of_query = traitlets.List(traitlets.Unicode()).tag(sync=True)
    opened = traitlets.Dict().tag(sync=True)


class Listing:
    """The parts of the page; each follows the reader's choices, and the first page the calls as they land."""

    def __init__(self, lake: Reading, choices: Choices[Calls]) -> None:
        self._lake = lake
        self._db = Database.of(lake.workspace)
        self._choices = choices
        self._known = columns_of(lake.asked_by)
        self._found: Page
        self._table = CallTable(
            label=tr("Calls"),
            words=words(),
            fields=fields(lake.asked_by),
            operators={op: tr(text) for op, text in OPERATORS.items()},
            offered=[_head(column) for column in self._known.values()],
            names_of_query=sorted(_OF_QUERY - lake.lacks),
        )
        self._bar = bar(
            choices, self._controls(), as_of=lake.updated_at, first=lake.first, latest=lake.latest
        )
        self._table.answer("more", lambda _message, _buffers: self._more())
        self._table.answer("count", lambda _message, _buffers: self._count())
        self._read()
        self._table.attempt(self._open)
        choices.watch(self._chosen)
        choices.each_tick(self._tick)

    def controls(self) -> Controls:
        """What a reader may choose, and as of when the figures are."""
        return self._bar

    def table(self) -> CallTable:
        """The calls themselves."""
        return self._table

    def _controls(self) -> list[Control]:
        labels = {"customer": tr("Customer"), "carrier": tr("Carrier")}
        outcomes, whom = outcome_words(), self._lake.ever(*labels)
        return [
            Range("start", presets=_PRESETS),
            Zone(),
            Text("number", tr("Number"), hint=tr("what the caller's or the called number starts with")),
            *(Many(name, labels[name], options=ids) for name, ids in whom.items()),
            Many("outcome", tr("Outcome"), options=[(name, outcomes[name]) for name in OUTCOMES]),
            Text("sip_code", tr("SIP code"), placeholder="486, 5xx"),
            Number("shortest", tr("Shortest (s)"), hint=tr("shortest duration in seconds"), least=0),
            Number("longest", tr("Longest (s)"), hint=tr("longest duration in seconds"), least=0),
        ]

    @property
    def _span(self) -> Span:
        chosen = self._choices.value
        return span(chosen.start, chosen.end, chosen.zone, self._lake.latest)

    @property
    def _query(self) -> Query:
        """What is asked; without an end calls count that landed after the figures were last brought up to date."""
        shown = self._span
        until = shown.end if self._choices.value.end else None
        return query(self._choices.value, shown.start, until, self._lake.asked_by)

    def _chosen(self, _new: Calls, changed: frozenset[str]) -> None:
        if changed & _OF_QUERY:
            self._read(as_many=not changed & _OF_QUERY - _OF_PAGE)
        elif "columns" in changed:
            self._show()
        if "call" in changed or "zone" in changed:
            self._open()

    def _tick(self) -> None:
        if self._lake.is_outdated:
            self._lake = self._lake.newer()
            self._bar.tell(as_of=self._lake.updated_at, first=self._lake.first, latest=self._lake.latest)
            self._read()

    def _read(self, *, as_many: bool = False) -> None:
        """Find the page, and only then show it: what cannot be found leaves the table as it was.

        With `as_many` it is another page of the same calls, whose number is known.
        """
        asked, there = self._query, turn(self._choices.value.place)
        columns = chosen_columns(separated(self._choices.value.columns), self._known)
        self._found = self._page(asked, there)
        with self._table.hold_sync():
            if not as_many:
                self._table.count = counted(self._lake, asked) if is_rolled_up(self._lake, asked) else ""
            self._show(columns)

    def _page(self, asked: Query, there: Turn | None, rows: int = ROWS) -> Page:
        lake, whose = self._lake, self._lake.scope.customers
        if there is not None and there.way == "before":
            return page_before(lake, asked, customers=whose, before=there.place, rows=rows)
        return page(lake, asked, customers=whose, after=there and there.place, rows=rows)

    def _more(self) -> None:
        """Search on where the time was up."""
        had = self._found
        if had.searched_to is None or had.next is None:
            return
        back = self._is_backwards
        more = self._page(self._query, Turn("before" if back else "after", had.next), ROWS - had.calls.height)
        together = [more.calls, had.calls] if back else [had.calls, more.calls]
        self._found = Page(pl.concat(together), more.next, more.searched_to)
        self._show()

    def _count(self) -> None:
        if not self._table.count:
            self._table.count = counted(self._lake, self._query)

    @property
    def _is_backwards(self) -> bool:
        there = turn(self._choices.value.place)
        return there is not None and there.way == "before"

    def _show(self, columns: tuple[Shown, ...] | None = None) -> None:
        chosen, found, table = self._choices.value, self._found, self._table
        columns = columns or chosen_columns(separated(chosen.columns), self._known)
        with table.hold_sync():
            table.columns = [_head(column) for column in columns]
            table.rows = cells(found.calls, columns, chosen.zone)
            table.places = [place_of(found.calls, row).text for row in range(found.calls.height)]
            table.before, table.after = self._neighbours()
            table.order = chosen.order
            table.searched = _searched(found)
            table.note = self._span.words
            table.empty = _empty(self._lake)
            table.download = _download(chosen, self._lake.lacks)

    def _neighbours(self) -> tuple[str, str]:
        """Where the page before and the page after start; empty where there is none."""
        calls, more = self._found.calls, self._found.next is not None
        if calls.is_empty():
            return "", ""
        before = Turn("before", place_of(calls, 0)).text
        after = Turn("after", place_of(calls, -1)).text
        if self._is_backwards:
            return (before if more else ""), after
        return (before if self._choices.value.place else ""), (after if more else "")

    def _open(self) -> None:
        chosen = self._choices.value
        if not chosen.call:
            self._table.opened = {}
            return
        whose = self._lake.scope.customers
        found = open_call(self._lake, self._db, Place.read(chosen.call), customers=whose)
        self._table.opened = told(found, chosen.zone)


def conditions(
    number: str,
    customer: str,
    carrier: str,
    outcome: str,
    sip_code: str,
    shortest: str,
    longest: str,
    where: str,
) -> dict[str, str]:
    """What the calls must be, by the names of the page's parameters."""
    return dict(locals())


def read(
    start: str,
    end: str,
    zone: str,
    given: Mapping[str, str],
    columns: str,
    order: str,
    place: str,
    call: str,
    language: str,
) -> Listing:
    """The calls of a notebook's workspace; `given` are `conditions`.

    Raises:
        TollbookError: no workspace, a parameter that means nothing, or a reader who may not see them.
    """
    lacks = reader.lacking(reader.may_see("calls"))
    shown = {"columns": columns, "order": order, "place": place, "call": call, "language": language}
    told = {"start": start, "end": end, "zone": zone, **given, **shown}
    chosen = Calls.of(told, "this notebook", lacks)
    use(chosen.language)
    return Listing(Reading(workspace()), Choices(chosen, lacks))


def cells(calls: pl.DataFrame, columns: tuple[Shown, ...], zone: str) -> list[list[str]]:
    """The calls as readers read them, row by row: times to the second on the zone's clock, amounts in full."""
    texts = {column.name: _texts(calls[column.source], column, zone) for column in columns}
    return [list(row) for row in zip(*texts.values(), strict=True)]


def _texts(values: pl.Series, column: Shown, zone: str) -> list[str]:
    words = {"outcome": outcome_words, "unrated": unrated_words}.get(column.name)
    if words is not None:
        known = words()
        return [NOTHING if value is None else known.get(value, value) for value in values]
    if column.is_instant:
        local = values.dt.convert_time_zone(zone).dt.strftime("%Y-%m-%d %H:%M:%S")
        return local.fill_null(NOTHING).to_list()
    if column.name == "talk_s":
        return [NOTHING if ms is None else number(ms / 1000, 1) for ms in values]
    return [NOTHING if value is None else text_of(value) for value in values]


def counted(lake: Reading, asked: Query) -> str:
    """`7,301,104 calls`."""
    calls = count(lake, asked, customers=lake.scope.customers)
    return trn("{count} call", "{count} calls", calls).format(count=number(calls))


def _head(column: Shown) -> dict[str, Any]:
    return {
        "name": column.name,
        "label": tr(column.label),
        "hint": tr(column.meaning),
        "figure": column.is_figure,
    }


def _searched(found: Page) -> str:
    return tr("Searched to {day}…").format(day=found.searched_to) if found.searched_to else ""


def _empty(lake: Reading) -> str:
    if lake.scope.customer is not None and lake.latest is None:
        return tr("No calls yet.")
    if not are_there(lake):
        return tr("No calls yet: import call records.")
    return tr("No call of this span fits.")


def _download(chosen: Calls, lacks: Collection[str]) -> str:
    """Address of the same calls as CSV, beside the page's own."""
    usual = Calls.defaults(lacks).texts()
    kept = {
        name: value
        for name, value in chosen.texts().items()
        if name not in _NOT_IN_FILES and value != usual[name]
    }
    return f"calls.csv?{urlencode(kept)}"


def fields(columns: Collection[str]) -> list[dict[str, Any]]:
    """What conditions can ask for of these columns of calls, with the words of what can be chosen."""
    known = {"yes": tr("yes"), "no": tr("no"), **outcome_words(), **unrated_words()}
    return [
        {
            "name": field.name,
            "label": tr(field.label),
            "kind": field.kind,
            "operators": list(field.operators),
            "choices": [{"value": name, "label": known[name]} for name in field.choices],
        }
        for field in fields_of(columns).values()
    ]


def words() -> dict[str, str]:
    """What the table and its conditions say."""
    return {
        "columns": tr("Columns"),
        "usual": tr("Usual columns"),
        "newest": tr("Newest"),
        "oldest": tr("Oldest"),
        "newer": tr("Newer"),
        "older": tr("Older"),
        "pages": tr("Pages"),
        "download": tr("Download CSV"),
        "counting": tr("Counting…"),
        "sort": tr("Turn the order around"),
        "open": tr("Open the call of {at}"),
        "close": tr("Close"),
        "conditions": tr("Conditions"),
        "more_conditions": tr("More conditions"),
        "all": tr("All of these hold"),
        "any": tr("Any of these holds"),
        "field": tr("Field"),
        "operator": tr("Comparison"),
        "value": tr("Value"),
        "from": tr("From"),
        "to": tr("To"),
        "list": tr("separated by commas"),
        "add": tr("Add condition"),
        "add_group": tr("Add group"),
        "remove": tr("Remove"),
        "remove_group": tr("Remove group"),
        "apply": tr("Apply"),
        "clear": tr("Clear conditions"),
        "searching": tr("Searching…"),
    }
