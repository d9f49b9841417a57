"""The Customer Summary on a page: its four views, its rows in the grid, and what is made of those that are ticked."""

import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar, Final
from urllib.parse import quote

import polars as pl
import traitlets

from tollbook.account.database import Database
from tollbook.billing.invoices import drafts, numbers_in_force
from tollbook.language import later, tr, use
from tollbook.params import Invoice, Summary
from tollbook.params import read as read_params
from tollbook.periods import View as SummaryView
from tollbook.periods import parse_instant
from tollbook.show import reader
from tollbook.show.choices import Choices
from tollbook.show.controls import Control, Controls, Many, Range, Tabs, bar
from tollbook.show.grid import Grid, GridAction, GridColumn, RowAction
from tollbook.show.home import workspace
from tollbook.show.missing import missing
from tollbook.show.reading import Reading
from tollbook.show.widget import View
from tollbook.summary import summary
from tollbook.values import joined, separated

LABELS: Final[Mapping[SummaryView, str]] = {
    "live": later("Live"),
    "daily": later("Daily"),
    "weekly": later("Weekly"),
    "monthly": later("Monthly"),
}
_DATES: Final[Mapping[SummaryView, str]] = {
    "live": "%Y-%m-%d %H:%M",
    "daily": "%Y-%m-%d",
    "weekly": "%G-W%V",
    "monthly": "%Y-%m",
}
_EACH: Final[Mapping[SummaryView, str]] = {
    "live": later(
        "The last 24 hours, a row an hour, cut in UTC. Invoices are made of days, weeks and months."
    ),
    "daily": later("A row a day, cut in UTC."),
    "weekly": later("A row an ISO week, from Monday, cut in UTC."),
    "monthly": later("A row a month, cut in UTC."),
}
GENERATE: Final = "invoice"
"""Name of the action that makes the invoices of ticked rows."""
AUTO: Final = "auto"
"""Name of the action that makes all that are missing of the rows shown."""


class Making(View):
    """What the page shows of invoices that are being made: how far it is, and what became of each row.

    The page asks the server, which checks and does it; here is only what is said. `note` tells how the rows of
    the view are cut. JupyterLab has no such server, and is told who makes invoices.
    """

    module_file: ClassVar[str] = "summary.js"
    note = traitlets.Unicode().tag(sync=True)
    action = traitlets.Unicode(GENERATE).tag(sync=True)
    auto = traitlets.Unicode(AUTO).tag(sync=True)


class Page:
    """The parts of the page; each follows the reader's choices and the figures as they land."""

    def __init__(self, lake: Reading, choices: Choices[Summary]) -> None:
        self._lake = lake
        self._choices = choices
        self._db = Database.of(lake.workspace)
        self._papers = self._filed()
        self._bar = bar(
            choices, self._controls(), as_of=lake.updated_at, first=lake.first, latest=lake.latest
        )
        self._grid = self._made()
        self._grid.on_export(lambda what: reader.note_export(self._db, "summary", what))
        self._making = Making(note=self._note(), words=words())
        self._making.answer("made", lambda _message, _buffers: self._tick())
        choices.watch(lambda _new, _changed: self._show())
        choices.each_tick(self._tick)

    def controls(self) -> Controls:
        """The views as tabs, the customers, the days."""
        return self._bar

    def making(self) -> Making:
        """How the rows are cut, and, once asked for, the invoices that are made of them."""
        return self._making

    def grid(self) -> Grid:
        """The rows, the latest first."""
        return self._grid

    def _controls(self) -> list[Control]:
        customers = self._lake.ever("customer").items()
        return [
            Tabs("view", tr("View"), options=[(view, tr(label)) for view, label in LABELS.items()]),
            Range("start", tr("Days"), zone="", empty="", days=True),
            *(Many(name, tr("Customer"), options=ids) for name, ids in customers),
        ]

    def _made(self) -> Grid:
        view, rows = self._choices.value.view, self._rows()
        return Grid.of(
            rows,
            columns(rows, view, self._lake.lacks),
            label=tr("Customer Summary"),
            key=_key(view),
            total=True,
            checkable="tickable" if self._may_invoice else None,
            actions=self._actions(),
            row_actions=[RowAction("calls", tr("Download the calls as CSV"), href="calls", download=True)],
            row_key=("customer", "period", "currency"),
            file_name=_key(view),
        )

    def _show(self) -> None:
        """Compute, and only then show: what cannot be computed leaves the page as it was."""
        view, rows = self._choices.value.view, self._rows()
        with self._grid.hold_sync():
            self._grid.key = self._grid.file_name = _key(view)
            self._grid.actions = [vars(action) for action in self._actions()]
            self._grid.replace(rows, columns=columns(rows, view, self._lake.lacks))
        self._making.note = self._note()

    def _tick(self) -> None:
        papers = self._filed()
        settled = self._grid.frame.height and not self._missing(self._grid.frame).equals(
            self._grid.frame["missing"]
        )
        if not self._lake.is_outdated and papers == self._papers and not settled:
            return
        self._lake, self._papers = self._lake.newer(), papers
        self._show()
        self._bar.tell(as_of=self._lake.updated_at, first=self._lake.first, latest=self._lake.latest)

    def _filed(self) -> tuple[Mapping[tuple[str, str], str], set[tuple[str, str]]]:
        """Numbers of invoices, and drafts, of those whose data the reader has."""
        numbers, drawn, whose = numbers_in_force(self._db), drafts(self._db), self._lake.scope.customers
        if whose is None:
            return numbers, drawn
        return {key: number for key, number in numbers.items() if key[0] in whose}, {
            key for key in drawn if key[0] in whose
        }

    @property
    def _may_invoice(self) -> bool:
        return self._lake.scope.may("change", "invoices")

    def _actions(self) -> list[GridAction]:
        return _actions(self._choices.value.view) if self._may_invoice else []

    def _note(self) -> str:
        """How the rows are cut, and why there are none."""
        each = tr(_EACH[self._choices.value.view])
        return f"{each} {self._empty()}" if self._grid.frame.is_empty() else each

    def _empty(self) -> str:
        if self._lake.latest is None and self._lake.scope.customer is not None:
            return tr("No calls yet.")
        if self._lake.latest is None:
            return tr("No figures yet: import calls, then refresh.")
        if self._choices.value.view == "live":
            return tr("There are no calls of the last 24 hours with these filters.")
        return tr("There are no calls with these filters.")

    def _rows(self) -> pl.DataFrame:
        chosen = self._choices.value
        start, end = (parse_instant(text) if text else None for text in (chosen.start, chosen.end))
        names = separated(chosen.customer) or None
        numbers, drawn = self._papers
        found = summary(self._lake, chosen.view, customers=names, start=start, end=end, invoices=numbers)
        shown = presented(found, chosen.view, drawn, self._lake.lacks)
        return shown.with_columns(self._missing(shown))

    def _missing(self, rows: pl.DataFrame) -> pl.Series:
        """Whose invoice is missing, as of now."""
        if self._choices.value.view == "live":
            return pl.repeat(value=False, n=rows.height, dtype=pl.Boolean, eager=True).alias("missing")
        hours = read_params("invoice", Invoice).settle_hours
        return missing(rows, self._papers[0], datetime.now(UTC), hours)


def read(**given: Any) -> Page:  # noqa: ANN401 - checked by the page's parameters
    """The Customer Summary of a notebook's workspace; what is given are the page's parameters by name.

    Raises:
        TollbookError: no workspace, a parameter that means nothing, or a reader who may not see it.
    """
    lacks = reader.lacking(reader.may_see("summary"))
    chosen = Summary.of(given, "this notebook", lacks)
    use(chosen.language)
    return Page(Reading(workspace()), Choices(chosen, lacks))


def _key(view: SummaryView) -> str:
    return f"summary-{view}"


def _actions(view: SummaryView) -> list[GridAction]:
    if view == "live":
        return []
    hint = tr("Makes the invoices of the ticked rows' periods; of a period that is not settled yet, a draft.")
    all_of = tr(
        "Makes every invoice that is missing of the rows shown, of periods that are over and settled."
    )
    return [
        GridAction(GENERATE, tr("Generate Invoice"), hint),
        GridAction(AUTO, tr("Auto Generate"), all_of, among="missing"),
    ]


def presented(
    rows: pl.DataFrame, view: SummaryView, drawn: set[tuple[str, str]], lacks: Collection[str] = ()
) -> pl.DataFrame:
    """The Summary's rows with their period's name, their invoice or draft and its address, and their calls'."""
    dated = rows.with_columns(period=pl.col("start").dt.strftime(_DATES[view]))
    named = dated.select("customer", "period", "invoice").rows()
    papers = [_paper(customer, period, number, drawn) for customer, period, number in named]
    more: dict[str, pl.Expr | pl.Series] = {
        "action": pl.Series([words for words, _ in papers], dtype=pl.String),
        "paper": pl.Series([address for _, address in papers], dtype=pl.String),
        "calls": pl.Series(_calls(dated, lacks), dtype=pl.String),
        "tickable": pl.lit(view != "live") & pl.col("customer").is_not_null() & pl.col("invoice").is_null(),
    }
    return dated.with_columns(**more).sort("start", "customer", descending=[True, False], nulls_last=True)


def _paper(
    customer: str | None, period: str, number: str | None, drawn: set[tuple[str, str]]
) -> tuple[str | None, str | None]:
    if number:
        return tr("View Invoice"), f"invoices/{quote(number, safe='')}"
    if customer and (customer, period) in drawn:
        return tr("Draft"), f"invoices/draft/{quote(customer, safe='')}/{quote(period, safe='')}"
    return None, None


def _calls(rows: pl.DataFrame, lacks: Collection[str]) -> list[str]:
    """Where each row's calls are downloaded: of its customer and period, and of its currency if it shares both."""
    who = {name: "" if "customer" in lacks else _of_customer(name) for name in rows["customer"].unique()}
    codes = {code: _where("currency", code) for code in rows["currency"].unique()}
    told = rows.select(
        "customer",
        "currency",
        pl.len().over("customer", "start") > 1,
        *(pl.col(name).dt.strftime("%Y-%m-%dT%H:%MZ").alias(f"{name}_text") for name in ("start", "end")),
    )
    return [
        f"calls.csv?start={start}&end={end}{who[customer]}{codes[code] if shared and customer else ''}"
        for customer, code, shared, start, end in told.rows()
    ]


def _of_customer(name: str | None) -> str:
    return _where("customer", None) if name is None else f"&customer={quote(joined([name]), safe='')}"


def _where(field: str, value: str | None) -> str:
    """A condition of the calls' page: the field is this, or is not told."""
    told = {"op": "is_empty"} if value is None else {"op": "is", "value": value}
    return f"&where={quote(json.dumps({'field': field, **told}), safe='')}"


def columns(rows: pl.DataFrame, view: SummaryView, lacks: Collection[str] = ()) -> list[GridColumn]:
    """The columns of a view that its reader has, in their order; those of what is unrated are shown at first where
    something is."""
    there = {"period", "action", *rows.columns} - set(lacks)
    return [column for column in _columns(rows, view) if column.name in there]


def _columns(rows: pl.DataFrame, view: SummaryView) -> list[GridColumn]:
    papers = [
        GridColumn("action", tr("Action"), "link", tr("the invoice over exactly this row"), href="paper")
    ]
    return [
        GridColumn("period", tr("Date"), hint=tr("start of the row, UTC"), timed=True),
        GridColumn("customer", tr("Customer")),
        GridColumn("attempts", tr("Attempts"), "integer", tr("calls offered by the customer")),
        GridColumn("answers", tr("Connected"), "integer", tr("calls with an answer signal")),
        GridColumn("asr", tr("ASR"), "percent", tr("connected / attempts"), of=("answers", "attempts")),
        GridColumn("acd_s", tr("ACD (s)"), "seconds", tr("talk / connected, in seconds"), of=("talk_s", "answers")),
        GridColumn("talk_s", tr("Duration"), "duration", tr("answer to release, h:mm:ss")),
        GridColumn("billed_s", tr("Billed Duration"), "duration", tr("by the customer's deck, h:mm:ss")),
        *_amounts(),
        *([] if view == "live" else papers),
        GridColumn("currency", tr("Currency"), hidden=rows["currency"].drop_nulls().n_unique() == 1),
        GridColumn("unrated", tr("Unrated"), "integer", _lack(rows), hidden=not _any(rows["unrated"])),
        GridColumn("cost_unrated", tr("Cost Unrated"), "integer", tr("seizures that should have a cost and have none: cost and profit lack them"), hidden="cost_unrated" not in rows.columns or not _any(rows["cost_unrated"])),
    ]  # fmt: skip


def _lack(rows: pl.DataFrame) -> str:
    if "profit" not in rows.columns:
        return tr("calls that should have a charge and have none: the charge lacks them")
    return tr("calls that should have a charge and have none: charge and profit lack them")


def _any(counts: pl.Series) -> bool:
    return bool((counts > 0).any())


def _amounts() -> list[GridColumn]:
    unknown = ("unrated", "cost_unrated")
    return [
        GridColumn("charge", tr("Customer Charge"), "money", tr("exact, before an invoice rounds its lines"), currency="currency"),
        GridColumn("cost", tr("Cost"), "money", tr("what the carriers ask"), currency="currency"),
        GridColumn("profit", tr("Profit"), "money", tr("charge - cost; unknown where a call has no charge or a seizure no cost"), currency="currency"),
        GridColumn("profit_ratio", tr("Profit %"), "percent", tr("(charge - cost) / charge"), of=("profit", "charge"), unless=unknown, currency="currency"),
    ]  # fmt: skip


def words() -> dict[str, str]:
    """What is said of invoices that are made."""
    return {
        "region": tr("Invoices"),
        "auto": tr("Missing invoices: {count}. Customers: {customers}. Periods: {first} to {last}."),
        "for_good": tr("An issued invoice can only be taken back by a credit note."),
        "go": tr("Make them"),
        "making": tr("Making invoice {number} of {count}…"),
        "issued": tr("Invoice {number}, {total} {currency}"),
        "draft": tr("Draft, {total} {currency}: it can be issued from {at} UTC"),
        "nothing": tr("Nothing was charged, so there is no invoice."),
        "refused": tr("Not made: {why}"),
        "sums": tr("Issued: {issued}. Drafts: {draft}. Not made: {refused}."),
        "view": tr("View Invoice"),
        "view_draft": tr("View the draft"),
        "close": tr("Close"),
        "failed": tr("The server could not be asked: {why}"),
        "broken": tr("The server ended before all were made. What is made stays; ask again for the others."),
        "elsewhere": tr(
            "Invoices are made in the portal (`tollbook serve`) or by `tollbook invoice run`; this page only reads."
        ),
    }
