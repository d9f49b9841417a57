"""`python -m bench.paging`: pages of a year of calls, beside DuckDB over the same files."""

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

import duckdb
import polars as pl

from bench.__main__ import DATA
from bench.calls import make
from bench.month import FIRST
from tollbook.calls.conditions import Group, comparison
from tollbook.calls.query import ROWS, Query, count, page
from tollbook.lake.rollup import refresh
from tollbook.lake.store import Lake
from tollbook.tables import CALLS
from tollbook.workspace import Workspace

GOAL_S: Final = 1.0
_UTC: Final = ZoneInfo("UTC")
Found = TypeVar("Found")
_NEWEST: Final = "ORDER BY started_at DESC, switch DESC, call_id DESC"


@dataclass(frozen=True)
class Question:
    """What is asked: our query, and the same as DuckDB's WHERE."""

    name: str
    query: Query
    where: str


def main() -> None:
    options = _options()
    lake = _year(options.data.resolve(), options.days, options.calls)
    print(f"{options.days * options.calls:,} calls, load now {os.getloadavg()[0]:.1f}", file=sys.stderr)
    found = [measured(lake, asked, options.rounds) for asked in questions(lake, options.days)]
    print(json.dumps(found, indent=2) if options.json else as_text(found))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.paging", description="pages of a year of calls")
    parser.add_argument("--days", type=int, default=365, help="days of calls (365)")
    parser.add_argument("--calls", type=int, default=20_000, help="calls a day (20 000)")
    parser.add_argument("--rounds", type=int, default=5, help="times that each is asked (5)")
    parser.add_argument("--data", type=Path, default=DATA, help="where the made-up calls lie (bench/data)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser.parse_args()


def _year(data: Path, days: int, calls: int) -> Lake:
    """A workspace with so many calls, made once."""
    workspace = Workspace(data / f"calls-{days}x{calls}")
    lake = Lake(workspace)
    if workspace.create() or not lake.days(CALLS):
        raw = workspace.staging / "raw"
        raw.mkdir(exist_ok=True)
        make(days * calls, raw, calls)
        with lake.writing() as step:
            step.append(CALLS, pl.scan_parquet(raw / "*.parquet"))
            step.mark(changed=[(FIRST + timedelta(days=day)).date() for day in range(days)])
        refresh(lake)
        for file in raw.iterdir():
            file.unlink()
    return lake


def questions(lake: Lake, days: int) -> list[Question]:
    """Pages at both ends and in the middle, of what is common and of what occurs once."""
    middle = FIRST + timedelta(days=days // 2)
    answered = lake.scan(CALLS).filter(pl.col("day") == middle.date(), pl.col("talk_ms") > 0)
    once = answered.select("called").first().collect().item()

    def where(name: str, op: str, *values: str) -> Query:
        return Query(conditions=Group(parts=(comparison(name, op, values, _UTC),)))

    return [
        Question("newest", Query(), "true"),
        Question("middle of the year", Query(end=middle), f"started_at < TIMESTAMPTZ '{middle.isoformat()}'"),
        Question("one customer", where("customer", "is", "customer 007"), "customer = 'customer 007'"),
        Question("a rare number", where("called", "is", once), f"called = '{once}'"),
        Question("unrated", where("unrated", "is", "no_rate"), "unrated = 'no_rate'"),
    ]


def measured(lake: Lake, asked: Question, rounds: int) -> dict[str, Any]:
    """Seconds of a page, ours and DuckDB's, asked in turns; both must find the same calls."""
    files = str(lake.workspace.home / "calls" / "**" / "*.parquet")
    sql = f"SELECT call_id FROM read_parquet('{files}') WHERE {asked.where} {_NEWEST} LIMIT {ROWS}"
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(rounds):
        mine = _timed(ours, lambda: page(lake, asked.query, customers=None, within_s=60).calls)
        other = _timed(theirs, lambda: duckdb.sql(sql.replace("call_id", "*", 1)).pl())
        if mine["call_id"].to_list() != other["call_id"].to_list():
            raise SystemExit(f"{asked.name}: not the same calls")
    counting: list[float] = []
    total = _timed(counting, lambda: count(lake, asked.query, customers=None))
    return {
        "page": asked.name, "calls": total, "ours_s": median(ours), "duckdb_s": median(theirs),
        "count_s": counting[0], "ratio": median(ours) / median(theirs), "holds": median(ours) <= GOAL_S,
    }  # fmt: skip


def _timed(taken: list[float], ask: Callable[[], Found]) -> Found:
    begun = perf_counter()
    found = ask()
    taken.append(perf_counter() - begun)
    return found


def as_text(found: list[dict[str, Any]]) -> str:
    """A line a page."""
    head = f"  {'a page of':<20}{'calls':>11}{'ours s':>9}{'DuckDB s':>10}{'ratio':>8}{'count s':>9}"
    rows = [
        f"  {one['page']:<20}{one['calls']:>11,}{one['ours_s']:>9.3f}{one['duckdb_s']:>10.3f}{one['ratio']:>8.2f}"
        f"{one['count_s']:>9.3f}{'' if one['holds'] else f'  not within {GOAL_S:g} s'}"
        for one in found
    ]
    return "\n".join([head, *rows])


if __name__ == "__main__":
    main()
