"""Rules, states and events as they are told."""

from datetime import UTC, datetime
from decimal import Decimal

from tollbook.account.alerts.models import Alert, AlertEvent
from tollbook.account.alerts.shown import event_row

AT = datetime(2026, 10, 5, 12, tzinfo=UTC)


def test_an_event_has_the_threshold_of_then_and_a_balance_exactly() -> None:
    rule = Alert(id=3, name="Credit", area="balance", by="customer", customer="", carrier="", destination="")
    rule.operator, rule.threshold, rule.reset = "below", Decimal(5), Decimal(5)
    figure = {"value": Decimal("-0.000000001"), "numerator": None, "denominator": None, "calls": None}
    event = AlertEvent(
        id=9, kind="fired", subject="acme", at=AT, recorded_at=AT, threshold=Decimal(0), **figure
    )
    told = event_row(event, rule)
    assert (told["alert"], told["id"], told["subject"], told["unit"]) == (3, 9, "acme", "money")
    assert (told["value"], told["threshold"], told["calls"]) == (Decimal("-0.000000001"), Decimal(0), None)
