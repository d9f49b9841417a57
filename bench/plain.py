"""What anybody would write: a notebook that reckons an invoice from calls, Papermill as it comes, nbconvert's page of it."""

from pathlib import Path
from typing import Final

import nbformat

from tollbook.periods import parse_period

_CELLS: Final = """\
calls = customer = start = end = ""
# %%
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import altair as alt
import polars as pl
# %%
first, beyond = date.fromisoformat(start), date.fromisoformat(end)
answered = (
    pl.scan_delta(calls)
    .filter(pl.col("customer") == customer, pl.col("day") >= first, pl.col("day") < beyond, pl.col("billed_s") > 0)
    .select("day", "destination", "billed_s", "charge")
    .collect()
)
cent = Decimal("0.01")
# %%
grouped = answered.group_by("destination").agg(pl.len(), pl.col("billed_s", "charge").sum()).sort("destination")
lines = grouped.with_columns(net=pl.Series([exact.quantize(cent, ROUND_HALF_UP) for exact in grouped["charge"]]))
lines
# %%
net = sum(lines["net"], Decimal(0))
tax = (net * Decimal("0.19")).quantize(cent, ROUND_HALF_UP)
pl.DataFrame({"net": [net], "tax": [tax], "total": [net + tax]})
# %%
days = answered.group_by("day").agg(pl.col("charge").sum().cast(pl.Float64)).sort("day")
alt.Chart(days).mark_bar().encode(x="day:T", y="charge:Q")
# %%
print(net + tax)
"""


def write_notebook(path: Path) -> None:
    """Write the notebook; its first cell has the parameters."""
    cells = [nbformat.v4.new_code_cell(text.strip()) for text in _CELLS.split("# %%")]
    cells[0].metadata["tags"] = ["parameters"]
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": spec}), path)


def invoice(notebook: str, calls: str, customer: str, period: str) -> str:
    """Run it for a customer beside itself, and make a page of that; the total that it told."""
    import papermill  # noqa: PLC0415 - only the peer's own workers load it so
    from nbconvert import HTMLExporter  # noqa: PLC0415

    executed = Path(notebook).with_name(f"{customer}.ipynb")
    span = parse_period(period)
    told = {
        "calls": calls,
        "customer": customer,
        "start": str(span.start.date()),
        "end": str(span.end.date()),
    }
    node = papermill.execute_notebook(
        notebook, executed, parameters=told, kernel_name="python3", progress_bar=False
    )
    page, _ = HTMLExporter().from_notebook_node(node)
    executed.with_suffix(".html").write_text(page)
    return str(node.cells[-1].outputs[0]["text"]).strip()
