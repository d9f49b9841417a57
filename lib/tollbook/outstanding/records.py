"""Records that are missing: calls that a switch had in progress, of which its records tell nothing.

Records get lost in silence, and ratios still look right while minutes are short. What was seen in progress tells: a
call without a record whose switch has records of later ones (`live.missing`).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from babel.numbers import format_decimal

from tollbook.language import current, trn
from tollbook.live.missing import missing
from tollbook.outstanding.item import Item
from tollbook.params import read
from tollbook.switches import Live
from tollbook.workspace import Workspace

DAY: Final = timedelta(days=1)


def missing_records(workspace: Workspace, at: datetime) -> Iterator[Item]:
    """How many calls of the last 24 hours, cut at a whole one, have none, where switches are asked for calls in progress.

    Raises:
        TollbookError: the tables or `params/live.yml` cannot be read.
    """
    if not read("live", Live).sources:
        return
    count = missing(workspace, at - DAY).unrecorded
    if count:
        words = trn(
            "{count} call of the last 24 hours was seen in progress and has no record",
            "{count} calls of the last 24 hours were seen in progress and have no record",
            count,
        )
        told = words.format(count=format_decimal(count, locale=current()))
        yield Item("missing_records", told, "tollbook live --history", "live")
