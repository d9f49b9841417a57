"""The calls that an invoice is made of, as they were when it was settled."""

import polars as pl
from deltalake.exceptions import DeltaError

from tollbook.billing.differences import AFTER, IDENTITY, calls_sha256, changed_calls
from tollbook.billing.record import Record
from tollbook.billing.rows import rows_of
from tollbook.errors import TollbookError
from tollbook.lake.store import Lake, Published
from tollbook.tables import CALLS

_KEPT = ("started_at", "caller", "called", "destination", "talk_ms", "billed_s", "charge", "currency")


def calls_of(lake: Lake, record: Record) -> pl.DataFrame:
    """The calls billed, from the version of the table that the record names, in the order in which they started.

    Of a note of a difference those that were rated again, each with what it is charged more, or on a credit note less.

    Raises:
        TollbookError: that version is gone, its calls are not those of the record, or it is a note of a part.
    """
    if record.is_part:
        raise TollbookError("a note of a part is of lines and amounts, and of no calls")
    if record.is_difference:
        return _changed(lake, record)
    start, end = record.period.start, record.period.end
    mine = (
        pl.col("started_at").is_between(start, end, closed="left"),
        pl.col("billed_s") > 0,
    )
    version = Published(versions=record.source.tables)
    try:
        rows = rows_of(lake, CALLS, version, record.customer.id, start.date(), end.date())
        found = rows.filter(*mine).sort("started_at", "switch", "call_id")
        calls = found.select(_KEPT).collect()
    except (OSError, DeltaError, pl.exceptions.PolarsError) as error:
        raise TollbookError(f"the calls as they were then are gone: {error}") from error
    charge = calls["charge"].sum()
    if (
        calls.height != sum(line.calls for line in record.lines if not line.adjusts)
        or charge != record.exact_charge
    ):
        raise TollbookError(
            f"version {record.source.tables.get(CALLS.name)} of the calls is not what the invoice was made of"
        )
    return calls


def _changed(lake: Lake, record: Record) -> pl.DataFrame:
    source = record.source
    calls = changed_calls(lake, record, lake.published, source.parameters[AFTER], source.rerated)
    if calls_sha256(calls) != source.calls_sha256:
        raise TollbookError("the charges that were replaced are not what the note was made of")
    more = (pl.col("charge") - pl.col("was_charge")).sum()
    told = calls.group_by(IDENTITY, maintain_order=True).agg(
        pl.col("caller", "called", "talk_ms", "currency", "destination", "billed_s").last(),
        charge=pl.when(record.sign > 0).then(more).otherwise(-more),
    )
    return told.filter(pl.col("charge") != 0).select(_KEPT)
