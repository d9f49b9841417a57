"""Checks of what every workspace needs."""

import sys
from collections.abc import Iterator
from typing import Final

from tollbook.doctor.check import Check, attempt
from tollbook.show.assets import bundle

_PYTHON: Final = (3, 11)


def installation() -> Iterator[Check]:
    """Python, and the library that draws."""
    version = sys.version.split()[0]
    yield Check(
        "python",
        sys.version_info >= _PYTHON,
        version,
        None if sys.version_info >= _PYTHON else "use 3.11 or newer",
    )
    yield attempt("chart library", lambda: bundle().name)
