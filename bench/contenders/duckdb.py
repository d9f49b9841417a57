"""DuckDB."""

from collections.abc import Iterator
from pathlib import Path

import duckdb

from bench.plan import Job

SQL = Path(__file__).parent


def _connect(job: Job) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(
        config={"threads": job.threads, "preserve_insertion_order": False, "temp_directory": str(job.out)}
    )
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def rollup(job: Job) -> Iterator[None]:
    connection = _connect(job)
    sql = (SQL / "duckdb_rollup.sql").read_text()
    yield
    _copy(connection, sql.format(calls=job.data / "*.parquet"), job)
    yield


def rating(job: Job) -> Iterator[None]:
    connection = _connect(job)
    for table in ("calls", "deck"):
        connection.execute(f"CREATE TABLE {table} AS FROM '{job.data / table}.parquet'")
    sql = (SQL / "duckdb_rating.sql").read_text()
    yield
    connection.execute(sql)
    yield
    _copy(connection, "FROM rated", job)


def import_(job: Job) -> Iterator[None]:
    connection = _connect(job)
    read = f"read_csv('{job.data / 'Master.csv'}', header = false, all_varchar = true)"
    yield
    connection.execute(
        f"COPY (FROM {read}) TO '{job.out / 'copy.parquet'}' (COMPRESSION zstd, COMPRESSION_LEVEL 1)"
    )
    yield
    counts = (
        "count(*)::BIGINT AS records, count(DISTINCT column19)::BIGINT AS calls, count(column06)::BIGINT AS seizures, "
        "sum(column13::BIGINT)::BIGINT AS talk_s"
    )
    _copy(connection, f"SELECT {counts} FROM '{job.out / 'copy.parquet'}'", job)


def _copy(connection: duckdb.DuckDBPyConnection, query: str, job: Job) -> None:
    connection.execute(
        f"COPY ({query}) TO '{job.out / 'result.parquet'}' (COMPRESSION zstd, COMPRESSION_LEVEL 1)"
    )
