"""The list of invoices on a page: which there are, what is open of each, and where its documents and its ways on are."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

import polars as pl

from tollbook import params
from tollbook.account.database import Database
from tollbook.account.post import outbox
from tollbook.account.scope import Scope
from tollbook.billing.documents.einvoice import FACTURX, PEPPOL, XRECHNUNG
from tollbook.billing.documents.make import CALLS, LINES, PAGE, PDF
from tollbook.billing.filed import RECORD
from tollbook.billing.listed import STATES, Listed, listed
from tollbook.billing.papers import names_filed
from tollbook.language import later, tr, use
from tollbook.money import MONEY
from tollbook.params import Invoices, Site
from tollbook.periods import parse_instant
from tollbook.show import reader
from tollbook.show.choices import Choices
from tollbook.show.controls import Control, Controls, Many, Range, Text, bar
from tollbook.show.grid import Grid, GridColumn, RowAction
from tollbook.show.home import workspace
from tollbook.values import separated
from tollbook.workspace import Workspace

DOCUMENTS: Final = {
    "pdf": (PDF, "PDF"),
    "html": (PAGE, "HTML"),
    "xml": (FACTURX.file, later("E-invoice, CII")),
    "ubl": (PEPPOL.file, later("E-invoice, Peppol")),
    "xrechnung": (XRECHNUNG.file, later("E-invoice, XRechnung")),
    "lines": (LINES, later("Lines as CSV")),
    "calls": (CALLS, later("Calls as CSV")),
    "json": (RECORD, later("Record as JSON")),
}
"""Documents that the menu of a row offers: the file of each, and what it is called."""
PAY: Final = "mark-paid"
CREDIT: Final = "credit"
SEND: Final = "send"
"""Parts of an invoice's page, by which an address opens them."""
_AMOUNTS: Final = ("net", "tax", "total", "paid", "credited", "open")
_KINDS: Final = {
    "invoice": later("Invoice"),
    "credit_note": later("Credit note"),
    "debit_note": later("Debit note"),
}


class Page:
    """The parts of the page; each follows the reader's choices and what becomes of the invoices."""

    def __init__(self, home: Workspace, scope: Scope, choices: Choices[Invoices]) -> None:
        self._home, self._scope, self._choices = home, scope, choices
        self._db = Database.of(home)
        self._all = self._listed()
        self._bar = bar(choices, self._controls(), **self._instants())
        self._grid = Grid.of(
            self._frame(),
            self._columns(),
            label=tr("Invoices"),
            key="invoices",
            total=True,
            row_actions=self._row_actions(),
            row_key=("paper",),
            file_name="invoices",
        )
        self._grid.on_export(lambda what: reader.note_export(self._db, "invoices", what))
        choices.watch(lambda _new, _changed: self._show())
        choices.each_tick(self._tick)

    def controls(self) -> Controls:
        """The periods, the customers, the states, the number."""
        return self._bar

    def grid(self) -> Grid:
        """An invoice, a credit note or a draft a row, the latest period first."""
        return self._grid

    def _controls(self) -> list[Control]:
        known = sorted({(one.customer, one.name) for one in self._all})
        customers = [(id_, f"{id_} · {name}" if name != id_ else id_) for id_, name in known]
        states = [(name, tr(label)) for name, label in STATES.items() if name != "draft" or self._sees_all]
        return [
            Range("start", tr("Periods"), zone="", empty="", days=True),
            *([Many("customer", tr("Customer"), options=customers)] if self._sees_all else []),
            Many("state", tr("State"), options=states),
            Text("number", tr("Number"), hint=tr("a part of it"), placeholder="INV-2026-"),
        ]

    @property
    def _sees_all(self) -> bool:
        return self._scope.customers is None

    def _listed(self) -> list[Listed]:
        self._at = datetime.now(UTC)
        with self._db.reading() as session:
            return listed(session, self._at, self._scope.customers)

    def _instants(self) -> dict[str, datetime | None]:
        starts, ends = [one.start for one in self._all], [one.end for one in self._all]
        return {"as_of": self._at, "first": min(starts, default=None), "latest": max(ends, default=None)}

    def _tick(self) -> None:
        before, self._all = self._all, self._listed()
        if before != self._all:
            self._show()
            self._bar.tell(**self._instants())

    def _show(self) -> None:
        self._grid.replace(self._frame(), columns=self._columns())

    def _frame(self) -> pl.DataFrame:
        return frame(chosen(self._all, self._choices.value), self._home, self._scope)

    def _columns(self) -> list[GridColumn]:
        currencies = {one.currency for one in self._all}
        shown = columns(several=len(currencies) > 1)
        return [column for column in shown if self._sees_all or column.name != "customer"]

    def _row_actions(self) -> list[RowAction]:
        ways = [
            RowAction("view", tr("Show"), href="paper"),
            RowAction(PAY, tr("Mark as paid…"), href="paper", suffix=f"#{PAY}", among="offers"),
            RowAction(CREDIT, tr("Credit…"), href="paper", suffix=f"#{CREDIT}", among="offers"),
            RowAction(SEND, tr("Send…"), href="paper", suffix=f"#{SEND}", among="offers"),
        ]
        kept = [
            RowAction(name, tr(label), "paper", download=name != "html", suffix=f"/{file}", among="offers")
            for name, (file, label) in DOCUMENTS.items()
        ]
        return [*ways, *kept]


def read(**given: Any) -> Page:  # noqa: ANN401 - checked by the page's parameters
    """The invoices of a notebook's workspace; what is given are the page's parameters by name.

    Raises:
        TollbookError: no workspace, a parameter that means nothing, or a reader who may not see them.
    """
    scope = reader.may_see("invoices")
    lacks = reader.lacking(scope)
    chosen = Invoices.of(given, "this notebook", lacks)
    use(chosen.language)
    return Page(workspace(), scope, Choices(chosen, lacks))


def chosen(invoices: Sequence[Listed], wanted: Invoices) -> list[Listed]:
    """Those that a reader's choices leave: periods that lie in part within the span, and any of the states."""
    start, end = (parse_instant(text) if text else None for text in (wanted.start, wanted.end))
    customers, states = separated(wanted.customer), set(separated(wanted.state))
    part = wanted.number.strip().casefold()
    return [
        one
        for one in invoices
        if (start is None or one.end > start)
        and (end is None or one.start < end)
        and (not customers or one.customer in customers)
        and (not states or one.states & states)
        and part in (one.number or "").casefold()
    ]


def frame(invoices: Sequence[Listed], home: Workspace, scope: Scope) -> pl.DataFrame:
    """A row each, with where its page is and what its menu offers."""
    sends = scope.may("change", "invoices") and outbox.ready(params.read("site", Site), "mail")
    rows = [
        {
            "number": one.number or tr("Draft"),
            "customer": one.customer,
            "period": one.period,
            "kind": tr(_KINDS.get(one.kind, one.kind)),
            "corrects": one.corrects,
            "state": one.told,
            "issued": one.issued_at and f"{one.issued_at:%Y-%m-%d}",
            "due": one.due_on and one.due_on.isoformat(),
            "overdue_days": one.overdue_days or None,
            **{name: getattr(one, name) for name in _AMOUNTS},
            "currency": one.currency,
            "tone": one.tone,
            "late": "wrong" if one.overdue_days else None,
            "paper": address(one),
            "offers": " ".join(offers(one, home, scope, sends=sends)),
        }
        for one in invoices
    ]
    texts = ("number", "customer", "period", "kind", "corrects", "state", "issued", "due", "currency")
    schema = dict.fromkeys((*texts, "tone", "late", "paper", "offers"), pl.String())
    money = dict.fromkeys(_AMOUNTS, MONEY)
    return pl.DataFrame(rows, schema={**schema, **money, "overdue_days": pl.Int64()})


def address(one: Listed) -> str:
    """Where it is shown, within the portal."""
    words = [one.number] if one.number else ["draft", one.customer, one.period]
    return "/".join(["invoices", *(quote(word, safe="") for word in words)])


def offers(one: Listed, home: Workspace, scope: Scope, *, sends: bool = False) -> list[str]:
    """What the menu of its row has: what its reader may do with it, and the documents that there are.

    `sends` is whether its reader may send invoices, and there is a mail server.
    """
    filed = names_filed(home, one.customer, one.period, one.number, scope)
    may_pay = one.open > 0 and scope.may("change", "payments")
    may_credit = (
        one.kind == "invoice"
        and one.number is not None
        and one.status != "credited"
        and scope.may("change", "credits")
    )
    may_send = sends and one.number is not None
    ways = [name for name, may in ((PAY, may_pay), (CREDIT, may_credit), (SEND, may_send)) if may]
    return [*ways, *(name for name, (file, _) in DOCUMENTS.items() if file in filed)]


def columns(*, several: bool) -> list[GridColumn]:
    """The columns of the list; with `several` currencies each row tells its own."""
    return [
        GridColumn("number", tr("Number"), "link", href="paper"),
        GridColumn("customer", tr("Customer")),
        GridColumn("period", tr("Period"), hint=tr("the Summary period that is billed, UTC"), timed=True),
        GridColumn("kind", tr("Kind")),
        GridColumn("corrects", tr("Credits invoice"), hidden=True),
        GridColumn("state", tr("State"), tone="tone"),
        GridColumn("issued", tr("Issued"), hint=tr("the day of the invoice, UTC"), timed=True),
        GridColumn("due", tr("Due"), hint=tr("the last day to pay"), timed=True, tone="late"),
        GridColumn("overdue_days", tr("Days overdue"), "integer", tr("since it was due, where something is open"), tone="late", summed=False),
        _money("net", tr("Net")),
        _money("tax", tr("VAT")),
        _money("total", tr("Total"), tr("of a credit note below zero")),
        _money("paid", tr("Paid")),
        _money("credited", tr("Part-credited"), tr("what credit notes of parts and of differences take off"), hidden=True),
        _money("open", tr("Open amount"), tr("what is left to pay"), "late"),
        GridColumn("currency", tr("Currency"), hidden=not several),
    ]  # fmt: skip


def _money(name: str, label: str, hint: str = "", tone: str = "", *, hidden: bool = False) -> GridColumn:
    return GridColumn(name, label, "money", hint, currency="currency", tone=tone, hidden=hidden)
