"""As of when a page's figures are."""

from datetime import datetime

from tollbook.language import tr


def as_of(updated_at: datetime | None) -> str:
    """`Data as of 2026-10-06 01:00 UTC.`"""
    if updated_at is None:
        return tr("No figures yet.")
    return tr("Data as of {at} UTC.").format(at=f"{updated_at:%Y-%m-%d %H:%M}")
