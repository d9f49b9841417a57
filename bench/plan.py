"""What is measured: three jobs, who does each, and the goal."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

OURS: Final = "tollbook"
JOBS: Final = ("rollup", "rating", "import")


@dataclass(frozen=True)
class Job:
    """One job done by one contender: `data` is read, `out` is a folder for what it makes."""

    name: str
    contender: str
    data: Path
    out: Path
    threads: int


@dataclass(frozen=True)
class Goal:
    """At most so much of the better peer's time, or at least so many rows a second."""

    kind: Literal["ratio", "rows_per_s"]
    bound: float

    def reached(self, *, ratio: float, rows_per_s: float) -> bool:
        return ratio <= self.bound if self.kind == "ratio" else rows_per_s >= self.bound

    def __str__(self) -> str:
        if self.kind == "ratio":
            return f"at most {self.bound:g} of the better peer's time"
        return f"at least {self.bound:,.0f} a second"


@dataclass(frozen=True)
class Contest:
    """One job for all its contenders, on the same files. Each file's rows are counted in `unit`."""

    name: str
    does: str
    unit: str
    peers: tuple[str, ...]
    goal: Goal
    rows: int
    files: str

    @property
    def contenders(self) -> tuple[str, ...]:
        return (OURS, *self.peers)


def contests(calls: int, rated: int, rows: int) -> tuple[Contest, ...]:
    """The three, for so many calls to roll up, calls to rate and rows of Master.csv to import."""
    return (
        Contest(
            "rollup",
            "calls in Parquet to traffic in Parquet",
            "calls",
            ("duckdb", "chdb"),
            Goal("ratio", 0.7),
            calls,
            f"calls-{calls}",
        ),
        Contest(
            "rating",
            "calls in memory to destination, billed seconds and exact charge, one deck of 100 000 prefixes",
            "calls",
            ("duckdb",),
            Goal("rows_per_s", 5_000_000),
            rated,
            f"dialled-{rated}",
        ),
        Contest(
            "import",
            "Master.csv of Asterisk to calls and seizures in the lake; the peer copies it to Parquet as it is",
            "rows",
            ("duckdb",),
            Goal("ratio", 2),
            rows,
            f"master-{rows}",
        ),
    )
