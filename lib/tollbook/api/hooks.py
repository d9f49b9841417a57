"""What webhooks tell, as types: for the OpenAPI document; `account.hooks` writes and signs it."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field

from tollbook.api.types import Amount, Instant, Part, example

MEANING: Final = (
    "Signed as Standard Webhooks has it: `webhook-signature` is `v1,` and the Base64 of HMAC-SHA256 over `webhook-id`, "
    "`webhook-timestamp` and the body, with dots between. It may come more than once under the same id, and in any order."
)


class ToldInvoice(Part):
    """An invoice or a credit note as it was then."""

    customer: str
    period: str
    number: str
    kind: str
    status: str
    currency: str
    net: Amount
    tax: Amount
    total: Amount
    issued_at: Instant
    corrects: Annotated[str | None, Field(description="Of a credit note, the invoice that it takes back.")]


class ToldPayment(Part):
    """A payment as it was then."""

    customer: str
    id: int
    amount: Amount
    currency: str
    method: str
    status: str
    reference: str
    received_at: Instant


class ToldRefund(Part):
    """What of a payment went back to the customer."""

    customer: str
    payment: Annotated[int, Field(description="Number of the payment that it is of.")]
    id: int
    amount: Amount
    currency: str
    method: str
    reference: str
    at: Instant


class ToldAlert(Part):
    """What a rule of alerts did, and the figure that made it."""

    id: int
    alert: int
    name: str
    kind: str
    area: str
    by: str
    customer: str
    carrier: str
    destination: str
    subject: Annotated[
        str, Field(description="What the rule is judged by; empty where that is all together.")
    ]
    at: Annotated[Instant, Field(description="End of the sample period.")]
    recorded_at: Instant
    value: Annotated[Amount | float | None, Field(description="A balance as text; else a number.")]
    numerator: Amount | float | None
    denominator: Amount | float | None
    calls: int | None
    operator: str
    threshold: Amount
    unit: str


def _event(kind: str, data: Mapping[str, Any]) -> ConfigDict:
    told = {
        "id": f"evt_{'7c5e0a91' * 4}",
        "type": kind,
        "created_at": "2026-11-02T06:00:00Z",
        "data": dict(data),
    }
    return example(told)


class InvoiceEvent(Part):
    """Something happened to an invoice."""

    model_config = _event(
        "invoice.issued",
        {
            "customer": "acme",
            "period": "2026-10",
            "number": "INV-2026-000001",
            "kind": "invoice",
            "status": "issued",
            "currency": "EUR",
            "net": "262.81",
            "tax": "49.93",
            "total": "312.74",
            "issued_at": "2026-11-02T06:00:00Z",
            "corrects": None,
        },
    )

    id: str
    type: str
    created_at: Instant
    data: ToldInvoice


class PaymentEvent(Part):
    """Something happened to a payment."""

    model_config = _event(
        "payment.completed",
        {
            "customer": "acme",
            "id": 17,
            "amount": "120.5",
            "currency": "EUR",
            "method": "card",
            "status": "completed",
            "reference": "pi_3Q",
            "received_at": "2026-10-05T09:30:00Z",
        },
    )

    id: str
    type: str
    created_at: Instant
    data: ToldPayment


class RefundEvent(Part):
    """Something went back of a payment."""

    model_config = _event(
        "payment.refunded",
        {
            "customer": "acme",
            "payment": 17,
            "id": 3,
            "amount": "20.5",
            "currency": "EUR",
            "method": "card",
            "reference": "re_3Q",
            "at": "2026-10-07T11:00:00Z",
        },
    )

    id: str
    type: str
    created_at: Instant
    data: ToldRefund


class AlertEvent(Part):
    """A rule of alerts fired, is raised still, is over, or was tested."""

    model_config = _event(
        "alert.fired",
        {
            "id": 9,
            "alert": 3,
            "name": "ASR per carrier",
            "kind": "fired",
            "area": "asr",
            "by": "carrier",
            "customer": "",
            "carrier": "",
            "destination": "",
            "subject": "north",
            "at": "2026-10-05T13:00:00Z",
            "recorded_at": "2026-10-05T13:05:00Z",
            "value": 0.3125,
            "numerator": 25.0,
            "denominator": 80.0,
            "calls": 80,
            "operator": "below",
            "threshold": "0.4",
            "unit": "%",
        },
    )

    id: str
    type: str
    created_at: Instant
    data: ToldAlert


EVENTS: Final[Mapping[str, type[InvoiceEvent | PaymentEvent | RefundEvent | AlertEvent]]] = {
    "invoice.issued": InvoiceEvent,
    "invoice.paid": InvoiceEvent,
    "invoice.credited": InvoiceEvent,
    "invoice.corrected": InvoiceEvent,
    "payment.completed": PaymentEvent,
    "payment.cancelled": PaymentEvent,
    "payment.refunded": RefundEvent,
    "alert.fired": AlertEvent,
    "alert.repeated": AlertEvent,
    "alert.reset": AlertEvent,
    "alert.test": AlertEvent,
}
"""Each event, and its form."""
