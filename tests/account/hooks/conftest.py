"""An account with an endpoint on this machine."""

from billing.conftest import bill, called  # noqa: F401 - invoices to tell of
