"""What every widget of ours is: a JavaScript module, its state, and the words it says in the reader's language."""

import logging
from collections.abc import Callable, Mapping
from itertools import count
from secrets import token_hex
from typing import Any, ClassVar, Final

import anywidget
import traitlets

from tollbook.errors import UsageError
from tollbook.language import current, tr
from tollbook.show.assets import STATIC, module_path

SNAPSHOT: Final = "application/vnd.tollbook.view+json"
"""The widget's state beside its output, so that a page can draw it before its session is connected."""

_LOADER: Final = (STATIC / "loader.js").read_text(encoding="utf-8")
_PRIVATE: Final = frozenset({"_esm", "_css", "layout", "tabbable", "tooltip"})
_made: Final = count(1)
_log: Final = logging.getLogger(__name__)
Message = Mapping[str, Any]
LONGEST: Final = 200
"""Characters of a text that a page sends."""


class View(anywidget.AnyWidget):
    """One part of a page. A subclass names its module in `show/static` and adds traits of its own.

    `words` holds what the module says, by name, already in the reader's language. `fault` is a sentence for
    the reader when something that was asked for could not be done.
    """

    module_file: ClassVar[str]
    _esm = _LOADER
    _module = traitlets.Unicode().tag(sync=True)
    _key = traitlets.Unicode().tag(sync=True)
    language = traitlets.Unicode().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    fault = traitlets.Unicode().tag(sync=True)

    from_page: ClassVar[frozenset[str]] = frozenset()
    """Traits that a page may set. All others are told to it, and what it says of them is not heard."""

    def __init__(self, **traits: Any) -> None:  # noqa: ANN401 - traitlets' own
        traits = {
            "_module": module_path(self.module_file),
            "_key": str(next(_made)),  # the same each time that a notebook runs in a session of its own
            "language": current(),
        } | traits
        super().__init__(**traits)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take in what the page says; what it cannot be is refused in words."""
        try:
            super().set_state({name: value for name, value in sync_data.items() if name in self.from_page})
        except Exception as error:  # noqa: BLE001 - a traceback would go to the page
            self.fault = told_of(error)

    def answer(self, kind: str, callback: Callable[[Message, list[memoryview]], None]) -> None:
        """Call back for each message of this kind that the page sends; an error becomes a sentence, no traceback."""

        def heard(_widget: object, message: object, buffers: list[memoryview]) -> None:
            if isinstance(message, dict) and message.get("kind") == kind:
                self.attempt(lambda: callback(message, buffers))

        self.on_msg(heard)

    def attempt(self, action: Callable[[], None]) -> bool:
        """Do something that a reader asked for; false, and a sentence in `fault`, if it could not be done."""
        try:
            action()
        except Exception as error:  # noqa: BLE001 - whatever it was, the reader's session goes on
            self.fault = told_of(error)
        else:
            self.fault = ""
            return True
        return False

    def snapshot(self) -> dict[str, Any]:
        """What the page needs to draw this before its session is connected."""
        state = {name: value for name, value in self.get_state().items() if shared(name)}
        return {"key": self._key, "module": self._module, "state": state}

    def _repr_mimebundle_(self, **options: Any) -> Any:  # noqa: ANN401 - Jupyter's own
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return {**(data or {}), SNAPSHOT: self.snapshot()}, metadata


def told_of(error: Exception) -> str:
    """What a reader is told of an error: its words where they can mend it, else the number under which the log has it."""
    if isinstance(error, UsageError):
        return str(error)
    number = token_hex(4)
    _log.error("fault %s: a page asked for something that failed", number, exc_info=error)
    return tr("This could not be done. The log of the server says why, under {number}.").format(number=number)


def text_of(message: Message, name: str) -> str:
    """A text that a page sends; nothing is an empty one.

    Raises:
        UsageError: it is no text, or a very long one.
    """
    value = message.get(name, "")
    if not isinstance(value, str) or len(value) > LONGEST:
        raise UsageError(tr("This cannot be done with these rows."))
    return value.strip()


def shared(name: str) -> bool:
    """Whether a trait is one of ours, and no machinery of widgets."""
    return name not in _PRIVATE and not name.startswith(("_model", "_view", "_dom", "_anywidget"))
