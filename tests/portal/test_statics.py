"""Files that browsers keep."""

import json
import re
from urllib.request import urlopen

import pytest


@pytest.fixture(scope="module")
def page(portal):
    with urlopen(f"{portal}carriers") as reply:
        return reply.read().decode(), reply.headers


def headers(portal, path):
    with urlopen(portal.rstrip("/") + path) as reply:
        return reply.headers


@pytest.mark.slow
def test_every_file_of_a_page_may_be_kept_for_a_year(portal, page):
    text, _ = page
    named = re.findall(r'(?:href|src)="(/voila/[^"]+)"', text)
    assert len(named) > 4
    for path in named:
        kept = re.search(r"max-age=(\d+)", headers(portal, path)["Cache-Control"])
        assert int(kept[1]) >= 31_536_000, path


@pytest.mark.slow
def test_voilas_scripts_and_the_widgets_lie_below_an_address_with_a_version(portal, page):
    config = json.loads(re.search(r'jupyter-config-data" type="application/json">(.*?)</script>', page[0])[1])
    for folder, name in (("fullStaticUrl", "voila.js"), ("fullLabextensionsUrl", "anywidget/package.json")):
        assert re.search(r"/[0-9a-f]{16}$", config[folder])
        assert "immutable" in headers(portal, f"{config[folder]}/{name}")["Cache-Control"]


@pytest.mark.slow
def test_a_page_itself_is_never_kept(page):
    assert page[1]["Cache-Control"] == "no-store"
