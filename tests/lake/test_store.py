"""Several tables change in one step, or none does."""

import json
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable

from tollbook.errors import TollbookError
from tollbook.lake.store import Lake, Step
from tollbook.tables import CALLS, SEIZURES
from tollbook.workspace import Workspace


def rows(*days: int) -> pl.LazyFrame:
    return pl.LazyFrame({"day": [date(2026, 1, day) for day in days], "call_id": [str(day) for day in days]})


def ids(lake: Lake) -> list[str]:
    return sorted(lake.scan(CALLS).collect()["call_id"].to_list())


def _fail_after(step: Step) -> None:
    step.append(CALLS, rows(2))
    step.append(SEIZURES, rows(2))
    raise ZeroDivisionError


def test_a_table_that_was_never_written_is_empty(lake: Lake) -> None:
    assert lake.scan(CALLS).collect().schema == CALLS.schema
    assert lake.updated_at is None


def test_rows_are_there_after_the_step_and_not_before(lake: Lake) -> None:
    with lake.writing() as step:
        written = step.append(CALLS, rows(1, 2, 2))
        assert ids(lake) == []
        assert step.scan(CALLS).collect().height == 3
    assert (ids(lake), written.rows, written.days) == (
        ["1", "2", "2"],
        3,
        (date(2026, 1, 1), date(2026, 1, 2)),
    )
    assert (written.count("call_id"), written.count("customer")) == (3, 0)


def test_replacing_days_leaves_the_other_days(lake: Lake) -> None:
    with lake.writing() as step:
        step.append(CALLS, rows(1, 2, 3))
    with lake.writing() as step:
        step.replace_days(
            CALLS, [date(2026, 1, 2), date(2026, 1, 3)], rows(3).with_columns(call_id=pl.lit("new"))
        )
    assert ids(lake) == ["1", "new"]


def test_a_step_that_fails_changes_no_table(lake: Lake) -> None:
    with lake.writing() as step:
        step.append(CALLS, rows(1))
    with pytest.raises(ZeroDivisionError), lake.writing() as step:
        _fail_after(step)
    assert ids(lake) == ["1"]
    with lake.writing() as step:
        step.append(CALLS, rows(3))
        step.append(SEIZURES, rows(3))
    assert ids(lake) == ["1", "3"]
    assert lake.scan(SEIZURES).collect()["call_id"].to_list() == ["3"]


def test_another_reader_of_delta_lake_sees_the_same_rows(lake: Lake) -> None:
    with lake.writing() as step:
        step.append(CALLS, rows(1, 2))
    table = DeltaTable(lake.path(CALLS))
    assert table.metadata().partition_columns == ["day"]
    assert pl.read_delta(table).height == 2


def test_other_readers_see_nothing_of_a_step_before_its_end(lake: Lake) -> None:
    with lake.writing() as step:
        step.append(CALLS, rows(1))
    with lake.writing() as step:
        step.append(CALLS, rows(2))
        step.append(SEIZURES, rows(2))
        assert DeltaTable(lake.path(CALLS)).version() == lake.published.versions["calls"]
        assert not DeltaTable.is_deltatable(str(lake.path(SEIZURES)))
    assert pl.read_delta(DeltaTable(lake.path(CALLS))).height == 2


def test_only_one_step_at_a_time(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tollbook.lake.store.WAIT_S", 0.0)
    with (
        lake.writing(),
        pytest.raises(TollbookError, match="wait until it is done"),
        Lake(lake.workspace).writing(),
    ):
        pass


def test_a_writer_waits_for_the_one_before_it(lake: Lake) -> None:
    started, done = threading.Event(), list[int]()

    def second() -> None:
        started.set()
        with Lake(lake.workspace).writing() as step:
            step.append(CALLS, rows(2))
        done.append(2)

    waits = threading.Thread(target=second)
    with lake.writing() as step:
        waits.start()
        started.wait()
        waits.join(0.1)
        assert done == []
        step.append(CALLS, rows(1))
    waits.join(30)
    assert done == [2]
    assert lake.scan(CALLS).collect().height == 2


def test_a_day_is_stale_until_its_last_change_was_rolled_up(lake: Lake) -> None:
    day = date(2026, 1, 1)
    with lake.writing() as step:
        step.mark(changed=[day])
    assert lake.published.stale_days() == [day]
    with lake.writing() as step:
        step.mark(rolled=[day])
        step.stamp(datetime(2026, 1, 2, tzinfo=UTC))
    assert lake.published.stale_days() == []
    assert lake.updated_at == datetime(2026, 1, 2, tzinfo=UTC)
    with lake.writing() as step:
        step.mark(changed=[day])
    assert lake.published.stale_days() == [day]


def test_a_damaged_list_of_versions_is_said(lake: Lake) -> None:
    (lake.workspace.home / "lake.json").write_text(json.dumps({"unknown": 1}))
    with pytest.raises(TollbookError, match="is damaged"):
        lake.scan(CALLS)


def test_a_workspace_may_lie_in_a_folder_with_an_odd_name(tmp_path: Path) -> None:
    place = Workspace(tmp_path / "sp ace [ü] #1?")
    place.create()
    lake = Lake(place)
    with lake.writing() as step:
        step.append(CALLS, rows(1, 2))
    assert lake.scan(CALLS).filter(pl.col("day") == date(2026, 1, 2)).collect()["call_id"].to_list() == ["2"]


def test_a_folder_that_looks_like_a_part_of_a_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TollbookError, match="has '=' in its name"):
        Workspace(tmp_path / "day=1" / "home").create()


def test_the_days_of_a_table_are_those_that_have_rows(lake: Lake) -> None:
    assert lake.days(CALLS) == []
    with lake.writing() as step:
        step.append(CALLS, rows(3, 1, 3))
    with lake.writing() as step:
        step.append(CALLS, rows(3))
    assert lake.days(CALLS) == [date(2026, 1, 1), date(2026, 1, 3)]
