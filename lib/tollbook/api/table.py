"""All operations there are, in the order in which an address is looked up among them."""

from typing import Final

from tollbook.api import monitoring
from tollbook.api.operations import ROOT, Operation
from tollbook.api.resources import (
    alerts,
    audit,
    balance,
    blocks,
    carriers,
    checklist,
    contacts,
    customers,
    decks,
    extensions,
    invoices,
    live,
    payments,
    runs,
    summary,
)

DESCRIBED: Final[tuple[Operation, ...]] = (
    *customers.OPERATIONS,
    *carriers.OPERATIONS,
    *contacts.OPERATIONS,
    *balance.OPERATIONS,
    *invoices.OPERATIONS,
    *runs.OPERATIONS,
    *payments.OPERATIONS,
    *blocks.OPERATIONS,
    *extensions.OPERATIONS,
    *decks.OPERATIONS,
    *summary.OPERATIONS,
    *live.OPERATIONS,
    *checklist.OPERATIONS,
    *audit.OPERATIONS,
    *alerts.OPERATIONS,
)
"""Those of the API, which its OpenAPI document describes."""

OPERATIONS: Final[tuple[Operation, ...]] = (*DESCRIBED, *monitoring.OPERATIONS)
"""These, and what the server tells of itself."""

DOCUMENT: Final = f"{ROOT}/openapi.json"
"""Where the document is, for whoever asks."""
