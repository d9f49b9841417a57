"""The dashboard: one state, which is the page's parameters, and every figure and graph made from one reading of it."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Final

import ipywidgets
import traitlets
from polars.exceptions import PolarsError

from tollbook import language
from tollbook.account.database import shared
from tollbook.errors import TollbookError
from tollbook.language import tr
from tollbook.metrics import Metric
from tollbook.metrics.compute import is_there
from tollbook.params import Dashboard
from tollbook.show import channels, controls, reader
from tollbook.show.choices import Choices
from tollbook.show.drawing import Drawing
from tollbook.show.figures import Figures
from tollbook.show.graph import Graph
from tollbook.show.home import workspace
from tollbook.show.limits import Limits, limits_of
from tollbook.show.plans import Asking, Plan, by_names, plans_of
from tollbook.show.reading import Asked, Reading
from tollbook.show.span import span
from tollbook.show.tiles import Tiles
from tollbook.show.widget import View, told_of
from tollbook.tables import TRAFFIC
from tollbook.values import parse_back, separated

_READ: Final = frozenset({"start", "end", "zone", "customer", "carrier", "destination", "compare"})
"""Choices that need other figures; the others only need other drawings, or none."""

_WHOSE: Final = ("customer", "carrier", "destination")


class More(View):
    """A row of buttons, one for each graph that can be opened; pressed ones stand in the choice `graphs`."""

    module_file: ClassVar[str] = "more.js"
    graphs = traitlets.List(traitlets.Dict()).tag(sync=True)
    opened = traitlets.Unicode().tag(sync=True)


class Board:
    """The page: it hands out its parts, and changes all of them when its reader's choices or the data change."""

    def __init__(self, given: Dashboard) -> None:
        self.lake = Reading(workspace())
        self.choices = Choices(given, self.lake.lacks)
        self.plans = plans_of(self.lake)
        self.bys = {name: label for name, label in by_names().items() if name not in self.lake.lacks}
        self.figures = self._read(given)
        self.until_now = self._with_now(given)
        self._bar: controls.Controls | None = None
        self._tiles: list[Tiles] = []
        self._graphs: dict[str, Graph] = {}
        self._agreed: Limits | None = None
        self._more: More | None = None
        self._below = ipywidgets.Box()
        self._below.add_class("tollbook-graphs")
        self.choices.watch(self._changed)
        self.choices.each_tick(self._look)

    def controls(self) -> controls.Controls:
        """The bar with everything that a reader may choose."""
        offered = self.lake.offered
        told = [
            controls.Range(),
            controls.Toggle("compare", tr("Compare with the span before"), on="previous", off=""),
            controls.One("by", tr("Lines by"), options=tuple(self.bys.items())),
            *(
                controls.Many(name, self.bys[name], options=offered[name])
                for name in _WHOSE
                if name in self.bys
            ),
            controls.Zone(),
        ]
        self._bar = controls.bar(self.choices, told, **self._instants())
        return self._bar

    def tiles(self, wanted: Sequence[Metric]) -> Tiles:
        """The strip of these figures over the whole span, without those that there are not for its reader."""
        made = Tiles(self.figures, [metric for metric in wanted if self._has(metric)], self.until_now)
        self._tiles.append(made)
        return made

    def graph(self, metric: Metric) -> Graph | ipywidgets.Box:
        """The graph of a metric; an empty box where there is none for its reader."""
        return self._open(self.plans[metric.name]) if metric.name in self.plans else ipywidgets.Box()

    def _has(self, metric: Metric) -> bool:
        """Whether the reader has what a metric is made of, with carriers picked and without."""
        columns = self.lake.columns(TRAFFIC)
        ways = (False, True) if "carrier" in self.bys else (False,)
        return all(is_there(metric, columns, per_carrier=way) for way in ways)

    def more(self) -> More:
        """Buttons that open more graphs, which `opened` shows."""
        offered = [{"name": plan.name, "title": tr(plan.title)} for plan in self._closed()]
        words = {"label": tr("More graphs")}
        self._more = More(graphs=offered, opened=self.choices.value.graphs, words=words)
        return self._more

    def opened(self) -> ipywidgets.Box:
        """The graphs that a reader opened."""
        self._open_wanted()
        return self._below

    def _closed(self) -> Iterator[Plan]:
        """Graphs that no cell of the notebook shows and that have something to show."""
        for plan in self.plans.values():
            if plan.name not in self._graphs and (not plan.needs_limits or any(self.agreed.values())):
                yield plan

    @property
    def agreed(self) -> Limits:
        """The channels that were agreed with customers and carriers."""
        if self._agreed is None:
            self._agreed = limits_of(self.lake)
        return self._agreed

    def _read(self, chosen: Dashboard) -> Figures:
        """The figures that these choices ask for.

        Raises:
            UsageError: a choice that means nothing.
        """
        asked = Asked(
            *(separated(text) or None for text in (chosen.customer, chosen.carrier, chosen.destination))
        )
        shown = span(chosen.start, chosen.end, chosen.zone, self.lake.latest)
        figures = Figures(self.lake, shown, asked, 2 if chosen.compare else 1)
        for by in self.bys:
            figures.cut(by)  # what cannot be drawn is refused before anything is drawn
        return figures

    def _with_now(self, chosen: Dashboard) -> Figures:
        """The same, of calls in progress: on until now where the page's end is open and switches are asked."""
        self._present = channels.present_for(self.lake)
        moves = not chosen.start or parse_back(chosen.start) is not None
        try:
            return channels.until_now(self.figures, self._present, moves=moves, follows=not chosen.end)
        except (TollbookError, OSError, PolarsError) as error:
            told_of(error)  # to the log: the records are there without what was seen
            return self.figures

    def _changed(self, chosen: Dashboard, changed: frozenset[str]) -> None:
        if changed & _READ:
            self.figures = self._read(chosen)
            self.until_now = self._with_now(chosen)
            self._show(self._graphs)
        elif "by" in changed:
            self._show_graphs(
                [name for name, graph in self._graphs.items() if graph.by != self._by(self.plans[name])]
            )
        if "graphs" in changed and self._more is not None:
            self._open_wanted()

    def _look(self) -> None:
        """Take in newer figures, if there are any."""
        if self.lake.is_outdated:
            self.lake = self.lake.newer()
            self._agreed = None
            self.figures = self._read(self.choices.value)
            self.until_now = self._with_now(self.choices.value)
            self._show(self._graphs)
            if self._bar is not None:
                self._bar.tell(**self._instants())
        elif channels.present_for(self.lake) != self._present:
            self.until_now = self._with_now(self.choices.value)
            self._show([name for name in self._graphs if self.plans[name].is_in_progress])

    def _instants(self) -> dict[str, Any]:
        return {"as_of": self.lake.updated_at, "first": self.lake.first, "latest": self.lake.latest}

    def _show(self, names: Sequence[str] | dict[str, Graph]) -> None:
        for tiles in self._tiles:
            tiles.show(self.figures, self.until_now)
        self._show_graphs(tuple(names))

    def _show_graphs(self, names: Sequence[str]) -> None:
        for name in names:
            self._draw(self.plans[name], self._graphs[name])

    def _open(self, plan: Plan) -> Graph:
        if plan.name not in self._graphs:
            bys = [{"name": by, "label": self.bys[by]} for by in plan.bys]
            only = self.choices.value.only
            graph = Graph(plan.name, tr(plan.title), by=self._by(plan), bys=bys, only=only)
            graph.each_again(lambda: self._draw(plan, graph))
            graph.on_export(lambda what: reader.note_export(shared(self.lake.workspace), "dashboard", what))
            self._draw(plan, graph)
            self._graphs[plan.name] = graph
        return self._graphs[plan.name]

    def _open_wanted(self) -> None:
        """The graphs below the buttons become those that the reader opened, in the order of opening."""
        offered = {graph["name"] for graph in self._more.graphs} if self._more else set()
        wanted = [name for name in separated(self.choices.value.graphs) if name in offered]
        self._below.children = [self._open(self.plans[name]) for name in dict.fromkeys(wanted)]
        for name in offered.intersection(self._graphs).difference(wanted):
            self._graphs.pop(name).close()

    def _draw(self, plan: Plan, graph: Graph) -> None:
        by, chosen = self._by(plan), self.choices.value
        agreed = self.agreed if plan.needs_limits else None
        figures = self.until_now if plan.is_in_progress else self.figures
        asking = Asking(figures, by, bool(chosen.compare), agreed)
        graph.by, graph.note, graph.live = by, plan.explained(asking), {}
        if plan.is_in_progress and self.figures.asked.destinations is not None:
            why = tr("Calls in progress are not counted by destination.")
            graph.show_nothing(why, tr("Take the filter of destinations away to see them."))
            return
        if by == "destination" and self.figures.asked.carriers is not None and not self.lake.scope.sees_cost:
            why = tr("The destinations of a carrier's seizures are not told.")
            graph.show_nothing(why, tr("Take the filter of carriers away to see them."))
            return
        try:
            drawing = plan.draw(asking)
            if plan.is_in_progress and not chosen.end:
                graph.live = dict(channels.follows(figures, by))  # before its rows, which it speaks of
            _shown(graph, asking, plan, drawing)
        except Exception as error:  # noqa: BLE001 - one graph's fault is no reason to lose the others
            graph.fail(told_of(error))

    def _by(self, plan: Plan) -> str:
        """What the graph's lines are of: as the reader chose for it, else for all."""
        items = separated(self.choices.value.by)
        own = dict(item.split(":", 1) for item in items if ":" in item)
        return plan.by(own.get(plan.name) or next((item for item in items if ":" not in item), "total"))


def read(**parameters: str) -> Board:
    """The dashboard of a notebook's workspace, as its parameters say.

    Raises:
        TollbookError: no workspace, a parameter that means nothing, or a reader who may not see it.
    """
    given = Dashboard.of(parameters, "dashboard", reader.lacking(reader.may_see("dashboard")))
    language.use(given.language)
    return Board(given)


def _shown(graph: Graph, asking: Asking, plan: Plan, drawing: Drawing) -> None:
    if drawing.is_empty and plan.nothing:
        graph.show_nothing(tr(plan.nothing), tr(plan.hint))
    elif (
        plan.is_in_progress
        and asking.figures.lineup.counts.is_empty()
        and not asking.figures.polled
        and not drawing.points["value"].sum()
    ):
        graph.show_nothing()  # a line at 0 would say that there could have been some
    else:
        graph.show(drawing)
