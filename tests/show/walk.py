"""Everything that a page of ours sends to a browser, found without knowing the page: for tests of what must not be there."""

import ast
import io
import json
import struct
import zipfile
from array import array
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import ipywidgets
import polars as pl
from ipywidgets.widgets import widget as widgets

from tollbook.show.calls import CallTable
from tollbook.show.choices import Address
from tollbook.show.graph import Graph
from tollbook.show.grid import Grid
from tollbook.show.widget import View

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
PAGES = (
    "dashboard",
    "summary",
    "calls",
    "carriers",
    "number_blocks",
    "master_data",
    "decks",
    "alerts",
    "invoices",
)
_NUMBERS = {"i4": "i", "i8": "q", "f8": "d", "u1": "B", "u2": "H", "u4": "I"}


def run(page: str, **given: Any) -> dict[str, Any]:
    """Run the notebook of a page with these parameters; what each cell shows goes the way of any output."""
    names: dict[str, Any] = {}
    document = json.loads((NOTEBOOKS / f"{page}.ipynb").read_text(encoding="utf-8"))
    shown: list[Any] = []
    for cell in document["cells"]:
        if cell["cell_type"] != "code":
            continue
        body = ast.parse("".join(cell["source"])).body
        last = body.pop() if isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), page, "exec"), names)
        if last is not None:
            shown.append(eval(compile(ast.Expression(last.value), page, "eval"), names))
        if "parameters" in cell["metadata"].get("tags", ()):
            names.update(given)
    return {"shown": shown, **names}


def everything(page: str, parameters: Mapping[str, Any] = {}) -> list[Any]:
    """Run a page, do in it all that a reader can, and give all that is told to the browser on the way."""
    for one in list(widgets._instances.values()):
        one.close()
    told: list[Any] = []
    ran = run(page, **parameters)
    told += [one._repr_mimebundle_() for one in ran["shown"] if hasattr(one, "_repr_mimebundle_")]
    told += list(_states())
    for values in _ways(page):
        _choose(values)
        told += list(_states())
        for widget in list(widgets._instances.values()):
            told += list(_answers(widget))
    return told


def _ways(page: str) -> Iterator[dict[str, str]]:
    """What a reader can choose on a page, one thing after the other."""
    controls = next(w for w in widgets._instances.values() if isinstance(w, Address) and hasattr(w, "fields"))
    yield {}
    nothing = {field["name"]: "" for field in controls.fields if field["kind"] == "many"}
    if page == "dashboard":
        graphs = [graph["name"] for w in widgets._instances.values() for graph in getattr(w, "graphs", ())]
        bys = next(field["options"] for field in controls.fields if field["name"] == "by")
        for by in bys:
            yield {"by": by["value"], "graphs": ",".join(graphs), "compare": "previous"}
    for tabs in (field for field in controls.fields if field["kind"] == "tabs"):
        yield from ({tabs["name"]: option["value"]} for option in tabs["options"])
    if page == "calls":
        (table,) = (w for w in widgets._instances.values() if isinstance(w, CallTable))
        yield {"columns": ",".join(column["name"] for column in table.offered)}
        for place in list(table.places):
            yield {"call": place}
    for field in controls.fields:
        for option in field.get("options", ()) if field["kind"] == "many" else ():
            yield {**nothing, field["name"]: f'"{option["value"]}"'}


def _choose(values: Mapping[str, str]) -> None:
    """As the browser tells it, to whichever widget holds the choices."""
    for widget in list(widgets._instances.values()):
        if isinstance(widget, Address) and hasattr(widget, "fields"):
            widget.set_state({"values": {**widget.values, **values}})
            assert widget.fault == "", widget.fault


def _states() -> Iterator[Any]:
    for widget in list(widgets._instances.values()):
        if isinstance(widget, ipywidgets.Layout):
            continue  # CSS, whose words (margin) mean something else
        yield widget.get_state()
        if isinstance(widget, View):
            yield widget.snapshot()


def _answers(widget: Any) -> Iterator[Any]:
    """What a widget sends when it is asked for all that it can be asked for."""
    if isinstance(widget, Graph):
        widget._handle_custom_msg({"kind": "table"}, [])
        yield widget.table
    if isinstance(widget, Grid):
        sent: list[Any] = []
        widget.send = lambda content, buffers=None: sent.append((content, *(buffers or ())))
        columns = [column.name for column in widget.given]
        rows = array("I", range(widget.frame.height)).tobytes()
        for kind in ("csv", "xlsx"):
            asked = {"kind": "export", "format": kind, "columns": columns, "revision": widget.revision}
            widget._handle_custom_msg(asked, [memoryview(rows)])
            assert widget.fault == "", widget.fault
        yield sent


def leaves(value: Any) -> Iterator[str | float]:
    """Every text and number in something that is sent, packed columns and files unpacked."""
    if isinstance(value, Mapping):
        yield from (str(key) for key in value)
        yield from _packed(value)
        for part in value.values():
            yield from leaves(part)
    elif isinstance(value, list | tuple | set | frozenset):
        for part in value:
            yield from leaves(part)
    elif isinstance(value, bytes | memoryview):
        yield from _unzipped(bytes(value))
    elif isinstance(value, str):
        yield value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield float(value)
    elif isinstance(value, pl.DataFrame):
        yield from leaves(value.to_dict(as_series=False))


def _packed(value: Mapping[Any, Any]) -> Iterator[float]:
    """A column as the grid packs it."""
    kind, data = value.get("as"), value.get("data")
    if kind in _NUMBERS and isinstance(data, bytes):
        scale = 10 ** value.get("places", 0)
        size = struct.calcsize(_NUMBERS[kind])
        yield from (number / scale for number in struct.unpack(f"<{len(data) // size}{_NUMBERS[kind]}", data))
    elif kind == "digits":
        yield from (int(digits) / 10 ** value["places"] for digits in data)


def _unzipped(data: bytes) -> Iterator[str]:
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            yield from (book.read(name).decode() for name in book.namelist())
    else:
        yield data.decode("latin-1")
