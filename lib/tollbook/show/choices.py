"""What a reader chose on a page: the notebook's parameters, the page's address and its controls are this one thing."""

from collections.abc import Callable, Collection
from typing import Any, ClassVar, Final, Generic, TypeVar

import traitlets

from tollbook.params import PageParams
from tollbook.show.widget import View

Kind = TypeVar("Kind", bound=PageParams)
_ADDRESS: Final = "address.js"


class Address(View):
    """Writes the page's choices to its address and reads them from there; draws nothing but what was refused.

    `values` are the choices as texts by name, `defaults` those that need not stand in the address.
    """

    module_file: ClassVar[str] = _ADDRESS
    from_page: ClassVar[frozenset[str]] = frozenset({"values"})
    values = traitlets.Dict().tag(sync=True)
    defaults = traitlets.Dict().tag(sync=True)


class Choices(Generic[Kind]):
    """The choices of one page, checked by its parameters' class; `value` is what holds now."""

    widget: Address

    def __init__(self, given: Kind, lacks: Collection[str] = ()) -> None:
        """Start with these; `lacks` are names that there are not for the page's reader."""
        self.value: Kind = given
        self.kind: type[Kind] = type(given)
        self._lacks = lacks
        self._watchers: list[Callable[[Kind, frozenset[str]], None]] = []
        self._tickers: list[Callable[[], None]] = []
        self.use(Address(values=given.texts(), defaults=self.kind.defaults(lacks).texts()))

    def use(self, widget: Address) -> None:
        """Listen to this widget, and no other: it is what the page shows of its choices."""
        if hasattr(self, "widget"):
            self.widget.unobserve(self._told, "values")
        self.widget = widget
        widget.observe(self._told, "values")
        widget.answer("tick", lambda _message, _buffers: self._tick())

    def watch(self, callback: Callable[[Kind, frozenset[str]], None]) -> None:
        """Call back with the new choices and the names of those that changed."""
        self._watchers.append(callback)

    def each_tick(self, callback: Callable[[], None]) -> None:
        """Call back from time to time while the page is seen, so that it can look for new figures."""
        self._tickers.append(callback)

    def _told(self, change: dict[str, Any]) -> None:
        held = self.value.texts()
        if change["new"] != held and not self.widget.attempt(lambda: self._change(change["new"])):
            self.widget.values = held

    def _change(self, texts: dict[str, Any]) -> None:
        new = self.kind.of_texts(texts, "this page", lacks=self._lacks)
        before, after = self.value.texts(), new.texts()
        changed = frozenset(name for name in after if after[name] != before[name])
        old, self.value = self.value, new
        try:
            for callback in self._watchers if changed else ():
                callback(new, changed)
        except Exception:
            self.value = old
            raise

    def _tick(self) -> None:
        for callback in self._tickers:
            callback()
