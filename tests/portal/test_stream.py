"""Pages as they are sent: the frame first, drawings before the session, nothing left when readers or server are gone."""

import json
import os
import re
import signal
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from portal.conftest import any_port, command
from portal.doors import KNOWN, Visitor, cookie_of, header
from tollbook.portal.stream import CONFIG, notebook_of

DAY = "start=2026-10-05T00:00Z&end=2026-10-06T00:00Z"
SPARE = 2  # kernels that wait for readers
DRAWN = "document.querySelectorAll('[data-drawn=true]').length >= 4"
KERNEL_ID = "JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId"
CHOOSE = "document.dispatchEvent(new CustomEvent('tollbook:choose', {detail: {values: {customer: 'beta'}, replace: false}}))"


class Server:
    """A portal whose processes are watched."""

    def __init__(self, process, address):
        self.process, self.address = process, address

    @property
    def zygote(self):
        (found,) = [pid for pid in children(self.process.pid) if "runs.zygote" in words_of(pid)]
        return found

    def kernels(self):
        return children(self.zygote)

    def wait_for_kernels(self, count):
        until = time.monotonic() + 15
        while len(self.kernels()) != count and time.monotonic() < until:
            time.sleep(0.05)
        assert len(self.kernels()) == count


def children(pid):
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def words_of(pid):
    return Path(f"/proc/{pid}/cmdline").read_bytes().decode().replace("\0", " ")


def gone(*pids):
    until = time.monotonic() + 10
    while time.monotonic() < until and any(Path(f"/proc/{pid}/stat").exists() for pid in pids):
        time.sleep(0.05)
    return not any(Path(f"/proc/{pid}/stat").exists() for pid in pids)


@contextmanager
def watched(home, folder, sessions):
    """A portal with room for so many pages."""
    (folder / "site.yml").write_text(f"sessions: {sessions}\n")
    environment = {**os.environ, "TOLLBOOK_HOME": str(home), "TOLLBOOK_PARAMS": str(folder)}
    serve = command("serve", "--no-schedule", "--port", str(any_port()))
    cookie = cookie_of(home)
    with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True, env=environment) as process:
        address = process.stdout.readline().split()[-1]
        KNOWN[address] = cookie
        try:
            yield Server(process, address)
        finally:
            del KNOWN[address]
            process.terminate()


def told_of(address):
    """What a page is told of its session."""
    with urlopen(f"{address}dashboard?{DAY}") as reply:
        html = reply.read().decode()
    return json.loads(html.split(f'<script id="{CONFIG}" type="application/json">')[1].split("</script>")[0])


@pytest.fixture
def watched_portal(network, tmp_path):
    with watched(network.home, tmp_path, 10) as server:
        yield server


@pytest.fixture
def room_for_one(network, tmp_path):
    with watched(network.home, tmp_path, 1) as server:
        yield server


@pytest.mark.slow
def test_the_frame_comes_before_anything_has_run(portal):
    where = urlsplit(portal)
    with socket.create_connection((where.hostname, where.port)) as line, line.makefile("rb") as reply:
        line.sendall(
            f"GET /dashboard?{DAY}&zone=Pacific/Apia HTTP/1.1\r\nHost: {where.netloc}\r\nCookie: {'='.join(KNOWN[portal])}\r\n\r\n".encode()
        )
        while reply.readline().strip():
            continue
        first = reply.read(int(reply.readline(), base=16)).decode()  # what was sent in one go
    assert 'id="loading_text"' in first
    assert "cell-index" not in first


def test_a_notebook_is_read_anew_for_each_page():
    first = notebook_of("dashboard.ipynb")
    first.cells.clear()
    assert notebook_of("dashboard.ipynb").cells


@pytest.mark.slow
def test_one_page_more_than_there_may_be_is_a_503_in_words(room_for_one):
    with urlopen(f"{room_for_one.address}carriers") as reply:
        assert reply.status == 200
        reply.read()
    with pytest.raises(HTTPError) as refused:
        urlopen(f"{room_for_one.address}carriers")
    assert refused.value.code == 503
    assert refused.value.headers["Refresh"] == "5"
    assert "in a minute" in refused.value.read().decode()


@pytest.mark.slow
def test_a_reader_who_leaves_while_the_page_is_made_leaves_no_kernel(room_for_one):
    where = urlsplit(room_for_one.address)
    line = HTTPConnection(where.hostname, where.port)
    line.request("GET", "/dashboard", headers=header(KNOWN[room_for_one.address]))
    line.getresponse().read1()
    line.close()
    room_for_one.wait_for_kernels(SPARE)


@pytest.mark.slow
def test_whoever_signs_out_while_a_page_is_made_leaves_no_kernel_and_no_traceback(network, tmp_path, capfd):
    with watched(network.home, tmp_path, 10) as server, ThreadPoolExecutor(1) as aside:
        told_of(server.address)  # so that its session alone can be asked for, too
        for way, path in (("get", "/carriers"), ("post", f"/dashboard?{DAY}")):
            for number, after_s in enumerate((0, 0.05, 0.1, 0.2, 0.4)):
                reader = Visitor(server.address, cookie_of(network.home, "leaves"))
                reader.get("/pages")
                left = aside.submit(
                    getattr(reader, way), f"{path}{'?' if way == 'get' else '&'}minimum={20 + number}"
                )
                time.sleep(after_s)
                gone = Visitor(server.address)
                gone.cookies = dict(reader.cookies)
                assert gone.post("/logout").status == 303
                assert left.result().status in {200, 302, 303, 403, 503}
        server.wait_for_kernels(SPARE + 1)
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.slow
def test_the_same_page_again_is_sent_as_it_is_remembered_and_its_session_is_asked_for(watched_portal):
    first, again = (told_of(watched_portal.address) for _ in range(2))
    assert first["kernelId"]
    assert again["kernelId"] == ""
    watched_portal.wait_for_kernels(SPARE + 1)
    with pytest.raises(HTTPError) as refused:
        urlopen(Request(f"{watched_portal.address}dashboard?{DAY}", method="POST"))
    assert refused.value.code == 403  # another site could send this, too
    watched_portal.wait_for_kernels(SPARE + 1)


@pytest.mark.slow
@pytest.mark.browser
def test_a_page_that_is_remembered_gets_its_session_when_its_reader_reaches_for_it(watched_portal, browser):
    told_of(watched_portal.address)
    page, wrong = browser.new_page(viewport={"width": 1440, "height": 1000}), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{watched_portal.address}dashboard?{DAY}", wait_until="commit")
    page.wait_for_function(DRAWN)
    assert page.evaluate(KERNEL_ID) == ""
    assert page.locator("[data-metric=attempts] strong").text_content() == "1,010"
    page.evaluate(CHOOSE)
    page.wait_for_function("document.querySelector('[data-metric=attempts] strong').textContent === '10'")
    assert page.evaluate(KERNEL_ID)
    assert page.locator(".tollbook-early").count() == page.locator(".lm-Widget > .tollbook-early").count()
    assert wrong == []
    page.close(run_before_unload=True)


@pytest.mark.slow
@pytest.mark.browser
def test_a_page_that_is_remembered_is_connected_once_it_rests(watched_portal, browser):
    told_of(watched_portal.address)
    page = browser.new_page()
    page.goto(f"{watched_portal.address}dashboard?{DAY}")
    page.wait_for_function(KERNEL_ID)
    watched_portal.wait_for_kernels(SPARE + 2)
    page.close(run_before_unload=True)
    watched_portal.wait_for_kernels(SPARE + 1)


@pytest.mark.slow
@pytest.mark.browser
def test_a_page_that_is_left_leaves_no_kernel_and_makes_place(room_for_one, browser):
    page = browser.new_page()
    page.goto(f"{room_for_one.address}dashboard?{DAY}")
    page.wait_for_function(DRAWN)
    room_for_one.wait_for_kernels(SPARE + 1)
    page.goto("about:blank")
    room_for_one.wait_for_kernels(SPARE)
    page.goto(f"{room_for_one.address}dashboard?{DAY}")
    page.wait_for_function(DRAWN)
    page.close(run_before_unload=True)


@pytest.mark.slow
def test_of_a_killed_server_nothing_is_left(room_for_one):
    with urlopen(f"{room_for_one.address}carriers") as reply:
        reply.read()
    kernels = room_for_one.kernels()
    assert kernels
    zygote = room_for_one.zygote
    room_for_one.process.send_signal(signal.SIGKILL)
    assert gone(zygote, *kernels)


@pytest.mark.slow
@pytest.mark.browser
def test_what_is_drawn_needs_no_session_and_what_was_chosen_reaches_it_later(portal, browser):
    page, held = browser.new_page(viewport={"width": 1440, "height": 1000}), []
    page.route("**/voila.js", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks what it is given
    page.goto(f"{portal}dashboard?{DAY}", wait_until="commit")
    page.wait_for_function(DRAWN)
    tile = page.locator("[data-metric=attempts] strong")
    assert tile.text_content() == "1,010"
    page.evaluate(CHOOSE)
    while not held:
        page.wait_for_timeout(20)
    held[0].continue_()
    page.wait_for_function("document.querySelector('[data-metric=attempts] strong').textContent === '10'")
    assert page.locator(".tollbook-early").count() == page.locator(".lm-Widget > .tollbook-early").count()
    page.close(run_before_unload=True)


@pytest.mark.slow
@pytest.mark.browser
def test_a_browser_that_has_been_here_asks_only_for_the_page(portal, browser):
    context = browser.new_context()
    for _ in range(3):  # the second brings what draws what the first has kept
        page = context.new_page()
        page.goto(f"{portal}dashboard?{DAY}", wait_until="commit")
        page.wait_for_function(DRAWN)
        asked = page.evaluate(
            "performance.getEntriesByType('resource').filter((one) => one.transferSize > 0).map((one) => one.name)"
        )
        page.close(run_before_unload=True)
    assert asked == []
    context.close()


@pytest.mark.slow
@pytest.mark.browser
def test_what_a_reader_opens_first_stays_open_when_the_page_connects(portal, browser):
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    page.goto(f"{portal}dashboard?{DAY}", wait_until="commit")
    page.wait_for_function(DRAWN)
    button = page.get_by_role("button", name=re.compile("^Customer (All|beta)"))
    button.click()
    page.keyboard.type("bet")
    page.wait_for_selector("#main #rendered_cells")
    page.wait_for_function("document.querySelectorAll('.lm-Widget > .tollbook-early').length > 5")
    assert button.get_attribute("aria-expanded") == "true"
    page.keyboard.type("a")
    assert page.get_by_label("Search: Customer").input_value() == "beta"
    page.get_by_role("checkbox", name="beta").check()
    page.wait_for_function("document.querySelector('[data-metric=attempts] strong').textContent === '10'")
    page.keyboard.press("Escape")
    assert button.get_attribute("aria-expanded") == "false"
    page.close(run_before_unload=True)
