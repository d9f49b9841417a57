"""One executed cell of a notebook as HTML of a page.

What is text, a picture or HTML stands in the page as it is. A widget comes twice: as a snapshot, from which the page
draws it at once, and as Voila's own description, from which it is connected to its session later.
"""

import json
from functools import lru_cache
from html import escape
from typing import Any, Final

from nbconvert.filters.ansi import ansi2html
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode

from tollbook.show.widget import SNAPSHOT

WIDGET: Final = "application/vnd.jupyter.widget-view+json"
FOR_VOILA: Final = "application/vnd.voila.cell-output+json"
_PICTURES: Final = ("image/png", "image/jpeg", "image/gif", "image/webp")
_PLAIN: Final = "text/plain"
_SHOWN: Final = {
    "text/html": "jp-RenderedHTMLCommon jp-RenderedHTML",
    **dict.fromkeys(_PICTURES, "jp-RenderedImage"),
    "image/svg+xml": "jp-RenderedSVG",
    "text/markdown": "jp-RenderedHTMLCommon jp-RenderedMarkdown",
}
"""What is shown of an output, the first that it has, and the classes of its place."""


def html_of(cell: NotebookNode, number: int) -> str:
    """The cell; `number` counts from 1."""
    tags = " ".join(f"celltag_{escape(tag)}" for tag in cell.metadata.get("tags", ()))
    if cell.cell_type == "markdown":
        inner = f'<div class="jp-Cell jp-MarkdownCell jp-Notebook-cell">{_prose(cell.source, tags)}</div>'
    elif cell.cell_type == "code":
        inner = _code(cell, tags)
    else:
        inner = ""
    return f'<div cell-index="{number}">{inner}</div>\n' if inner else ""


def _code(cell: NotebookNode, tags: str) -> str:
    shown = "".join(map(_output, cell.outputs))
    if not shown:
        return ""
    return (
        f'<div class="jp-Cell jp-CodeCell jp-Notebook-cell jp-mod-noInput {tags}">'
        f'<div class="jp-OutputArea jp-Cell-outputArea">{shown}</div></div>'
    )


def _prose(source: str, tags: str) -> str:
    return (
        f'<div class="jp-RenderedHTMLCommon jp-RenderedMarkdown jp-MarkdownOutput {tags}" '
        f'data-mime-type="text/markdown">{prose(source)}</div>'
    )


@lru_cache(maxsize=500)
def prose(source: str) -> str:
    """Markdown as HTML. The notebooks are ours: HTML in them stays."""
    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
    return str(MarkdownWithMath(renderer=renderer).render(source))


def _output(output: NotebookNode) -> str:
    return f'<div class="jp-OutputArea-child">{_shown(output)}</div>'


def _shown(output: NotebookNode) -> str:
    if output.output_type == "stream":
        return _text(output.text, "application/vnd.jupyter.stdout")
    if output.output_type == "error":
        return _text("\n".join(output.traceback), "application/vnd.jupyter.stderr")
    return _display(output)


def _display(output: NotebookNode) -> str:
    data = output.data
    if _is_for_voila(output):
        return _early(data.get(SNAPSHOT)) + _for_voila(output)
    kind = next((kind for kind in _SHOWN if kind in data), None)
    return (
        _area(_SHOWN[kind], kind, _inner(kind, data[kind])) if kind else _text(data.get(_PLAIN, ""), _PLAIN)
    )


def _inner(kind: str, value: str) -> str:
    if kind == "text/markdown":
        return prose(value)
    if kind in _PICTURES:
        return f'<img alt="" src="data:{kind};base64,{escape(value.strip())}">'
    return value


def _early(snapshot: dict[str, Any] | None) -> str:
    if snapshot is None:
        return ""
    return (
        f'<div class="tollbook-early"></div><script type="{SNAPSHOT}">{in_script(snapshot)}</script>'
        "<script>tollbookEarly.draw(document.currentScript.previousElementSibling)</script>"
    )


def _for_voila(output: NotebookNode) -> str:
    return f'<script type="{FOR_VOILA}">{in_script(_told(output))}</script>'


def _told(output: NotebookNode) -> dict[str, Any]:
    data = {kind: value for kind, value in output.data.items() if kind != SNAPSHOT}
    return {**output, "data": data, "trusted": True}


def for_voila(cell: NotebookNode) -> list[dict[str, Any]]:
    """What Voila's script finds in the HTML of this cell, in its order."""
    return [_told(output) for output in cell.get("outputs", ()) if _is_for_voila(output)]


def _is_for_voila(output: NotebookNode) -> bool:
    """Whether it is Voila that shows an output: a widget, or a kind that no page shows by itself."""
    if "data" not in output:
        return False
    return WIDGET in output.data or not (set(output.data) <= {_PLAIN} or set(output.data) & set(_SHOWN))


def in_script(value: object) -> str:
    """JSON that cannot end the script element in which it stands."""
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")


def _text(text: str, kind: str) -> str:
    return _area("jp-RenderedText", kind, f"<pre>{ansi2html(text)}</pre>")


def _area(classes: str, kind: str, inner: str) -> str:
    return f'<div class="{classes} jp-OutputArea-output" data-mime-type="{kind}">{inner}</div>'
