"""An invoice on the page: who, when, what for, how much. It shows the record and computes nothing of it anew."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from html import escape
from pathlib import Path
from typing import Final

from babel.numbers import format_currency

from tollbook.billing.filed import filed_record
from tollbook.billing.record import Line, Record, Usage
from tollbook.errors import TollbookError
from tollbook.language import tr
from tollbook.money import minor_digits, plain
from tollbook.params import Site, read
from tollbook.show import reader
from tollbook.workspace import open_workspace

RESULT: Final = "application/vnd.tollbook.invoice+json"
"""MIME type of the seal: what a run of the notebook must have displayed to count as done."""

_STYLE: Final = Path(__file__).parent / "static" / "invoice.css"
_WIDTH: Final = 640
_HEIGHT: Final = 120
_MINUTE_S: Final = 60
_KINDS: Final = {"invoice": "Invoice", "credit_note": "Credit note", "debit_note": "Debit note"}


@dataclass(frozen=True)
class Html:
    """A piece of a page; `result` goes with it for programs."""

    text: str
    result: Mapping[str, str] | None = None

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        page: dict[str, object] = {"text/html": f'<div class="toll-invoice">{self.text}</div>'}
        return page | ({RESULT: dict(self.result)} if self.result else {})


def load(home: str = "", customer: str = "", period: str = "") -> Record:
    """The record of a customer's period as filed in the workspace; without names the one filed last.

    Raises:
        TollbookError: there is no such workspace or record, or the reader is a contact, who is sent what is filed.
    """
    if reader.may_see("invoices").customer is not None:
        raise TollbookError(tr("You may not see this."))
    return filed_record(open_workspace(Path(home) if home else None), customer, period)


def heading(record: Record) -> Html:
    """Who invoices whom, under which number, for which period."""
    seller = escape(read("site", Site).name)
    buyer = "<br>".join(
        escape(line) for line in (record.customer.name, *record.customer.address.splitlines())
    )
    word = _KINDS[record.kind]
    title = f"{word} {escape(record.number)}" if record.number else "Draft, not an invoice"
    return Html(
        f"<style>{_STYLE.read_text(encoding='utf-8')}</style>"
        f'<div class="head"><div><div class="seller">{seller}</div><h1>{title}</h1></div>'
        f"{_pairs(_dates(record))}</div>"
        f'<div class="buyer"><span>To</span><address>{buyer}</address></div>'
    )


def _dates(record: Record) -> dict[str, str]:
    first, last = record.period.start.date(), (record.period.end - timedelta(days=1)).date()
    days = f"{record.period.name}: {first} to {last}" if last > first else record.period.name
    known = {"Customer": record.customer.id, "Period": f"{days}, UTC"}
    if record.issued_at is None:
        return known
    issued = record.issued_at.date()
    due = {"Due": str(issued + timedelta(days=record.due_days))} if record.sign > 0 else {}
    if record.corrects:
        corrects = f"invoice {record.corrects.number} of {record.corrects.issued_at.date()}"
        return {"Date": str(issued), **due, "Corrects": corrects, "Reason": record.reason, **known}
    return {"Date": str(issued), **due, **known}


def _pairs(rows: Mapping[str, str]) -> str:
    return f"<dl>{''.join(f'<dt>{name}</dt><dd>{escape(value)}</dd>' for name, value in rows.items())}</dl>"


def lines(record: Record) -> Html:
    """The lines: each exact, and rounded to the currency's minor unit."""
    by_day = record.grouping == "day"
    names = ["Day (UTC)"] if by_day else ["Destination", "Rate a minute"]
    names += ["Calls", "Minutes billed", "Exact charge", "Net"]
    head = "".join(f"<th>{name}</th>" for name in names)
    columns = [
        *([_days(record)] if by_day else _destinations(record)),
        ["–" if record.is_amount(line) else f"{line.rerated or line.calls:,}" for line in record.lines],
        ["–" if record.is_amount(line) else minutes(line.billed_s) for line in record.lines],
        aligned([line.exact for line in record.lines]),
        [money(line.net, record.currency) for line in record.lines],
    ]
    body = "".join(_row(names, cells) for cells in zip(*columns, strict=True))
    return Html(
        f"<table class='lines {record.grouping}'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _days(record: Record) -> list[str]:
    return [_named(line, record) for line in record.lines]


def _destinations(record: Record) -> list[list[str]]:
    rates = aligned([line.rate_per_min for line in record.lines])
    return [[_named(line, record) for line in record.lines], rates]


def _named(line: Line, record: Record) -> str:
    """What a line is for; one that adjusts an earlier invoice names that."""
    if record.is_amount(line) and not line.part_of:
        return "Amount of no line" if line.net > 0 else "Credited before"
    what = line.destination or (str(line.day) if line.day else "–")
    return f"{what} (adjusts {line.adjusts})" if line.adjusts else what


def _row(names: Sequence[str], cells: Iterable[str]) -> str:
    # On a narrow page the heads are gone, and each cell says its own.
    told = zip(names, cells, strict=True)
    row = "".join(f'<td data-label="{name}">{escape(cell)}</td>' for name, cell in told)
    return f"<tr>{row}</tr>"


def aligned(amounts: Sequence[Decimal | None]) -> list[str]:
    """Exact amounts, all with as many decimals as the longest has; a dash where there is none."""
    places = max((_places(amount) for amount in amounts if amount is not None), default=0)
    return ["–" if amount is None else f"{amount:.{places}f}" for amount in amounts]


def _places(amount: Decimal) -> int:
    return len(plain(amount).partition(".")[2])


def totals(record: Record) -> Html:
    """From the exact charge of the Customer Summary to the amount due."""
    tax = "Tax: none" if record.tax_rate is None else f"Tax {plain(record.tax_rate)} %"
    exact, adjustment, rounding = aligned([record.exact_charge, record.adjustment, record.rounding])
    late = {"Of periods invoiced before": f"{adjustment} {record.currency}"} if record.adjusted else {}
    first = {"Exact charge, as in the Customer Summary": f"{exact} {record.currency}", **late}
    if record.is_difference:
        first = {"Exact difference": f"{adjustment} {record.currency}"}
    rows = {
        **first,
        "Rounding of the lines": f"{rounding} {record.currency}",
        "Net": money(record.net, record.currency),
        tax: money(record.tax, record.currency),
        "Total": money(record.total, record.currency),
    }
    decimals = {name: len(value.partition(".")[2]) for name, value in rows.items()}
    most = max(decimals.values())
    body = "".join(_total(name, value, most - decimals[name]) for name, value in rows.items())
    return Html(f'<table class="totals">{body}</table>')


def _total(name: str, value: str, fewer: int) -> str:
    """A row whose decimal point stands below the others': it has so many decimals fewer than the longest."""
    amount, currency = value.rsplit(" ", 1)
    room = f' style="padding-inline-end: {fewer}ch"' if fewer else ""
    return f"<tr><th>{name}</th><td{room}>{escape(amount)}</td><td>{escape(currency)}</td></tr>"


def usage(record: Record) -> Html:
    """What each day of the period was charged, as bars."""
    if not record.usage:
        return Html("<p>It bills no day's calls.</p>")
    first = record.period.start.date()
    days = (record.period.end.date() - first).days
    if days == 1:
        return Html(f"<p>The period is one day: all of it started on {first}.</p>")
    most = max((day.charge for day in record.usage), default=Decimal(0)) or Decimal(1)
    bars = "".join(_bar(day, (day.day - first).days, days, most, record.currency) for day in record.usage)
    return Html(
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT + 40}" role="img" aria-label="Charge of each day">'
        f'<text x="0" y="12">{escape(money(most, record.currency))}</text>'
        f'<line x1="0" x2="{_WIDTH}" y1="{_HEIGHT + 20}" y2="{_HEIGHT + 20}"/>{bars}{_ends(first, days)}</svg>'
    )


def _bar(usage: Usage, place: int, days: int, most: Decimal, currency: str) -> str:
    slot = _WIDTH / days
    height = float(usage.charge / most) * _HEIGHT
    words = f"{usage.day}: {money(usage.charge, currency)}, {usage.calls:,} calls, {minutes(usage.billed_s)}"
    return (
        f'<rect x="{(place + 0.1) * slot:.1f}" y="{_HEIGHT + 20 - height:.1f}" width="{0.8 * min(slot, 48):.1f}" '
        f'height="{height:.1f}"><title>{escape(words)}</title></rect>'
    )


def _ends(first: date, days: int) -> str:
    last = (
        f'<text x="{_WIDTH}" y="{_HEIGHT + 36}" text-anchor="end">{first + timedelta(days=days - 1)}</text>'
    )
    return f'<text x="0" y="{_HEIGHT + 36}">{first}</text>' + (last if days > 1 else "")


def seal(record: Record) -> Html:
    """What the figures were made of, and the record's hash: with it anyone can check them."""
    tables = ", ".join(f"{name} {version}" for name, version in sorted(record.source.tables.items()))
    rows = {
        "Record": f"sha256 {record.sha256}",
        "Calls": f"{record.source.calls:,}, sha256 {record.source.calls_sha256}",
        "Versions": f"{record.source.program}; tables {tables}",
        "Decks": ", ".join(str(deck) for deck in record.source.decks),
    }
    result = {"record_sha256": record.sha256, "number": record.number or "", "status": record.status}
    return Html(f'<div class="seal">{_pairs(rows)}</div>', result)


def money(amount: Decimal, currency: str) -> str:
    """The amount with its currency, in as many decimals as it is rounded to."""
    digits = minor_digits(currency)  # Babel's own are not always those of ISO 4217
    pattern = f"#,##0{'.' if digits else ''}{'0' * digits} ¤¤"
    return format_currency(amount, currency, pattern, locale="en", currency_digits=False)


def minutes(seconds: int) -> str:
    """Seconds as minutes and seconds: `6:00`."""
    whole, rest = divmod(abs(seconds), _MINUTE_S)
    return f"{'−' if seconds < 0 else ''}{whole:,}:{rest:02}"
