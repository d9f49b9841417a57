"""All operations there are, in the order in which an address is looked up among them."""

from typing import Final

from tollbook.api import monitoring
from tollbook.api.operations import ROOT, Operation
from tollbook.api.resources import (
    alerts,
    audit,
    balance,
    block_settings,
    blocks,
    carriers,
    checklist,
    contacts,
    customers,
    decks,
    extension_history,
    extension_import,
    extensions,
    invoices,
    live,
    live_history,
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
    *block_settings.OPERATIONS,
    *blocks.OPERATIONS,
    *extension_import.OPERATIONS,
    *extension_history.OPERATIONS,
    *extensions.OPERATIONS,
    *decks.OPERATIONS,
    *summary.OPERATIONS,
    *live.OPERATIONS,
    *live_history.OPERATIONS,
    *checklist.OPERATIONS,
    *audit.OPERATIONS,
    *alerts.OPERATIONS,
)
"""Those of the API, which its OpenAPI document describes."""

OPERATIONS: Final[tuple[Operation, ...]] = (*DESCRIBED, *monitoring.OPERATIONS)
"""These, and what the server tells of itself."""

DOCUMENT: Final = f"{ROOT}/openapi.json"
"""Where the document is, for whoever asks."""
