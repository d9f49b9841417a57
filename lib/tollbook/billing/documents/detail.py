"""The words of the page of detail: days, the way to the amount, what it was made of, the calls."""

from calendar import SUNDAY
from datetime import timedelta
from decimal import Decimal
from typing import Any

from tollbook.billing.documents.document import Document
from tollbook.billing.documents.written import Written
from tollbook.language import tr, trn

Words = dict[str, Any]
Pairs = list[tuple[str, str]]


def usage(document: Document, write: Written) -> Words:
    """What each day was charged: bars as shares of the highest, and a table."""
    record = document.record
    by_day = {day.day: day for day in record.usage}
    first, days = record.period.start.date(), (record.period.end - record.period.start).days
    charges = [day.charge for day in record.usage]
    most = max(charges, default=Decimal(0))
    bars = []
    for day in (first + timedelta(days=offset) for offset in range(days)):
        used = by_day.get(day)
        share = float(max(used.charge, Decimal(0)) / most) if used and most else 0.0
        bars.append(
            {
                "share": round(share, 4),
                "day": str(day.day),
                "sunday": day.weekday() == SUNDAY,
                "date": write.day(day),
            }
        )
    amounts = write.aligned([*charges])
    rows = [
        [write.short_day(day.day), write.count(day.calls), write.minutes(day.billed_s), charge]
        for day, charge in zip(record.usage, amounts, strict=True)
    ]
    number, seconds = sum(day.calls for day in record.usage), sum(day.billed_s for day in record.usage)
    counted = trn("{count} call", "{count} calls", number).format(count=write.count(number))
    said = tr("{calls} and {minutes} minutes")
    return {
        "heading": tr("Day by day"),
        "said": said.format(calls=counted, minutes=write.minutes(seconds)),
        "bars": bars if days > 1 else [],
        "most": amounts[charges.index(most)] if charges else "",
        "currency": record.currency,
        "heads": [tr("Day"), tr("Calls"), tr("Minutes"), tr("Exact charge")],
        "rows": rows,
        "zone": tr("Days are in UTC. A call belongs to the day on which it started."),
    }


def exact(document: Document, write: Written) -> Words:
    """From the exact charge of the Customer Summary to the net amount."""
    record = document.record
    told = (record.exact_charge, record.adjustment, record.rounding, record.net)
    charge, adjustment, rounding, net = write.aligned(told)
    late = [(tr("Of periods invoiced before"), adjustment)] if record.adjusted else []
    first = [(tr("Exact charge"), charge), *late]
    if record.is_difference:
        first = [(tr("Exact difference"), adjustment)]
    return {
        "heading": tr("From the calls to the amount"),
        "said": tr("Every call is rated by itself. A line adds exact charges and is rounded once."),
        "currency": record.currency,
        "rows": [
            *first,
            (tr("Rounding of the lines"), rounding),
            (tr("Net"), net),
        ],
    }


def proof(document: Document, write: Written) -> Words:
    """What the figures were made of, by hash."""
    record = document.record
    calls = f"{write.count(record.source.calls)}, sha256 {record.source.calls_sha256}"
    rows = [
        (tr("Record"), f"sha256 {record.sha256}"),
        *([] if record.is_part else [(tr("Calls"), calls)]),
        (tr("Made by"), record.source.program),
    ]
    said = tr("With these anyone who has the data gets the same figures.")
    return {"heading": tr("What it was made of"), "said": said, "rows": rows}


def calls(document: Document, write: Written) -> Words:
    """The annex: the first calls, up to the limit."""
    billed = document.calls
    if billed is None or billed.is_empty() or not document.annex_calls:
        return {}
    shown = billed.head(document.annex_calls)
    charges = write.aligned(shown["charge"].to_list())
    rows = [
        [
            f"{write.short_day(at.date())} {at:%H:%M:%S}",
            caller or "–",
            called or "–",
            where or "–",
            write.minutes(seconds),
            charge,
        ]
        for (at, caller, called, where, seconds), charge in zip(
            shown.select("started_at", "caller", "called", "destination", "billed_s").iter_rows(),
            charges,
            strict=True,
        )
    ]
    said = tr("All {count} calls, by their start in UTC.").format(count=write.count(billed.height))
    if shown.height < billed.height:
        told = tr("The first {shown} of {count} calls, by their start in UTC; all of them are in calls.csv.")
        said = told.format(shown=write.count(shown.height), count=write.count(billed.height))
    heads = [tr("Start"), tr("Caller"), tr("Called"), tr("Destination"), tr("Minutes"), tr("Exact charge")]
    return {"heading": tr("Calls"), "said": said, "heads": heads, "rows": rows}
