"""The grid's widget: what it tells the page, and what it believes of what the page says."""

import json
from array import array
from decimal import Decimal

import polars as pl
import pytest

from tollbook.show.grid import Grid, GridAction, GridColumn, RowAction

FRAME = pl.DataFrame(
    {"customer": ["alpha", "beta", "gamma"], "attempts": [10, 20, 30], "due": [True, True, False]}
)
COLUMNS = (GridColumn("customer", "Customer"), GridColumn("attempts", "Attempts", "integer"))


@pytest.fixture
def grid():
    made = Grid.of(
        FRAME,
        COLUMNS,
        label="Summary",
        checkable="due",
        actions=[GridAction("invoice", "Generate Invoice")],
        row_actions=[RowAction("calls", "Download calls")],
        row_key=["customer"],
        file_name="summary",
    )
    made.acted = []
    made.on_action(lambda action, rows: made.acted.append((action, rows)))
    made.files = []
    made.send = lambda content, buffers=None: made.files.append((content, bytes(buffers[0])))
    return made


def said(grid, buffers=(), **message):
    grid._handle_custom_msg({"revision": grid.revision, **message}, [memoryview(b) for b in buffers])


def rows(*numbers):
    return array("I", numbers).tobytes()


def test_an_action_gets_the_rows_of_the_frame_whatever_the_page_says_of_them(grid):
    said(grid, kind="action", action="invoice", rows=[1, 0])
    assert grid.acted == [("invoice", [FRAME.row(1, named=True), FRAME.row(0, named=True)])]
    assert grid.fault == ""


@pytest.mark.parametrize(
    ("action", "numbers"),
    [
        ("invoice", [2]),  # may not be ticked
        ("invoice", []),
        ("invoice", "0"),
        ("invoice", [3]),
        ("invoice", [-1]),
        ("invoice", [True]),
        ("invoice", [0, 0]),
        ("delete", [0]),
        ("calls", [0, 1]),  # of one row alone
    ],
)
def test_an_action_that_is_not_offered_is_refused(grid, action, numbers):
    said(grid, kind="action", action=action, rows=numbers)
    assert grid.acted == []
    assert grid.fault in {"This cannot be done with these rows.", "There is no such row."}


def test_an_action_of_one_row_needs_no_tick(grid):
    said(grid, kind="action", action="calls", rows=[2])
    assert grid.acted == [("calls", [FRAME.row(2, named=True)])]


def test_rows_of_figures_that_are_gone_are_refused(grid):
    before = grid.revision
    grid.show(FRAME.reverse())
    said(grid, kind="action", action="invoice", rows=[0], revision=before)
    assert grid.acted == []
    assert grid.fault == "New figures have landed meanwhile: please do it once more."


def test_an_export_is_made_of_the_frame_in_the_order_that_the_page_shows(grid):
    said(grid, [rows(2, 0)], kind="export", format="csv", columns=["attempts", "customer"])
    ((content, data),) = grid.files
    assert content == {"kind": "file", "name": "summary.csv", "type": "text/csv;charset=utf-8"}
    assert data.decode("utf-8-sig") == "Attempts,Customer\n30,gamma\n10,alpha\n"


@pytest.mark.parametrize(
    ("columns", "buffers"),
    [
        (["due"], [rows(0)]),  # a column that is not shown
        (["customer"], [rows(3)]),
        (["customer"], [b"123"]),
        (["customer"], []),
        (["customer"], [rows(0), rows(0)]),
        ([], [rows(0)]),
        ("customer", [rows(0)]),
        ([1], [rows(0)]),
        ([["customer"]], [rows(0)]),
        (None, [rows(0)]),
    ],
)
def test_an_export_of_what_is_not_there_is_refused(grid, columns, buffers):
    said(grid, buffers, kind="export", format="csv", columns=columns)
    assert grid.files == []
    assert grid.fault in {"Nothing is selected that could be exported.", "There is no such row."}


def test_parts_of_an_area_leave_the_rest_of_it_empty(grid):
    buffers = [rows(1, 0), rows(1), rows(0)]
    columns = ["customer", "attempts"]
    said(grid, buffers, kind="export", format="csv", columns=columns, parts=[["customer"], ["attempts"]])
    assert grid.files[0][1].decode("utf-8-sig") == "Customer,Attempts\nbeta,\n,10\n"


def test_a_format_that_there_is_not_is_refused(grid):
    said(grid, [rows(0)], kind="export", format="exe", columns=["customer"])
    assert (grid.files, grid.fault) == ([], "An export is CSV or XLSX.")


def test_new_rows_come_with_a_new_number(grid):
    grid.show(FRAME.head(1))
    assert (grid.revision, grid.table["size"]) == (2, 1)


def test_another_zone_is_told_with_the_rows(grid):
    grid.replace(FRAME, columns=COLUMNS[:1], zone="Europe/Riga")
    assert grid.zone == "Europe/Riga"
    assert [column["name"] for column in grid.table["columns"]] == ["customer"]


def test_a_page_can_draw_a_small_grid_before_its_session_is_connected(grid):
    state = json.loads(json.dumps(grid.snapshot()))["state"]
    assert state["table"]["values"]["attempts"] == {"as": "i4", "data": {"base64": "CgAAABQAAAAeAAAA"}}


def test_a_large_grid_waits_for_its_session():
    grid = Grid.of(pl.DataFrame({"n": range(2001)}), [GridColumn("n", "N", "integer")], label="x")
    state = json.loads(json.dumps(grid.snapshot()))["state"]
    assert (state["table"]["later"], state["table"]["values"]) == (True, {})


def test_amounts_are_no_floats_on_their_way():
    frame = pl.DataFrame({"charge": [Decimal("0.1")]}, schema={"charge": pl.Decimal(38, 9)})
    grid = Grid.of(frame, [GridColumn("charge", "Charge", "money")], label="x")
    assert grid.table["values"]["charge"]["data"] == array("q", [10]).tobytes()


def test_an_action_for_all_rows_of_a_kind_is_told_which_they_are_and_takes_no_others():
    action = GridAction("auto", "Auto Generate", among="due")
    grid = Grid.of(FRAME, COLUMNS, label="Summary", actions=[action])
    acted = []
    grid.on_action(lambda name, rows: acted.append((name, [row["customer"] for row in rows])))
    assert grid.table["marks"] == {"due": bytes([1, 1, 0])}
    said(grid, kind="action", action="auto", rows=[0, 1])
    said(grid, kind="action", action="auto", rows=[0, 2])
    assert acted == [("auto", ["alpha", "beta"])]
    assert grid.fault == "This cannot be done with these rows."


def test_the_menu_of_a_row_can_have_entries_of_some_rows_alone():
    frame = FRAME.with_columns(paper=pl.lit("invoices/1"), offers=pl.Series(["pdf", None, "pdf credit"]))
    actions = [RowAction("pdf", "PDF", href="paper", suffix="/invoice.pdf", among="offers")]
    grid = Grid.of(frame, COLUMNS, label="Invoices", row_actions=actions)
    assert set(grid.table["links"]) == {"paper", "offers"}
    assert grid.table["links"]["offers"]["texts"] == ["pdf", "pdf credit"]


def test_a_column_can_say_how_its_values_are_shown():
    frame = FRAME.with_columns(tone=pl.Series(["wrong", None, "good"]))
    grid = Grid.of(frame, [GridColumn("customer", "Customer", tone="tone")], label="x")
    assert grid.table["tones"]["tone"]["texts"] == ["wrong", "good"]
    assert set(grid.table["values"]) == {"customer"}


def test_figures_that_mean_nothing_together_are_not_summed():
    grid = Grid.of(
        FRAME, [GridColumn("attempts", "Attempts", "integer", summed=False)], label="x", total=True
    )
    assert grid.table["columns"][0]["summed"] is False
