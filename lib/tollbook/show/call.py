"""One call as its reader reads it: what it was, its tries in order, its rating step by step, its invoice."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from tollbook.calls.one import Billed, Opened, Rating, Row
from tollbook.calls.query import Place
from tollbook.calls.table import columns_of
from tollbook.language import later, tr
from tollbook.money import plain
from tollbook.periods import parse_zone
from tollbook.show.words import NOTHING
from tollbook.tables import UNRATED

_OUTCOMES: Final = {
    "answered": later("Answered"),
    "busy": later("Busy"),
    "no_answer": later("No answer"),
    "cancelled": later("Cancelled"),
    "rejected": later("Rejected"),
    "unallocated": later("Unallocated"),
    "congestion": later("Congestion"),
    "failed": later("Failed"),
}
_STATUSES: Final = {
    "draft": later("draft"),
    "issued": later("issued"),
    "part_paid": later("paid in part"),
    "paid": later("paid"),
}
_TRIES: Final = (
    ("seizure", later("Try")),
    ("carrier", later("Carrier")),
    ("started_at", later("Start")),
    ("pdd_ms", later("PDD (ms)")),
    ("outcome", later("Outcome")),
    ("sip_code", later("SIP code")),
    ("q850", later("Q.850 cause")),
    ("talk_s", later("Duration (s)")),
    ("billed_s", later("Billed (s)")),
    ("cost", later("Cost")),
)
_SOURCES: Final = {"talk_s": "talk_ms"}
_FIGURES: Final = frozenset({"seizure", "pdd_ms", "sip_code", "q850", "talk_s", "billed_s", "cost"})
Told = dict[str, Any]


def outcome_words() -> dict[str, str]:
    """What became of a call, in the reader's language."""
    return {name: tr(words) for name, words in _OUTCOMES.items()}


def unrated_words() -> dict[str, str]:
    """Why there is no charge, in the reader's language."""
    return {name: tr(words) for name, words in UNRATED.items()}


def told(opened: Opened, zone: str) -> Told:
    """The call as the page shows it: all texts, times on the zone's clock and in UTC."""
    call, clock = opened.call, parse_zone(zone)
    return {
        "place": Place(call["started_at"], call["switch"], call["call_id"]).text,
        "title": tr("Call of {at}").format(at=_both(call["started_at"], clock, "seconds")),
        "facts": facts(call, clock),
        **({"tries": tries(opened, clock)} if opened.columns else {}),
        "ratings": [
            _rating(tr("Charge"), opened.rating, _amount(call, "charge")),
            *(
                _rating(_cost_of(row), rating, _amount(row, "cost"))
                for row, rating in opened.seizures
                if rating is not None
            ),
        ],
        "invoice": invoice(call, opened.invoice),
        "words": {"tries": tr("Seizures, in order"), "rating": tr("Rating"), "invoice": tr("Invoice")},
        "none": tr("No carrier was tried."),
    }


def facts(call: Row, clock: ZoneInfo) -> list[list[str]]:
    """Label and value of every column that its reader has."""
    return [[tr(column.label), _value(call, name, clock)] for name, column in columns_of(call).items()]


def tries(opened: Opened, clock: ZoneInfo) -> Told:
    """The seizures as a table."""
    known = [(name, label) for name, label in _TRIES if _SOURCES.get(name, name) in opened.columns]
    heads = [
        {"label": _try_head(name, tr(label), clock), "figure": name in _FIGURES} for name, label in known
    ]
    day = opened.call["started_at"].astimezone(clock).date()
    rows = [[_try_cell(row, name, clock, day) for name, _ in known] for row, _ in opened.seizures]
    return {"columns": heads, "rows": rows}


def _try_head(name: str, label: str, clock: ZoneInfo) -> str:
    return f"{label} ({clock.key})" if name == "started_at" else label


def _try_cell(row: Row, name: str, clock: ZoneInfo, day: date) -> str:
    """As in the call; its start without the day where that is the call's."""
    if name != "started_at":
        return _value(row, name, clock)
    local = row[name].astimezone(clock).replace(tzinfo=None)
    return str(
        local.time().isoformat("milliseconds")
        if local.date() == day
        else local.isoformat(" ", "milliseconds")
    )


def invoice(call: Row, found: Billed | None) -> Told:
    """What the call is billed on, and where that is."""
    if call["customer"] is None:
        return {"text": tr("The record does not tell the customer, so there is no invoice."), "href": ""}
    if found is None:
        return {"text": tr("Not invoiced yet."), "href": ""}
    status = tr(_STATUSES.get(found.status, found.status))
    if found.number is None:
        there = f"invoices/draft/{quote(call['customer'], safe='')}/{found.period}"
        return {"text": tr("In the draft for {period}").format(period=found.period), "href": there}
    words = tr("{number} for {period}, {status}").format(
        number=found.number, period=found.period, status=status
    )
    return {"text": words, "href": f"invoices/{quote(found.number, safe='')}"}


def _rating(title: str, rating: Rating, amount: str) -> Told:
    notes = [_note(rating), *(_was(row) for row in rating.before)]
    return {
        "title": title,
        "amount": amount,
        "steps": list(rating.steps),
        "note": " ".join(filter(None, notes)),
    }


def _was(row: Row) -> str:
    """What stood there until it was rated again."""
    was = f"{plain(row['was'])} {row['currency']}" if row["was"] is not None else ""
    until = _both(row["replaced_at"], parse_zone("UTC"), "seconds")
    if not was:
        return tr("Not rated until {at}.").format(at=until)
    return tr("{amount} until {at}.").format(amount=was, at=until)


def _note(rating: Rating) -> str:
    """What a reader has to know of the steps beside them."""
    if not rating.agrees:
        return tr(
            "No deck gives what is stored: the decks were changed since. These are the newest one's steps."
        )
    if not rating.is_newest:
        return tr("Rated with deck {number}; a newer one is in force now.").format(number=rating.deck)
    return tr("By deck {number}, as stored.").format(number=rating.deck) if rating.deck else ""


def _cost_of(row: Row) -> str:
    return tr("Cost of try {number}, {carrier}").format(
        number=row["seizure"], carrier=row["carrier"] or NOTHING
    )


def _amount(row: Row, name: str) -> str:
    if row[name] is None:
        return unrated_words().get(row["unrated"], NOTHING)
    return f"{plain(row[name])} {row['currency']}"


def _value(row: Mapping[str, Any], name: str, clock: ZoneInfo) -> str:
    if name == "talk_s":
        return plain(Decimal(row["talk_ms"]) / 1000) if row["talk_ms"] is not None else NOTHING
    value = row[name]
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        return _both(value, clock, "milliseconds")
    words = {"outcome": outcome_words, "unrated": unrated_words}.get(name)
    return words().get(value, value) if words else text_of(value)


def text_of(value: object) -> str:
    """An amount in full, anything else as it stands."""
    return plain(value) if isinstance(value, Decimal) else str(value)


def _both(instant: datetime, clock: ZoneInfo, precision: str) -> str:
    """The instant on the zone's clock, and in UTC where that is another."""
    local = f"{instant.astimezone(clock).replace(tzinfo=None).isoformat(' ', precision)} {clock.key}"
    if clock.key == "UTC":
        return local
    return f"{local} = {instant.astimezone(UTC).replace(tzinfo=None).isoformat(' ', precision)} UTC"
