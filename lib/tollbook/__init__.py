"""Tollbook: call records in, figures, dashboards and invoices out."""

import sys

__version__ = "0.1.0"

# Jupyter brings jsonschema all its checks of formats. This one makes 38 parsers when it is imported, for international
# addresses that no notebook's schema has, and takes longer than all else that a command does.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
