"""The data of the benchmark: made up, seeded, made once. `python -m bench.data calls 1000000 FOLDER` makes one set."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from bench import calls, dialled, master

MAKERS: Final[Mapping[str, Callable[[int, Path], None]]] = {
    "calls": calls.make,
    "dialled": dialled.make,
    "master": master.make,
}


if __name__ == "__main__":
    MAKERS[sys.argv[1]](int(sys.argv[2]), Path(sys.argv[3]))
