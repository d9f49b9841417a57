"""Tollbook: call records in, figures, dashboards and invoices out."""

from tollbook.later import put_off

__version__ = "0.1.0"

# Jupyter brings jsonschema all its checks of formats. This one makes 38 parsers when it is imported, for international
# addresses that no notebook's schema has, and takes longer than all else that a command does.
put_off("rfc3987_syntax")
