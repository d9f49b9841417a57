"""The sums of an invoice, by the worked numbers of the rules."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from tollbook.billing.record import Buyer, Line, Record, Source, Span, to_minor, totals

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


def record(**changed: Any) -> Record:
    lines = (
        Line(
            destination="UK",
            rate_per_min=Decimal("0.01"),
            calls=1,
            billed_s=60,
            exact=Decimal("0.01"),
            net=Decimal("0.01"),
        ),
    )
    values = {
        "customer": Buyer(id="acme", name="ACME", address=""),
        "period": Span(name="2026-10", start=datetime(2026, 10, 1, tzinfo=UTC), end=datetime(2026, 11, 1, tzinfo=UTC)),
        "currency": "EUR", "due_days": 14, "grouping": "destination", "lines": lines, "usage": (), "tax_rate": None,
        "source": Source(program="tollbook", tables={}, decks=[1], calls=1, calls_sha256="", unrated=0, parameters={}),
        **totals([Decimal("0.01")], [Decimal("0.01")], None, "EUR"),
    }  # fmt: skip
    return Record(**{**values, **changed})


def test_tax_is_rounded_half_up_to_the_minor_unit() -> None:
    sums = totals([Decimal("1091.50")], [Decimal("1091.50")], Decimal(15), "EUR")
    assert sums["tax"] == Decimal("163.73")  # 163.725
    assert sums["total"] == Decimal("1091.50") + Decimal("163.73")


def test_total_is_the_sum_of_rounded_lines_and_the_rest_is_rounding() -> None:
    exact = [Decimal("10.005")] * 3
    nets = [to_minor(amount, "EUR") for amount in exact]
    sums = totals(exact, nets, None, "EUR")
    assert nets == [Decimal("10.01")] * 3
    assert (sums["net"], sums["exact_charge"]) == (Decimal("30.03"), Decimal("30.015"))
    assert sums["rounding"] == Decimal("0.015") == 3 * Decimal("0.005")
    assert (sums["tax"], sums["total"]) == (0, Decimal("30.03"))


@pytest.mark.parametrize(("currency", "net"), [("EUR", "1.24"), ("JPY", "1"), ("KWD", "1.235")])
def test_minor_unit_is_the_currencys(currency: str, net: str) -> None:
    assert to_minor(Decimal("1.2351"), currency) == Decimal(net)


def test_document_keeps_every_digit_and_reads_back_as_it_was() -> None:
    exact = Decimal("1234567890123456789.000000001")
    made = record(exact_charge=exact)
    assert '"exact_charge": "1234567890123456789.000000001"' in made.text
    assert '"start": "2026-10-01T00:00:00Z"' in made.text
    assert Record.model_validate_json(made.text) == made


def test_a_record_from_before_number_rules_were_kept_keeps_its_bytes() -> None:
    old = record()
    assert "number_rules" not in old.text
    assert Record.model_validate_json(old.text).sha256 == old.sha256
    new = record(source=old.source.model_copy(update={"number_rules": ""}))
    assert '"number_rules": ""' in new.text


def test_issuing_changes_status_number_and_date_and_nothing_else() -> None:
    draft = record()
    done = draft.issued("INV-2026-000001", AT)
    changed = {name for name in Record.model_fields if getattr(done, name) != getattr(draft, name)}
    assert changed == {"status", "number", "issued_at"}
    assert done.sha256 != draft.sha256


def test_record_cannot_be_changed_or_extended() -> None:
    with pytest.raises(ValidationError):
        record().net = Decimal(0)
    with pytest.raises(ValidationError):
        record(discount="1")
