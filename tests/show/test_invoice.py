"""An invoice on the page."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tollbook.billing.record import Buyer, Line, Record, Source, Span, Usage, totals
from tollbook.errors import TollbookError
from tollbook.show import invoice
from tollbook.workspace import Workspace

LINES = (
    Line(destination="UK & Isles", rate_per_min=Decimal("0.0100"), calls=1200, billed_s=90_061,
         exact=Decimal("15.010166667"), net=Decimal("15.01")),
    Line(destination="Unknown rate", calls=1, billed_s=60, exact=Decimal("0.005"), net=Decimal("0.01")),
)  # fmt: skip


def record(**changed: Any) -> Record:
    values = {
        "customer": Buyer(id="acme", name="A & B", address="1 High Street\nLondon"),
        "period": Span(name="2026-10", start=datetime(2026, 10, 1, tzinfo=UTC), end=datetime(2026, 11, 1, tzinfo=UTC)),
        "currency": "EUR", "due_days": 14, "grouping": "destination", "lines": LINES, "tax_rate": Decimal(15),
        "usage": (Usage(day=date(2026, 10, 31), calls=2, billed_s=60, charge=Decimal("15.015166667")),),
        "source": Source(program="tollbook 1", tables={"calls": 3}, decks=[4], calls=9, calls_sha256="ab", unrated=0, parameters={}),
        **totals([line.exact for line in LINES], [line.net for line in LINES], Decimal(15), "EUR"),
    }  # fmt: skip
    return Record(**{**values, **changed})


def words(shown: invoice.Html) -> str:
    return re.sub(
        r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", shown.text, flags=re.DOTALL)
    ).strip()


def test_heading_says_who_when_and_until_when() -> None:
    issued = record().issued("INV-2026-000001", datetime(2026, 11, 2, 9, tzinfo=UTC))
    assert words(invoice.heading(issued)) == (
        "Tollbook Invoice INV-2026-000001 Date 2026-11-02 Due 2026-11-16 Customer acme "
        "Period 2026-10: 2026-10-01 to 2026-10-31, UTC To A &amp; B 1 High Street London"
    )


def test_draft_says_that_it_is_no_invoice_and_has_no_date() -> None:
    text = words(invoice.heading(record()))
    assert "Draft, not an invoice" in text
    assert "Due" not in text


def test_lines_show_exact_and_rounded_with_points_below_each_other() -> None:
    text = words(invoice.lines(record()))
    assert "UK &amp; Isles 0.01 1,200 1,501:01 15.010166667 15.01 EUR" in text
    assert "Unknown rate – 1 1:00 0.005000000 0.01 EUR" in text
    assert invoice.aligned([Decimal("0.0100"), None, Decimal("0.005")]) == ["0.010", "–", "0.005"]


def test_in_totals_too_points_stand_below_each_other() -> None:
    # 15.015166667 has 9 decimals, 15.02 has 2: 7 digits of room
    assert invoice.totals(record()).text.count('style="padding-inline-end: 7ch"') == 3


def test_each_cell_of_a_line_says_what_it_is_where_there_is_no_room_for_heads() -> None:
    assert '<td data-label="Minutes billed">1,501:01</td>' in invoice.lines(record()).text


def test_lines_of_days_have_no_destination() -> None:
    by_day = tuple(line.model_copy(update={"day": date(2026, 10, 5), "destination": None}) for line in LINES)
    text = words(invoice.lines(record(grouping="day", lines=by_day)))
    assert text.startswith("Day (UTC) Calls Minutes billed Exact charge Net 2026-10-05 1,200")


def test_totals_go_from_the_exact_charge_to_the_total() -> None:
    assert words(invoice.totals(record())) == (
        "Exact charge, as in the Customer Summary 15.015166667 EUR Rounding of the lines 0.004833333 EUR "
        "Net 15.02 EUR Tax 15 % 2.25 EUR Total 17.27 EUR"
    )
    assert "Tax: none" in words(invoice.totals(record(tax_rate=None)))


def test_amounts_have_the_decimals_of_their_currency() -> None:
    assert [invoice.money(Decimal(1234), c) for c in ("EUR", "JPY", "KWD", "IQD")] == [
        "1,234.00 EUR",
        "1,234 JPY",
        "1,234.000 KWD",
        "1,234.000 IQD",
    ]


def test_usage_has_a_bar_for_each_day_at_its_place() -> None:
    text = invoice.usage(record()).text
    (x,) = re.findall(r'<rect x="([\d.]+)"', text)
    assert float(x) > 640 * 30 / 31  # the last of 31 days
    assert "2026-10-31: 15.02 EUR, 2 calls, 1:00" in text
    assert "<rect" not in invoice.usage(record(usage=())).text


def test_seal_holds_the_records_hash_for_programs() -> None:
    bundle = invoice.seal(record())._repr_mimebundle_()
    assert bundle[invoice.RESULT] == {"record_sha256": record().sha256, "number": "", "status": "draft"}
    assert record().sha256 in str(bundle["text/html"])
    assert invoice.RESULT not in invoice.lines(record())._repr_mimebundle_()


def test_without_an_invoice_the_page_says_how_to_make_one(workspace: Workspace) -> None:
    with pytest.raises(TollbookError, match=r"no invoice is filed in .*: `tollbook invoice run` makes one"):
        invoice.load(str(workspace.home))
