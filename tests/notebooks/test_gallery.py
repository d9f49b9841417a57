"""The gallery: analyses on fixed data, whose kept outputs are what running them shows."""

import ast
import configparser
import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

from tollbook.params import folder
from tollbook.runs.kernel import NAME as KERNEL

GALLERY = sorted((folder("notebooks") / "gallery").glob("*.ipynb"))
SANITIZE = Path(__file__).parent / "gallery.cfg"
SVG = "image/svg+xml"
MOST_LINES = 16


def cells(path, kind):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


def outputs(path):
    return [output for cell in cells(path, "code") for output in cell.outputs]


@pytest.mark.slow
def test_running_them_shows_what_they_keep(tmp_path):
    words = [
        *("-q", "-p", "no:cacheprovider", "--nbval", "--nbval-kernel-name", KERNEL),
        "--nbval-sanitize-with",
        SANITIZE,
    ]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words, *GALLERY],
        env={**os.environ, "TOLLBOOK_DATABASE_URL": "sqlite:////nowhere/else.db"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]


def test_there_are_six():
    assert [path.stem for path in GALLERY] == [
        "carrier-comparison",
        "dtmf-by-hour",
        "margin-by-increment",
        "new-metric",
        "route-failover",
        "short-call-profile",
    ]


@pytest.mark.parametrize("path", GALLERY, ids=lambda path: path.stem)
def test_they_can_be_read_from_top_to_bottom(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    kinds = [cell.cell_type for cell in notebook.cells]
    assert notebook.cells[0].source.startswith("# ")
    assert kinds[:4] == ["markdown", "code", "code", "markdown"]
    assert all("markdown" in pair for pair in pairwise(kinds[3:])), "text before each cell"
    assert [cell.execution_count for cell in cells(path, "code")] == list(range(1, kinds.count("code") + 1))
    assert max(len(cell.source.splitlines()) for cell in cells(path, "code")) <= MOST_LINES


@pytest.mark.parametrize("path", GALLERY, ids=lambda path: path.stem)
def test_imports_come_first_and_the_data_are_the_fixed_ones(path):
    first, second, *rest = [ast.parse(cell.source) for cell in cells(path, "code")]
    assert all(isinstance(line, ast.Import | ast.ImportFrom) for line in first.body)
    assert not any(isinstance(node, ast.Import | ast.ImportFrom) for cell in rest for node in ast.walk(cell))
    assert "gallery.network()" in ast.unparse(second)


@pytest.mark.parametrize("path", GALLERY, ids=lambda path: path.stem)
def test_their_figures_and_pictures_are_kept_and_nothing_of_a_machine(path):
    kept = outputs(path)
    assert {output.output_type for output in kept} <= {"execute_result", "stream"}
    assert any(SVG in output.get("data", {}) for output in kept)
    assert any("text/html" in output.get("data", {}) for output in kept)
    text = path.read_text()
    assert not re.search(r"widget-view|/(?:tmp|home)/|execution\": {|papermill", text)


def test_a_figure_in_a_picture_is_compared_and_its_place_is_not():
    rules = configparser.ConfigParser()
    rules.read(SANITIZE)
    (svg,) = [o["data"][SVG] for o in outputs(GALLERY[0]) if SVG in o.get("data", {})]

    def compared(text):
        return re.sub(rules["geometry"]["regex"], rules["geometry"]["replace"], text)

    label = re.search(r'aria-label="([^"]*carrier: penny[^"]*)"', compared(svg))
    assert label, "the marks tell their figures"
    assert compared(svg.replace(label[1], "another")) != compared(svg)
    assert compared(re.sub(r'(?<=\s)width="\d+"', 'width="1"', svg)) == compared(svg)
