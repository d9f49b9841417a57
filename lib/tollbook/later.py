"""Modules that are imported when somebody first uses them."""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


def put_off(name: str) -> None:
    """Let the import of the module `name` wait until one of its functions is called."""
    if name not in sys.modules:
        sys.modules[name] = _Later(name)


class _Later(ModuleType):
    """Stands for the module until then."""

    def __getattr__(self, function: str) -> Any:  # noqa: ANN401 - whatever the module has
        if function.startswith("__"):
            raise AttributeError(function)

        def called(*given: Any, **named: Any) -> Any:  # noqa: ANN401
            if sys.modules.get(self.__name__) is self:
                del sys.modules[self.__name__]
            return getattr(import_module(self.__name__), function)(*given, **named)

        return called
