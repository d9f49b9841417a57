"""`python -m bench.extensions`: a bulk import of extensions, as somebody types it, on SQLite and on PostgreSQL."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final

GOAL_S: Final = 10.0
FIRST: Final = 1_000_000
_COMMAND: Final = (sys.executable, "-c", "from tollbook.cli import main; main()")


def main() -> None:
    options = _options()
    print(f"{options.lines:,} lines, load now {os.getloadavg()[0]:.1f}", file=sys.stderr)
    found = [measured(options.lines, database) for database in ("", *options.database)]
    print(json.dumps(found, indent=2) if options.json else as_text(found))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.extensions", description="a bulk import of extensions"
    )
    parser.add_argument("--lines", type=int, default=100_000, help="lines of the file (100 000)")
    parser.add_argument(
        "--database",
        action="append",
        default=[],
        metavar="URL",
        help="an empty PostgreSQL database, that too",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser.parse_args()


def measured(lines: int, database: str = "") -> dict[str, Any]:
    """Seconds of `tollbook extension import`, its start included, for a customer with one block; all lines must be taken.

    `cpu_s` is what the command itself took of a processor, which a busy machine changes less; a server's is not in it.
    """
    with TemporaryDirectory(prefix="tollbook-bench-") as folder:
        home, last = Path(folder) / "home", FIRST + lines - 1
        tollbook(home, database, "init")
        tollbook(home, database, "customer", "add", "bench")
        tollbook(home, database, *f"block allocate --customer bench --start {FIRST} --end {last}".split())
        file = Path(folder) / "extensions.csv"
        rows = (f"{number},bench,Desk {number}" for number in range(FIRST, last + 1))
        file.write_text("\n".join(("number,customer,name", *rows, "")))
        begun, before = perf_counter(), _cpu_s()
        told = json.loads(tollbook(home, database, "--json", "extension", "import", str(file)))
        taken_s, cpu_s = perf_counter() - begun, _cpu_s() - before
    if told["added"] != lines:
        raise SystemExit(f"{told['added']} of {lines} lines were taken")
    kind = database.partition(":")[0] or "sqlite"
    return {
        "database": kind,
        "lines": lines,
        "taken_s": taken_s,
        "cpu_s": cpu_s,
        "holds": taken_s <= GOAL_S,
    }


def _cpu_s() -> float:
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def tollbook(home: Path, database: str, *words: str) -> str:
    """What a command prints."""
    own = {**os.environ, "TOLLBOOK_HOME": str(home), "TOLLBOOK_DATABASE_URL": database}
    done = subprocess.run([*_COMMAND, *words], env=own, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"tollbook {' '.join(words)}: {done.stderr}")
    return done.stdout


def as_text(found: Sequence[dict[str, Any]]) -> str:
    """A line a database."""
    rows = [
        f"  {one['database']:<12}{one['lines']:>10,} lines{one['taken_s']:>8.1f} s{one['cpu_s']:>8.1f} s of CPU"
        f"{'' if one['holds'] else f'  not within {GOAL_S:g} s'}"
        for one in found
    ]
    return "\n".join(rows)


if __name__ == "__main__":
    main()
