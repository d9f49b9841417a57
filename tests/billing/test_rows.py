"""A customer's rows: the same whether they are read alone or with those of everybody."""

from datetime import date

import polars as pl
import pytest

from tollbook.billing import rows
from tollbook.billing.rows import rows_of
from tollbook.lake.store import Lake
from tollbook.tables import CALLS, TRAFFIC, Table
from tollbook.workspace import Workspace

DAY, NEXT = date(2026, 10, 5), date(2026, 10, 6)


def found(workspace: Workspace, table: Table, customer: str = "acme") -> pl.DataFrame:
    lake = Lake(workspace)
    got = rows_of(lake, table, lake.published, customer, DAY, NEXT).collect()
    return got.sort(got.columns[:3])


@pytest.mark.parametrize("table", [CALLS, TRAFFIC], ids=lambda table: table.name)
def test_read_a_second_time_they_come_from_memory_and_are_the_same(
    charged: Workspace, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = found(charged, table)
    kept = found(charged, table)
    assert kept.equals(alone)
    assert alone.height > 0
    assert found(charged, table, "nobody").schema == alone.schema
    assert found(charged, table, "nobody").is_empty()
    monkeypatch.setattr(Lake, "scan", None)
    assert found(charged, table).equals(alone)


def test_calls_that_came_since_are_another_version(charged: Workspace) -> None:
    before = [found(charged, CALLS).height for _ in range(3)]
    more = Lake(charged).scan(CALLS).filter(pl.col("day") == DAY).head(1).with_columns(call_id=pl.lit("late"))
    with Lake(charged).writing() as step:
        step.append(CALLS, more)
    assert [found(charged, CALLS).height for _ in range(3)] == [height + 1 for height in before]


def test_too_many_are_not_kept(charged: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MOST_ROWS", 2)
    assert [found(charged, CALLS).height for _ in range(3)] == [3] * 3
