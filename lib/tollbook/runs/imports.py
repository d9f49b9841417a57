"""Importing what Papermill and kernels need."""

import os
import pkgutil
from contextlib import suppress
from importlib import import_module
from typing import Final

from tollbook.language import LANGUAGES
from tollbook.periods import zone_names

_KERNEL: Final = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "ipykernel.debugger",
    "sqlite3",
)
_LIBRARIES: Final = (
    "polars",
    "numpy",
    "sqlalchemy.dialects.sqlite",
    "deltalake",
    "altair",
    "anywidget",
    "narwhals",
)


def load_what_pages_need(*, kernels: bool = True) -> None:
    """Import the libraries that pages use, and everything that they show.

    Without `kernels` what serves a kernel is left out. What cannot be imported will say so to whoever needs it. Nothing is asked of Polars: no thread may run yet.
    """
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # else the debugger prints a warning
    show = import_module("tollbook.show")
    for name in (
        *(_KERNEL if kernels else ()),
        *_LIBRARIES,
        *(f"tollbook.show.{module.name}" for module in pkgutil.iter_modules(show.__path__)),
    ):
        with suppress(Exception):
            import_module(name)
    with suppress(Exception):
        _prepare()


def _prepare() -> None:
    """What libraries put off until they are first used, and then cost each page a part of its time."""
    from babel import Locale  # noqa: PLC0415 - only here are they needed
    from babel.numbers import format_currency  # noqa: PLC0415
    from sqlalchemy.orm import configure_mappers  # noqa: PLC0415

    configure_mappers()
    zone_names()
    for name in LANGUAGES:
        _ = Locale.parse(name).number_symbols
        format_currency(0, "EUR", locale=name)
