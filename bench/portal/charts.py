"""The four graphs as plain Vega-Lite with their rows; each peer keeps them for its next visitor, as our portal does."""

from typing import Any, Final

from tollbook import metrics
from tollbook.show import board
from tollbook.show.graph import Graph

METRICS: Final = (metrics.CHANNELS, metrics.ASR, metrics.ACD, metrics.DTMF)


def charts() -> list[dict[str, Any]]:
    """One document per graph."""
    page = board.read(start="-24h", by="carrier")
    return [_plain(page.graph(metric)) for metric in METRICS]


def _plain(graph: Graph) -> dict[str, Any]:
    datasets = {
        name: [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
        for name, columns in graph.tables.items()
    }
    return {**graph.spec, "width": 560, "datasets": datasets}
