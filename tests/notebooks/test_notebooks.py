"""The notebooks run: by nbval as they are, by Papermill with parameters, and an error stops them."""

import os
import subprocess
import sys

import nbformat
import papermill
import pytest
from papermill.exceptions import PapermillExecutionError

from tollbook.params import folder
from tollbook.runs.kernel import NAME as KERNEL

SHOWN = {
    "dashboard": 8,
    "summary": 3,
    "calls": 2,
    "carriers": 3,
    "number_blocks": 9,
    "master_data": 5,
    "decks": 10,
    "alerts": 7,
    "invoices": 2,
    "audit": 3,
}
"""How many widgets each shows."""
NAMES = tuple(SHOWN)
NBVAL = ("--nbval-lax", "--nbval-kernel-name", KERNEL)
WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def home(network, monkeypatch):
    monkeypatch.setenv("TOLLBOOK_HOME", str(network.home))


def run(name, made, **parameters):
    papermill.execute_notebook(
        folder("notebooks") / f"{name}.ipynb",
        made,
        parameters=parameters,
        kernel_name=KERNEL,
        progress_bar=False,
    )
    return nbformat.read(made, as_version=4)


def widgets(notebook):
    return sum(
        WIDGET in output.get("data", {}) for cell in notebook.cells for output in cell.get("outputs", ())
    )


@pytest.mark.slow
def test_nbval_runs_them_from_top_to_bottom(network):
    paths = [folder("notebooks") / f"{name}.ipynb" for name in NAMES]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *NBVAL, *paths],
        env={**os.environ, "TOLLBOOK_HOME": str(network.home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "parameters", "shown"),
    [
        ("dashboard", {"start": "2026-10-05", "end": "2026-10-06", "zone": "Asia/Kathmandu"}, 8),
        ("summary", {"view": "monthly", "start": "2026-10-01"}, 3),
        ("calls", {"start": "2026-10-05", "outcome": "busy"}, 2),
        ("invoices", {"state": "overdue,paid", "start": "2026-10-05"}, 2),
        ("carriers", {"start": "2026-10-05", "minimum": 10, "sort": "asr"}, 3),
        ("number_blocks", {"customer": "alpha"}, 9),
        ("master_data", {"kind": "carrier", "entry": "north"}, 5),
        ("decks", {"prefix": "44", "number": "4477"}, 10),
        ("alerts", {"language": "de"}, 7),
    ],
)
def test_papermill_runs_it_with_parameters(home, tmp_path, name, parameters, shown):
    assert widgets(run(name, tmp_path / "made.ipynb", **parameters)) == shown


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_it_runs_where_no_call_was_ever_imported(workspace, monkeypatch, tmp_path, name):
    monkeypatch.setenv("TOLLBOOK_HOME", str(workspace.home))
    assert widgets(run(name, tmp_path / "made.ipynb")) == SHOWN[name]


@pytest.mark.slow
def test_an_error_of_the_reader_is_one_line_and_still_an_error(home, tmp_path):
    with pytest.raises(PapermillExecutionError) as caught:
        run("dashboard", tmp_path / "made.ipynb", zone="Europe/Rig")
    assert caught.value.evalue == "dashboard: unknown zone 'Europe/Rig', did you mean 'Europe/Riga'?"
    assert len(caught.value.traceback) == 1
