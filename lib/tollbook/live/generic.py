"""Any other switch: an address that answers JSON, or a query of a database, and which of its columns is which of ours.

A row is a call in progress. Times are epoch seconds or ISO 8601; one without a zone is in the source's `zone`.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

import polars as pl

from tollbook.cdr.columns import instant, zoned
from tollbook.cdr.format import Zone
from tollbook.cdr.numbers import digits
from tollbook.live.snapshot import Answer, Row, Switch
from tollbook.live.wire import http, refused
from tollbook.switches import COLUMNS, Source

MOST: Final = 200_000
"""Rows of an answer; where there are more it is incomplete."""


def _from_http(source: Source, secret: str) -> Answer:
    found = http(source, secret)
    for part in filter(None, source.query.split(".")):
        found = found.get(part) if isinstance(found, Mapping) else None
    if not isinstance(found, list):
        where = f"'{source.query}'" if source.query else "the answer"
        raise refused(source, f"{where} is no list of calls")
    return _answer(source, [one for one in found[: MOST + 1] if isinstance(one, Mapping)])


def _from_sql(source: Source, secret: str) -> Answer:
    """What a query gives. The session only reads where the database can hold it to that."""
    from sqlalchemy import create_engine, text  # noqa: PLC0415 - few commands ask a database
    from sqlalchemy.engine import make_url  # noqa: PLC0415
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415

    try:
        url = make_url(source.address)
        if url.drivername == "postgresql":
            url = url.set(drivername="postgresql+psycopg")  # the driver that is installed with Tollbook
        url = url.set(username=source.user or url.username, password=secret or None)
        engine = create_engine(url, connect_args=_patience(url.get_backend_name(), source))
    except (SQLAlchemyError, ImportError, ValueError):
        raise refused(source, "the address names no database that can be asked here") from None
    try:
        with engine.connect() as connection, suppress(StopIteration):
            rows = connection.execute(text(source.query)).mappings().fetchmany(MOST + 1)
    except SQLAlchemyError as error:
        raise refused(source, f"the query failed ({type(error).__name__})") from None
    finally:
        engine.dispose()
    return _answer(source, [dict(row) for row in rows])


def _patience(kind: str, source: Source) -> dict[str, Any]:
    if kind == "sqlite":
        return {"timeout": source.timeout_s}
    if kind == "postgresql":
        limit = int(source.timeout_s * 1000)
        return {
            "connect_timeout": max(2, int(source.timeout_s)),
            "options": f"-c statement_timeout={limit} -c default_transaction_read_only=on",
        }
    return {}


def _answer(source: Source, rows: list[Mapping[str, Any]]) -> Answer:
    names = {ours: source.columns.get(ours, ours) for ours in COLUMNS}
    if rows and names["call_id"] not in rows[0]:
        raise refused(source, f"a call has no '{names['call_id']}': `columns` says which is the call_id")
    made: list[Row] = [
        {ours: _text(row.get(theirs)) for ours, theirs in names.items()} for row in rows[:MOST]
    ]
    return Answer(made, complete=len(rows) <= MOST)


def _text(value: object) -> str | None:
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).isoformat()
    return None if value is None or value == "" else str(value)


def _columns(source: Source) -> dict[str, pl.Expr]:
    zone = Zone(name=source.zone)

    def at(column: str) -> pl.Expr:
        return zoned(pl.col(column)).fill_null(instant(pl.col(column), zone))

    return {
        **{name: pl.col(name) for name in ("call_id", "customer", "carrier")},
        "caller": digits(pl.col("caller")),
        "called": digits(pl.col("called")),
        "started_at": at("started_at"),
        "answered_at": at("answered_at"),
    }


SWITCHES: Final = (
    Switch("http", "any switch with an address that answers JSON", _from_http, COLUMNS, _columns),
    Switch(
        "sql", "any switch with a database: a query that gives a row per call", _from_sql, COLUMNS, _columns
    ),
)
