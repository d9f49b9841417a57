"""Importing what Papermill and kernels need, without the second that nobody uses."""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any, Final

_SLOW: Final = "rfc3987_syntax"


def skip_slow_parsers() -> None:
    """Let the validator of JSON load its parsers of international addresses when it first meets one.

    They take a second to build, in every kernel and every command that runs one, and no notebook holds
    such an address.
    """
    if _SLOW not in sys.modules:
        sys.modules[_SLOW] = _Later(_SLOW)


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
