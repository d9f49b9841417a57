"""A graph of a page: a card with a title, a legend of buttons, the drawing, and a menu of what can be done with it."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

import traitlets

from tollbook.errors import UsageError
from tollbook.language import tr
from tollbook.show.assets import bundle
from tollbook.show.described import described
from tollbook.show.drawing import Drawing
from tollbook.show.tabular import table_of, texts_of
from tollbook.show.widget import Message, View

LOADING: Final = "loading"
READY: Final = "ready"
EMPTY: Final = "empty"
ERROR: Final = "error"
FORMS: Final = ("copy", "csv", "picture", "png", "svg")
"""In which figures are taken away; of pictures the browser makes the file."""


class Graph(View):
    """One graph.

    `name` is the graph's in the address and in names of files: `asr`. `title` and `note` stand above it, `level`
    is that of its heading, `description` what is told of the drawing to those who do not see it. `by` is what its lines are of, `bys` what a reader may choose instead, as
    `{"name": "customer", "label": "Customer"}`; none: no choice. `state` is loading, ready, empty or error, with
    `message` and `hint` as what a reader is told instead of a drawing.

    `live` says how lines go on by themselves with the page's stream of calls in progress: see `channels.follows`.

    In the browser a reader's choices go to the page's address: `by` as `asr:customer`, the lines that the legend
    leaves as `only`, each after what it is a line of: `carrier:north,carrier:south`; a span as `start` and `end`.
    """

    module_file: ClassVar[str] = "graph.js"
    name = traitlets.Unicode().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)
    description = traitlets.Unicode().tag(sync=True)
    level = traitlets.Int(2).tag(sync=True)
    by = traitlets.Unicode().tag(sync=True)
    bys: traitlets.List[dict[str, str]] = traitlets.List().tag(sync=True)
    library = traitlets.Unicode().tag(sync=True)
    spec = traitlets.Dict().tag(sync=True)
    tables = traitlets.Dict().tag(sync=True)
    live = traitlets.Dict().tag(sync=True)
    legend: traitlets.List[dict[str, str]] = traitlets.List().tag(sync=True)
    clock = traitlets.Dict().tag(sync=True)
    only = traitlets.Unicode().tag(sync=True)
    span = traitlets.Unicode().tag(sync=True)
    table = traitlets.Dict().tag(sync=True)
    file_name = traitlets.Unicode().tag(sync=True)
    state = traitlets.Unicode(LOADING).tag(sync=True)
    message = traitlets.Unicode().tag(sync=True)
    hint = traitlets.Unicode().tag(sync=True)

    def __init__(self, name: str, title: str, note: str = "", **traits: Any) -> None:  # noqa: ANN401
        words = {**words_of_graphs(), **traits.pop("words", {})}
        super().__init__(
            name=name,
            title=title,
            note=note,
            words=words,
            library=bundle().name,
            file_name=f"tollbook-{name}",
            **traits,
        )
        self._drawing: Drawing | None = None
        self._taken: list[Callable[[Mapping[str, Any]], None]] = []
        self.answer("table", lambda _message, _buffers: self._send_table())
        self.answer("take", lambda message, _buffers: self._take(message))

    def show(self, drawing: Drawing, by: str = "", only: str = "") -> None:
        """Draw this; where only rows differ, the drawing stays and takes them in. A drawing of nothing is `empty`."""
        self._drawing = drawing
        with self.hold_sync():
            self.spec, self.tables, self.clock = drawing.spec, drawing.tables, drawing.clock()
            self.legend = [vars(series) for series in drawing.legend]
            self.by, self.only = by or self.by, only or self.only
            self.table = {}
            self.description = described(self.title, drawing)
            self._name_files(drawing)
            self._tell(EMPTY if drawing.is_empty else READY)

    def show_nothing(self, message: str = "", hint: str = "") -> None:
        """Say that there is nothing to draw; without a message: that there are no calls."""
        self._tell(EMPTY, message, hint)

    def fail(self, message: str) -> None:
        """Say in a sentence why there is no drawing, and offer to try again: see `each_again`."""
        self._tell(ERROR, message)

    def wait(self) -> None:
        """Show that a drawing is being made."""
        self._tell(LOADING)

    def each_again(self, callback: Callable[[], None]) -> None:
        """Call back when a reader asks to try again."""
        self.answer("again", lambda _message, _buffers: callback())

    def on_export(self, callback: Callable[[Mapping[str, Any]], None]) -> None:
        """Call back before figures are taken away, with the graph, the form and how many rows; an error of it refuses."""
        self._taken.append(callback)

    def _tell(self, state: str, message: str = "", hint: str = "") -> None:
        with self.hold_sync():
            self.message, self.hint, self.state = message, hint, state

    def _name_files(self, drawing: Drawing) -> None:
        if drawing.span is not None:
            day = drawing.span.start.astimezone(drawing.span.zone)
            self.file_name, self.span = f"tollbook-{self.name}-{day:%Y-%m-%d}", drawing.span.words

    def _send_table(self) -> None:
        if self._drawing is not None:
            self.table = table_of(self._drawing, self.title)

    def _take(self, message: Message) -> None:
        form = message.get("form")
        if form not in FORMS or self._drawing is None:
            raise UsageError(tr("Nothing is selected that could be exported."))
        for callback in self._taken:
            callback({"graph": self.name, "format": form, "rows": self._drawing.points.height})
        texts = texts_of(self._drawing, self.title) if form in {"copy", "csv"} else {}
        self.send({"kind": "taken", "form": form, **texts})


def words_of_graphs() -> Mapping[str, str]:
    """What the module says, in the reader's language."""
    return {
        "again": tr("Try again"),
        "before": tr("Before"),
        "by": tr("Lines by"),
        "copied": tr("Copied"),
        "copy_data": tr("Copy data"),
        "copy_picture": tr("Copy picture"),
        "empty": tr("No calls in this span"),
        "empty_hint": tr("Choose a longer time, or fewer filters."),
        "figures": tr("Figures at a point in time: left and right move, shift marks a span, enter shows it"),
        "legend": tr("Lines shown"),
        "legend_hint": tr("Click: this line alone. Click again: all. Shift and click: add or remove."),
        "line": tr("Line"),
        "loading": tr("Loading"),
        "menu": tr("More for {title}"),
        "not_drawn": tr("This graph could not be drawn."),
        "parts": tr("Parts"),
        "save_csv": tr("Save as CSV"),
        "save_png": tr("Save as PNG"),
        "save_svg": tr("Save as SVG"),
        "view_graph": tr("View as graph"),
        "view_table": tr("View as table"),
        "whole": tr("Whole range"),
    }
