"""`tollbook lab` in a real JupyterLab: the copies run in our kernel, on the workspace, with nothing from elsewhere."""

import json
import os
import socket
import sys
from time import monotonic, sleep
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from portal.lab_page import EXPOSED, run_all, started

TYPED = "from tollbook.cli import main; main()"
pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def lab(network, tmp_path_factory, free_port):
    """The address with its token, and the folder of copies."""
    place = tmp_path_factory.mktemp("analyst")
    own = {n: str(place / n) for n in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR")}
    words = [
        "lab",
        "--folder",
        "mine",
        "--port",
        str(free_port()),
        "--no-browser",
        "--",
        "--allow-root",
        EXPOSED,
    ]
    command = [sys.executable, "-c", TYPED, "--home", str(network.home), *words, "--log-level=INFO"]
    with started(command, place, {**os.environ, **own}, r"http://127\.0\.0\.1:\d+/lab\?token=\w+") as found:
        wait_for(int(words[words.index("--port") + 1]))
        yield found, place / "mine"


def wait_for(port):
    """Jupyter tells its address a moment before it listens there."""
    until = monotonic() + 30
    while monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        sleep(0.05)
    pytest.fail("JupyterLab does not listen")


def address(lab, path):
    return lab[0].replace("/lab?", f"/{path}?")


def opened_lab(opened, lab, name):
    watched = opened(f"{address(lab, f'lab/tree/{name}')}&reset")
    watched.page.set_viewport_size({"width": 1440, "height": 4000})  # JupyterLab draws only cells in sight
    return watched


def test_nobody_enters_without_the_token(lab):
    with pytest.raises(HTTPError) as refused:
        urlopen(address(lab, "api/contents").partition("?")[0])
    assert refused.value.code == 403
    found = json.load(urlopen(address(lab, "api/contents")))["content"]
    assert {"dashboard.ipynb", "gallery"} <= {one["name"] for one in found}


def test_our_kernel_is_the_default(lab):
    specs = json.load(urlopen(address(lab, "api/kernelspecs")))
    assert specs["default"] == "tollbook"
    assert specs["kernelspecs"]["tollbook"]["spec"]["display_name"] == "Tollbook"


def test_a_page_shows_the_workspace(lab, opened):
    watched = opened_lab(opened, lab, "carriers.ipynb")
    run_all(watched.page)
    watched.page.locator(".tollbook-cards-root[data-drawn]").nth(1).wait_for(timeout=60_000)
    table = watched.page.get_by_role("table", name="Score cards")
    assert table.locator("tbody [data-column=carrier]").all_inner_texts() == ["north", "south"]
    assert table.get_by_role("link").count() == 0  # there is no dashboard to go to
    assert [told for told in watched.wrong if told.startswith(("outside", "error"))] == []


def test_the_gallery_draws_its_pictures_anew(lab, opened):
    watched = opened_lab(opened, lab, "gallery/margin-by-increment.ipynb")
    page = watched.page
    page.locator(".jp-RenderedSVG").wait_for()  # kept in the file
    page.evaluate("document.querySelectorAll('.jp-RenderedSVG').forEach(picture => picture.remove())")
    run_all(page)
    page.locator(".jp-RenderedSVG img, .jp-RenderedSVG svg").first.wait_for(timeout=60_000)
    assert page.locator("[data-mime-type*=stderr], [data-mime-type*=error]").count() == 0
    assert [told for told in watched.wrong if told.startswith(("outside", "error"))] == []
