"""Altair charts in Voila and JupyterLab, drawn by one library that lies on this machine."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

import traitlets

from tollbook.show.assets import bundle
from tollbook.show.widget import View

if TYPE_CHECKING:
    import altair as alt

Json = dict[str, Any]


class VegaView(View):
    """One chart of Altair, as it is, with its own legend."""

    module_file: ClassVar[str] = "vega.js"
    library = traitlets.Unicode().tag(sync=True)
    spec = traitlets.Dict().tag(sync=True)
    tables = traitlets.Dict().tag(sync=True)

    @classmethod
    def of(cls, chart: "alt.TopLevelMixin") -> Self:
        """The view of an Altair chart."""
        spec, tables = separated(chart.to_dict())
        return cls(library=bundle().name, spec=spec, tables=tables)

    def show(self, chart: "alt.TopLevelMixin") -> None:
        """Draw another chart here; where only its rows differ, the reader's choice in the legend stays."""
        spec, tables = separated(chart.to_dict())
        with self.hold_sync():
            self.spec = spec
            self.tables = tables


def separated(document: Mapping[str, Any]) -> tuple[Json, Json]:
    """A Vega-Lite document without its rows, and the rows by table and column.

    Altair names a table by its content; here it is named by its place, so that the same chart of other
    rows has the same document.
    """
    places = {name: f"table{i}" for i, name in enumerate(document.get("datasets", {}))}
    spec = _renamed({key: value for key, value in document.items() if key != "datasets"}, places)
    tables = {places[name]: _columns(rows) for name, rows in document.get("datasets", {}).items()}
    return spec, tables


def _renamed(node: Any, places: Mapping[str, str]) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(node, list):
        return [_renamed(item, places) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: {**value, "name": places[value["name"]]}
        if key == "data" and isinstance(value, dict) and value.get("name") in places
        else _renamed(value, places)
        for key, value in node.items()
    }


def _columns(rows: list[Json]) -> Json:
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in names}


def mimebundle(chart: "alt.TopLevelMixin") -> Any:  # noqa: ANN401 - Jupyter's own
    """What Jupyter shows for a chart that ends a cell; a renderer that someone chose in Altair is kept."""
    import altair as alt  # noqa: PLC0415 - takes more than a second, and is there already when a chart is

    if alt.renderers.active != "default":
        return chart._repr_mimebundle_()
    return VegaView.of(chart)._repr_mimebundle_()
