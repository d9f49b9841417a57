"""Charts as they go to the page."""

import altair as alt
import polars as pl

from tollbook.show.assets import bundle_name
from tollbook.show.vega import VegaView, mimebundle, separated


def chart(values):
    return alt.Chart(pl.DataFrame({"a": [1, 2], "b": values})).mark_line().encode(x="a:Q", y="b:Q")


def test_rows_are_sent_apart_from_the_drawing_and_by_column():
    spec, tables = separated(chart([0.5, None]).to_dict())
    assert spec["data"] == {"name": "table0"}
    assert "datasets" not in spec
    assert tables == {"table0": {"a": [1, 2], "b": [0.5, None]}}


def test_the_same_drawing_of_other_rows_is_the_same_document():
    view = VegaView.of(chart([1, 2]))
    before = view.spec
    view.show(chart([3, 4]))
    assert view.spec == before
    assert view.tables["table0"]["b"] == [3, 4]


def test_layers_keep_their_own_rows():
    layered = alt.layer(chart([1, 2]), chart([3, 4]))
    spec, tables = separated(layered.to_dict())
    assert [layer["data"]["name"] for layer in spec["layer"]] == ["table0", "table1"]
    assert tables["table1"]["b"] == [3, 4]


def test_a_view_names_the_library_of_this_installation():
    assert VegaView.of(chart([1, 2])).library == bundle_name()


def test_a_plain_chart_becomes_a_widget():
    shown = mimebundle(chart([1, 2]))
    assert "application/vnd.jupyter.widget-view+json" in shown[0]


def test_a_renderer_that_someone_chose_is_kept():
    with alt.renderers.enable("json"):
        assert "application/json" in mimebundle(chart([1, 2]))[0]
