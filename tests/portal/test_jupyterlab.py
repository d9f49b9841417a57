"""An analyst's JupyterLab draws the same graphs, and a plain Altair chart, with nothing from another machine."""

import os
import shutil
import sys
from urllib.request import urlopen

import nbformat
import pytest
from playwright.sync_api import expect

from portal.lab_page import EXPOSED, run_all, started
from tollbook.params import folder

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PLAIN = (
    "import altair as alt\nalt.Chart(alt.Data(values=[{'a': 1, 'b': 2}])).mark_bar().encode(x='a:O', y='b:Q')"
)


@pytest.fixture(scope="module")
def lab(network, tmp_path_factory, free_port):
    """JupyterLab on a folder with the dashboard, to which someone has added a chart of their own."""
    shelf = tmp_path_factory.mktemp("lab")
    for name in ("dashboard", "summary", "calls"):
        shutil.copy(folder("notebooks") / f"{name}.ipynb", shelf)
    notebook = nbformat.read(shelf / "dashboard.ipynb", as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(PLAIN))
    nbformat.write(notebook, shelf / "dashboard.ipynb")
    port = free_port()
    own = {
        name: str(shelf / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR")
    }
    words = [
        "--no-browser",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=",
        "--allow-root",
        EXPOSED,
    ]
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        *words,
        f"--ServerApp.root_dir={shelf}",
        "--log-level=INFO",
    ]
    environment = {**os.environ, **own, "TOLLBOOK_HOME": str(network.home)}
    with started(command, shelf, environment, "is running at"):
        yield f"http://127.0.0.1:{port}"


def test_run_all_draws_the_four_graphs_and_a_plain_chart(lab, opened):
    watched = opened(f"{lab}/lab/tree/dashboard.ipynb?reset")
    page = watched.page
    page.set_viewport_size({"width": 1440, "height": 4000})  # JupyterLab draws only cells in sight
    run_all(page)
    page.wait_for_function(
        "document.querySelectorAll('.tollbook-chart[data-drawn]').length === 5", timeout=60_000
    )
    lines = [chart.locator(".mark-line path[d]").count() for chart in page.locator(".tollbook-chart").all()]
    assert lines == [3, 3, 3, 3, 0]
    assert page.locator(".tollbook-chart").nth(4).locator(".mark-rect path").count() == 1
    assert [told for told in watched.wrong if told.startswith(("outside", "error"))] == []
    assert urlopen(f"{lab}/api/status").status == 200


@pytest.mark.parametrize(
    ("name", "place", "count"),
    [
        ("summary", ".tollbook-grid-body [data-column=attempts]", ["1,000", "10"]),
        ("calls", ".tollbook-calls-count", ["1,010 calls"]),
    ],
)
def test_run_all_shows_the_same_figures(lab, opened, name, place, count):
    watched = opened(f"{lab}/lab/tree/{name}.ipynb?reset")
    page = watched.page
    page.set_viewport_size({"width": 1440, "height": 3000})
    run_all(page)
    expect(page.locator(place)).to_have_text(count, timeout=60_000)
    assert page.locator("[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    assert [told for told in watched.wrong if told.startswith(("outside", "error"))] == []
