"""The benchmark on a small scale: all contenders do the same work, and their figures are told in full. No time is judged."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import polars as pl
import pytest

ROOT = Path(__file__).resolve().parents[1]
ROWS = "20000"
PEERS = {"rollup": {"duckdb", "chdb"}, "rating": {"duckdb"}, "import": {"duckdb"}}
MISSING = [peer for peer in ("duckdb", "chdb") if find_spec(peer) is None]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(MISSING), reason=f"peers not installed ({', '.join(MISSING)}): see `make bench`"),
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the made-up files lie."""
    return tmp_path_factory.mktemp("bench")


@pytest.fixture(scope="module")
def held(data: Path) -> dict[str, Any]:
    """Each contest by name, held once on 20 000 rows. It fails if the contenders' results differ in any value."""
    done = bench(data, "--json")
    assert done.returncode == 0, done.stderr
    return {contest["contest"]: contest for contest in json.loads(done.stdout)}


def bench(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    sizes = ("--calls", ROWS, "--rated", ROWS, "--rows", ROWS, "--rounds", "1", "--threads", "2")
    command = [sys.executable, "-m", "bench", *sizes, "--data", str(data), *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", PEERS)
def test_every_contender_gives_the_same_result(held: dict[str, Any], name: str) -> None:
    assert set(held[name]["taken"]) == {"tollbook", *PEERS[name]}
    assert held[name]["rows"] == int(ROWS)


@pytest.mark.parametrize("name", PEERS)
def test_time_and_memory_of_each_are_told(held: dict[str, Any], name: str) -> None:
    for taken in held[name]["taken"].values():
        assert taken["wall_s"] > 0
        assert taken["cpu_s"] > 0
        assert taken["peak_bytes"] > 10_000_000


@pytest.mark.parametrize("name", PEERS)
def test_the_ratio_is_ours_over_the_faster_peer(held: dict[str, Any], name: str) -> None:
    wall_s = {contender: taken["wall_s"] for contender, taken in held[name]["taken"].items()}
    ours = wall_s.pop("tollbook")
    assert held[name]["ratio"] == pytest.approx(ours / min(wall_s.values()), abs=0.001)


def test_files_are_made_once_and_nothing_else_stays(held: dict[str, Any], data: Path) -> None:
    assert held
    assert {path.name for path in data.iterdir()} == {
        f"{kind}-{ROWS}" for kind in ("calls", "dialled", "master")
    }


def test_a_table_says_whether_the_goal_was_reached(held: dict[str, Any], data: Path) -> None:
    done = bench(data, "--only", "import")
    assert "at most 2 of the better peer's time: " in done.stdout
    assert f"import: {held['import']['rows']:,} rows" in done.stdout


def test_results_that_differ_end_the_benchmark(tmp_path: Path) -> None:
    for name, talk_s in (("one", 60), ("two", 61)):
        (tmp_path / name).mkdir()
        row = {"records": 1, "calls": 1, "seizures": 1, "talk_s": talk_s}
        pl.DataFrame(row).write_parquet(tmp_path / name / "result.parquet")
    folders = (str(tmp_path / "one"), str(tmp_path / "two"))
    command = [sys.executable, "-m", "bench.agree", "import", *folders]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "import: one and two differ" in done.stderr


def test_pages_of_calls_are_those_that_duckdb_finds(data: Path) -> None:
    words = ("--days", "5", "--calls", "800", "--rounds", "1", "--data", str(data), "--json")
    command = [sys.executable, "-m", "bench.paging", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = {one["page"]: one["calls"] for one in json.loads(done.stdout)}
    assert found["newest"] == 5 * 800
    assert found["middle of the year"] == 2 * 800
