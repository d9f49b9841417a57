"""Documents of every kind, from records small enough to read."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from tollbook.billing.documents.document import Document, Preceding, preceding_of
from tollbook.billing.parts import Part, part, rest
from tollbook.billing.record import (
    Adjusted,
    Buyer,
    Line,
    Record,
    Reference,
    Seller,
    Source,
    Span,
    Usage,
    to_minor,
    totals,
)
from tollbook.tables import CALLS

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
START, END = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
RATES = (
    ("Germany mobile", "0.0195", 3812, 641_530),
    ("Latvia", "0.0311", 907, 131_116),
    ("UK", "0.0064", 12_480, 2_213_900),
)
SELLER = Seller(
    name="Nordlicht Carrier GmbH",
    address="Speicherstadt 12\n20457 Hamburg",
    contact="Wiebke Hansen",
    phone="+49 40 5550123",
    email="billing@nordlicht.example",
    country="DE",
    postcode="20457",
    city="Hamburg",
    tax_id="DE123456789",
    registration="HRB 123456",
    endpoint="9930:DE123456789",
    iban="DE75512108001245126199",
    bic="SOLADEST600",
)
BUYER = Buyer(
    id="acme",
    name="ACME Telekom AG",
    address="Invalidenstraße 3\n10115 Berlin",
    country="DE",
    postcode="10115",
    city="Berlin",
    tax_id="DE987654321",
    endpoint="9930:DE987654321",
    reference="04011000-12345-34",
)


def make_record(currency: str = "EUR", tax_rate: str | None = "19", **changed: Any) -> Record:
    """October 2026 of acme, issued: three destinations, a usage that differs by day."""
    seconds = sum(row[3] for row in RATES)
    exact = [Decimal(rate) * billed / 60 for _, rate, _, billed in RATES]
    exact = [amount.quantize(Decimal("0.000001")) for amount in exact]
    nets = [to_minor(amount, currency) for amount in exact]
    rate = Decimal(tax_rate) if tax_rate is not None else None
    lines = tuple(
        Line(
            destination=name, rate_per_min=Decimal(price), calls=calls, billed_s=billed, exact=amount, net=net
        )
        for (name, price, calls, billed), amount, net in zip(RATES, exact, nets, strict=True)
    )
    values = {
        "status": "issued",
        "number": "INV-2026-000042",
        "issued_at": AT,
        "seller": SELLER,
        "customer": BUYER,
        "period": Span(name="2026-10", start=START, end=END),
        "currency": currency,
        "due_days": 14,
        "grouping": "destination",
        "lines": lines,
        "usage": make_usage(sum(exact, Decimal(0)), seconds),
        "tax_rate": rate,
        "source": Source(
            program="tollbook 0.1.0", tables={"calls": 7}, decks=[1], calls=17_700, calls_sha256="ab" * 32,
            unrated=0, parameters={"settle_hours": 24},
        ),
        **totals(exact, nets, rate, currency),
    }  # fmt: skip
    return Record(**{**values, **changed})


def make_usage(charge: Decimal, seconds: int) -> tuple[Usage, ...]:
    """The charge over the days, weekends half of other days; the last day gets what is left."""
    days = [START.date() + timedelta(days=offset) for offset in range(31)]
    weights = [(5 if day.weekday() < 5 else 2) + day.day % 3 for day in days]
    shares = [(charge * weight / sum(weights)).quantize(Decimal("0.000001")) for weight in weights]
    shares[-1] += charge - sum(shares)
    return tuple(
        Usage(day=day, calls=80 * weight, billed_s=seconds * weight // sum(weights), charge=share)
        for day, weight, share in zip(days, weights, shares, strict=True)
    )


def make_calls(count: int = 40) -> pl.DataFrame:
    """Calls as the annex has them."""
    rows = [
        {
            "started_at": START + timedelta(minutes=7 * number),
            "caller": f"4930555{number:04}",
            "called": f"37167000{number:03}",
            "destination": "Latvia",
            "talk_ms": 61_500 + number,
            "billed_s": 66,
            "charge": Decimal("0.034210"),
            "currency": "EUR",
        }
        for number in range(count)
    ]
    return pl.DataFrame(rows, schema={name: CALLS.schema[name] for name in rows[0]})


def make_credit(**changed: Any) -> Document:
    record = make_record(number="INV-2026-000043", **changed)
    return Document(record, Preceding("INV-2026-000042", date(2026, 11, 2), "Wrong rate for Latvia"))


def make_difference(kind: str = "credit_note", **changed: Any) -> Document:
    """The note of a difference: Latvia was too dear, the UK too cheap."""
    sign = -1 if kind == "credit_note" else 1
    lines = tuple(
        Line(destination=name, calls=0, billed_s=seconds, exact=amount, net=to_minor(amount, "EUR"),
             adjusts="INV-2026-000042", rerated=calls)
        for name, amount, calls, seconds in (
            ("Latvia", Decimal("20.345"), 907, 61), ("UK", Decimal("-3.1201"), 12_480, 0)
        )
    )  # fmt: skip
    exact = sum((line.exact for line in lines), Decimal(0))
    own = make_record(**changed)
    period = own.period
    told = Adjusted(number="INV-2026-000042", period=period, place=1, billed=Decimal(512), exact=sign * exact)
    days = tuple(day.model_copy(update={"charge": exact / 4}) for day in own.usage[:4])
    note = {
        "kind": kind,
        "number": "CRN-2026-000001" if kind == "credit_note" else "DBN-2026-000001",
        "corrects": Reference(number="INV-2026-000042", issued_at=AT),
        "reason": "Calls were rated again.",
        "lines": lines,
        "usage": days,
        "adjusted": (told,),
        **totals((), (line.net for line in lines), own.tax_rate, "EUR", exact),
    }
    record = own.model_copy(update=note)
    return Document(record, preceding_of(record))


def make_part(**changed: Any) -> Document:
    """The note that takes back what earlier ones of parts have left: a line, the rest of one, less an amount of none."""
    own = make_record(**changed)
    first = part(own, [], [Part(3, Decimal(100)), Part(amount=Decimal(7))], "Wrong rate")
    note = rest(own, [first, part(own, [first], [Part(1)], "Wrong rate")], "Never agreed")
    record = note.issued("CRN-2026-000003", AT)
    return Document(record, preceding_of(record))


def of_customer(**changed: Any) -> Buyer:
    """The customer with something else known of it."""
    return BUYER.model_copy(update=changed)
