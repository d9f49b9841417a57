"""An executed notebook as one HTML page that needs nothing else: no script, no network, no code."""

from pathlib import Path
from typing import Final

from nbformat import NotebookNode

from tollbook.runs.imports import skip_slow_parsers

_TEMPLATES: Final = Path(__file__).parent / "templates"


def html_page(node: NotebookNode, title: str) -> str:
    """The notebook's texts and displays, without its code."""
    skip_slow_parsers()
    from nbconvert.exporters import HTMLExporter  # noqa: PLC0415 - heavy, and only runs need it

    exporter = HTMLExporter(  # type: ignore[no-untyped-call]
        template_name="page",
        extra_template_basedirs=[str(_TEMPLATES)],
        exclude_input=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
    )
    page, _ = exporter.from_notebook_node(node, resources={"metadata": {"name": title}})
    return str(page)
