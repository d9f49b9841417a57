"""`docs/first.md`, carried out as it stands in a copy of this repository: the metric, the chart and the page work."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from portal.doors import KNOWN, cookie_of

pytestmark = [pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[2]
TYPED = "from tollbook.cli import main; main()"
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
STEP = re.compile(
    r"^In `(?P<into>[^`]+)`, (?P<side>before|after) `(?P<line>[^`]+)`:\n\n```\w+\n(?P<block>.*?)```$"
    r"|^Write `(?P<new>[^`]+)`:\n\n```\w+\n(?P<text>.*?)```$"
    r"|^The cells of `(?P<notebook>[^`]+)`:\n\n(?P<cells>(?:```\w+\n.*?```\n+)+)",
    re.MULTILINE | re.DOTALL,
)


def insert(path, line, side, block):
    """Put the block before or after the only line that starts so."""
    lines = path.read_text().splitlines(keepends=True)
    (place,) = [number for number, each in enumerate(lines) if each.startswith(line)]
    blank = "" if block.startswith(" ") else ("\n\n" if block.startswith("class ") else "")
    lines.insert(place + (side == "after"), block + blank)
    path.write_text("".join(lines))


def write_notebook(path, cells):
    """A notebook of the blocks; its second cell of code holds the parameters."""
    made = []
    for kind, source in re.findall(r"```(\w+)\n(.*?)\n```", cells, re.DOTALL):
        new = nbformat.v4.new_markdown_cell if kind == "markdown" else nbformat.v4.new_code_cell
        made.append(new(source))
    code = [cell for cell in made if cell.cell_type == "code"]
    code[1].metadata["tags"] = ["parameters"]
    nbformat.write(nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": KERNELSPEC}), path)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The repository with every step done."""
    place = tmp_path_factory.mktemp("first") / "tollbook"
    for name in (
        "lib",
        "notebooks",
        "params",
        "tests",
        "docs",
        "pyproject.toml",
        "README.md",
        "CONTRIBUTING.md",
    ):
        source, target = ROOT / name, place / name
        target.parent.mkdir(parents=True, exist_ok=True)
        skipped = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        shutil.copytree(source, target, ignore=skipped) if source.is_dir() else shutil.copy(source, target)
    steps = [found.groupdict() for found in STEP.finditer((ROOT / "docs" / "first.md").read_text())]
    assert len(steps) == 8, "every step of the page is carried out"
    for step in steps:
        if step["into"]:
            insert(place / step["into"], step["line"], step["side"], step["block"])
        elif step["new"]:
            (place / step["new"]).write_text(step["text"])
        else:
            write_notebook(place / step["notebook"], step["cells"])
    return place


@pytest.fixture(scope="module")
def environment(copy):
    """In which programs are those of the copy."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TOLLBOOK_")}
    return {**kept, "PYTHONPATH": str(copy / "lib"), "PYTHONDONTWRITEBYTECODE": "1"}


def test_the_metric_is_there_by_anything(environment, network):
    words = ["--home", str(network.home), "metrics", "talk_per_attempt", "--by", "customer", "--json"]
    done = subprocess.run(
        [sys.executable, "-c", TYPED, *words], env=environment, capture_output=True, text=True, check=True
    )
    told = {row["customer"]: row["talk_per_attempt"]["value"] for row in json.loads(done.stdout)}
    assert told == {"alpha": 24.0, "beta": 54.0}


def test_its_example_the_charts_test_and_the_rules_of_notebooks_hold(copy, environment):
    tests = ["tests/metrics/test_definitions.py", "tests/show/test_talk.py", "tests/test_notebook_rules.py"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("tool", [["ruff", "check"], ["ruff", "format", "--check"]])
def test_what_was_written_keeps_the_style(copy, tool):
    if not shutil.which(tool[0]) and not (Path(sys.prefix) / "bin" / tool[0]).exists():
        pytest.skip("ruff is not installed")
    files = ["lib/tollbook/show/talk.py", "lib/tollbook/metrics/definitions.py", "tests/show/test_talk.py"]
    done = subprocess.run(
        [sys.executable, "-m", *tool, *files], cwd=copy, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.browser
def test_the_page_is_served(environment, network, opened, free_port):
    port = str(free_port())
    with subprocess.Popen(
        [sys.executable, "-c", TYPED, "serve", "--port", port],
        env={**environment, "TOLLBOOK_HOME": str(network.home)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        address = ""
        try:
            assert process.stdout
            address = process.stdout.readline().split()[-1]
            KNOWN[address] = cookie_of(network.home)
            watched = opened(f"{address}talk?start=-24h")
            bars = watched.page.locator(".tollbook-chart .mark-rect path")
            bars.nth(1).wait_for(timeout=60_000)
            widths = [bar.bounding_box()["width"] for bar in bars.all()]
            assert min(widths) / max(widths) == pytest.approx(24 / 54, rel=0.01)
            names = watched.page.locator(".role-axis-label text").all_text_contents()
            assert {"alpha", "beta"} <= set(names)
            assert watched.page.get_by_role("link", name="Talk").first.get_attribute("aria-current")
            assert watched.wrong == []
            watched.page.close(run_before_unload=True)
        finally:
            KNOWN.pop(address, None)
            process.terminate()
