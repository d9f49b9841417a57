"""Importing what Papermill and kernels need, without the second that nobody uses."""

import os
import pkgutil
import sys
from contextlib import suppress
from importlib import import_module
from types import ModuleType
from typing import Any, Final

from tollbook.language import LANGUAGES
from tollbook.periods import zone_names

_SLOW: Final = "rfc3987_syntax"
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


def skip_slow_parsers() -> None:
    """Let the validator of JSON load its parsers of international addresses when it first meets one.

    They take a second to build, in every kernel and every command that runs one, and no notebook holds
    such an address.
    """
    if _SLOW not in sys.modules:
        sys.modules[_SLOW] = _Later(_SLOW)


def load_what_pages_need(*, kernels: bool = True) -> None:
    """Import the libraries that pages use, and everything that they show.

    Without `kernels` what serves a kernel is left out. What cannot be imported will say so to whoever needs it. Nothing is asked of Polars: no thread may run yet.
    """
    skip_slow_parsers()
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


class _Later(ModuleType):
    """Stands for the module until one of its functions is called."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the module has
        if name.startswith("__"):
            raise AttributeError(name)

        def called(*given: Any, **named: Any) -> Any:  # noqa: ANN401
            if sys.modules.get(_SLOW) is self:
                del sys.modules[_SLOW]
            return getattr(import_module(_SLOW), name)(*given, **named)

        return called
