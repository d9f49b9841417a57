"""Tollbook: call records in, figures, dashboards and invoices out."""

__version__ = "0.1.0"
