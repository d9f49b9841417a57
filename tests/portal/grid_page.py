"""A page with nothing but a grid on it, whose messages a grid of Python answers as a session would."""

import json
from base64 import b64decode, b64encode
from pathlib import Path

from playwright.sync_api import Page

import tollbook.show
from tollbook.show.grid import Grid, _as_json

STATIC = Path(tollbook.show.__file__).parent / "static"
ADDRESS = "http://127.0.0.1:9/"
_TYPES = {".js": "text/javascript", ".css": "text/css"}
_HTML = """<!doctype html><html lang="en" dir="{direction}"><meta charset="utf-8"><title>Grid</title>
<style>body {{ margin: 12px; font: 14px system-ui; }} {style}</style>
<main><h1>Grid</h1><div id="host"></div><button id="after">after</button></main>"""
_DARK = """:root { color-scheme: dark; --jp-ui-font-color1: #e6ebef; --jp-ui-font-color2: #9fadb8; --jp-layout-color1: #1b2228;
--jp-layout-color2: #12171b; --jp-border-color1: #2f3a43; --jp-brand-color1: #6cc0dc; --tb-wrong: #ff8a80 } body { background: #12171b; color: #e6ebef }"""
_MODEL = """async (state) => {
  const heard = new Map();
  const fire = (name, ...told) => (heard.get(name) || []).forEach((callback) => callback(...told));
  const model = {
    get: (name) => state[name],
    set: (name, value) => { state[name] = value; },
    save_changes: () => {},
    on: (name, callback) => heard.set(name, [...(heard.get(name) || []), callback]),
    off: (name, callback) => heard.set(name, (heard.get(name) || []).filter((other) => other !== callback)),
    send: async (content, _callbacks, buffers = []) => {
      const packed = buffers.map((buffer) => btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join('')));
      const { fault, answers } = await toPython(content, packed);
      state.fault = fault;
      fire('change:fault');
      for (const [told, data] of answers) fire('msg:custom', told, [new DataView(Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0)).buffer)]);
    },
  };
  window.put = (changed) => { Object.assign(state, changed); fire('change:table'); };
  window.acted = [];
  document.addEventListener('tollbook:action', (event) => acted.push(event.detail));
  const { default: grid } = await import('/grid.js');
  const el = document.getElementById('host');
  window.stop = await grid.render({ model, el });
  window.grid = el.tollbookGrid;
}"""


def _served(route) -> None:
    path = STATIC / route.request.url.removeprefix(ADDRESS)
    if path.suffix in _TYPES and path.is_file():
        route.fulfill(body=path.read_text(), content_type=_TYPES[path.suffix])


class Shown:
    """The page, and the grid behind it."""

    def __init__(self, page: Page, grid: Grid, *, direction: str = "ltr", dark: bool = False) -> None:
        self.page, self.grid = page, grid
        self.sent: list[tuple[dict, bytes]] = []
        grid.send = lambda content, buffers=(): self.sent.append((content, bytes(buffers[0])))
        self.wrong: list[str] = []
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda said: self.wrong.append(said.text) if said.type == "error" else None)
        html = _HTML.format(direction=direction, style=_DARK if dark else "")
        page.route(f"{ADDRESS}**", _served)
        page.route(ADDRESS, lambda route: route.fulfill(body=html, content_type="text/html"))
        page.expose_function("toPython", self._heard)
        self.draw()

    def draw(self) -> None:
        """Open the page anew."""
        self.page.goto(ADDRESS)
        self.page.evaluate(_MODEL, self._state())

    def _state(self) -> dict:
        state = self.grid.snapshot()["state"]
        return json.loads(json.dumps({**state, "table": _as_json(self.grid.table)}))

    def _heard(self, content: dict, buffers: list[str]) -> dict:
        self.sent.clear()
        self.grid._handle_custom_msg(content, [memoryview(b64decode(data)) for data in buffers])
        answers = [[told, b64encode(data).decode()] for told, data in self.sent]
        return {"fault": self.grid.fault, "answers": answers}

    def renew(self) -> None:
        """Tell the page what Python shows now."""
        self.page.evaluate("(state) => put(state)", self._state())
