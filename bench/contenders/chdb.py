"""chDB, which is ClickHouse in this process."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chdb.session import Session

from bench.plan import Job

SQL = Path(__file__).parent


def rollup(job: Job) -> Iterator[None]:
    session: Any = Session(str(job.out / "session"))  # type: ignore[no-untyped-call]
    session.query(f"SET max_threads = {job.threads}, session_timezone = 'UTC'")
    sql = (SQL / "chdb_rollup.sql").read_text()
    yield
    session.query(sql.format(calls=job.data / "*.parquet", out=job.out / "result.parquet"))
    yield
    session.close()
