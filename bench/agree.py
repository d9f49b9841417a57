"""The results of all contenders are the same, value by value: no one did less work. `python -m bench.agree JOB FOLDER...`"""

import sys
from pathlib import Path
from typing import Final

import polars as pl
from polars.testing import assert_frame_equal

from tollbook.money import MONEY
from tollbook.tables import KEY, TRAFFIC

COLUMNS: Final = {
    "rollup": TRAFFIC.schema,
    "rating": pl.Schema(
        {
            "number": pl.Int64(),
            "destination": pl.String(),
            "prefix": pl.String(),
            "billed_s": pl.Int64(),
            "charge": MONEY,
            "currency": pl.String(),
            "unrated": pl.String(),
        }
    ),
    "import": pl.Schema(dict.fromkeys(("records", "calls", "seizures", "talk_s"), pl.Int64())),
}
SORTED_BY: Final = {"rollup": KEY, "rating": ("number",), "import": ("records",)}


def main(job: str, *folders: str) -> None:
    """Compare each contender's result with the first one's.

    Raises:
        SystemExit: they differ.
    """
    first, *others = folders
    ours = _result(job, first)
    for other in others:
        try:
            assert_frame_equal(ours, _result(job, other))
        except AssertionError as difference:
            raise SystemExit(
                f"{job}: {Path(first).name} and {Path(other).name} differ: {difference}"
            ) from None


def _result(job: str, folder: str) -> pl.DataFrame:
    columns = (pl.col(name).cast(dtype) for name, dtype in COLUMNS[job].items())
    result = pl.scan_parquet(Path(folder) / "result.parquet").select(columns)
    return result.sort(SORTED_BY[job], nulls_last=True).collect()


if __name__ == "__main__":
    main(*sys.argv[1:])
