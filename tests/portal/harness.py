"""Widgets in a page of their own: the modules as they are published, Python behind them, but no session between."""

import json
import mimetypes
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, Route

from tollbook.portal.serve import JUPYTER
from tollbook.show.assets import published
from tollbook.show.widget import View

ORIGIN = "http://127.0.0.1:9"
"""Nothing listens there: the test answers every request."""

CSS = JUPYTER / "voila/templates/tollbook/static/portal.css"
PAGE = """<!doctype html><html lang="{language}" dir="{direction}" data-theme="{theme}"><head><meta charset="utf-8">
<title>Widgets</title><style>{css} body.tollbook-page {{ padding: 16px }} main {{ display: grid; gap: 16px;
grid-template-columns: repeat(auto-fit, minmax(min(100%, 560px), 1fr)) }} h1 {{ grid-column: 1 / -1; margin: 0; font-size: 18px }}</style></head>
<body class="tollbook-page"><main><h1>Widgets</h1></main><script type="module">
class Model {{
  constructor(key, state) {{ Object.assign(this, {{ key, state, heard: new Map(), own: new Set() }}); }}
  get(name) {{ return this.state[name]; }}
  set(name, value) {{ if (JSON.stringify(this.state[name]) === JSON.stringify(value)) return; this.state[name] = value; this.own.add(name); this.fire(`change:${{name}}`); }}
  on(name, callback) {{ this.heard.set(name, [...(this.heard.get(name) || []), callback]); }}
  off(name, callback) {{ this.heard.set(name, (this.heard.get(name) || []).filter((one) => one !== callback)); }}
  fire(name, ...told) {{ for (const callback of this.heard.get(name) || []) callback(...told); }}
  save_changes() {{ const told = Object.fromEntries([...this.own].map((name) => [name, this.state[name]])); this.own.clear(); window.toPython(this.key, told, null).then(window.fromPython); }}
  send(message) {{ window.toPython(this.key, {{}}, message).then(window.fromPython); }}
}}
window.models = new Map();
window.fromPython = ({{ changes, messages }}) => {{
  for (const [key, state] of Object.entries(changes)) {{
    const model = window.models.get(key);
    Object.assign(model.state, state);
    for (const name of Object.keys(state)) model.fire(`change:${{name}}`);
  }}
  for (const [key, message] of messages) window.models.get(key).fire("msg:custom", message);
}};
window.cleanups = [];
for (const {{ key, module, state }} of {shots}) {{
  const model = new Model(key, state);
  window.models.set(key, model);
  const el = document.createElement("div");
  el.id = `widget-${{key}}`;
  document.querySelector("main").append(el);
  const {{ default: ours }} = await import(`/${{module}}`);
  window.cleanups.push(await ours.render({{ model, el }}));
}}
window.ready = true;
</script></body></html>"""


class Harness:
    """One page of widgets."""

    def __init__(self, page: Page, widgets: list[View], **look: str) -> None:
        self.page, self.widgets = page, {widget._key: widget for widget in widgets}
        self.look = {"language": "en", "direction": "ltr", "theme": "light", **look}
        self.sent = {key: widget.snapshot()["state"] for key, widget in self.widgets.items()}
        self.messages: list[tuple[str, Any]] = []
        for key, widget in self.widgets.items():
            widget.send = lambda message, _buffers=None, key=key: self.messages.append((key, message))  # type: ignore[method-assign,misc]
        page.route(f"{ORIGIN}/**", self.answer)
        page.expose_function("toPython", self.told)

    def open(self, query: str = "") -> None:
        """Show the page and wait until every widget is there."""
        self.page.goto(f"{ORIGIN}/page{query}")
        self.page.wait_for_function("window.ready")

    def answer(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path == "/page":
            shots = json.dumps([widget.snapshot() for widget in self.widgets.values()])
            css = CSS.read_text(encoding="utf-8")
            route.fulfill(
                body=PAGE.format(shots=shots.replace("</", "<\\/"), css=css, **self.look),
                content_type="text/html",
            )
        else:
            file = published().parents[2] / Path(path).relative_to("/")
            kind = mimetypes.guess_type(file.with_suffix(".js" if file.suffix == ".mjs" else file.suffix))[0]
            found = file.is_file()
            route.fulfill(
                status=200 if found else 404, body=file.read_bytes() if found else b"", content_type=kind
            )

    def told(self, key: str, state: dict[str, Any], message: Any) -> dict[str, Any]:
        """What the browser says goes to Python; what that changed goes back."""
        widget = self.widgets[key]
        if state:
            widget.set_state(state)
            self.sent[key] |= state
        if message:
            widget._handle_custom_msg(message, [])
        return self.news()

    def news(self) -> dict[str, Any]:
        """What has changed, and what was sent beside."""
        messages, self.messages[:] = [*self.messages], []
        return {"changes": self.changes(), "messages": messages}

    def changes(self) -> dict[str, Any]:
        now = {key: widget.snapshot()["state"] for key, widget in self.widgets.items()}
        new = {
            key: {name: value for name, value in state.items() if value != self.sent[key].get(name)}
            for key, state in now.items()
        }
        self.sent = now
        return {key: state for key, state in new.items() if state}

    def push(self, change: Callable[[], None]) -> None:
        """Do something in Python and let the page know."""
        change()
        self.page.evaluate("(news) => window.fromPython(news)", self.news())
