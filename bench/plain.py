"""What anybody would write: Papermill as it comes, a kernel a notebook, and nbconvert's page of it."""

from pathlib import Path

from tollbook.params import folder
from tollbook.runs.invoices import NOTEBOOK
from tollbook.runs.notebook import result
from tollbook.show.invoice import RESULT


def invoice(home: str, customer: str, period: str, into: str) -> str:
    """Show one customer's filed record, and make a page of that; the hash of the record that was shown."""
    import papermill  # noqa: PLC0415 - only the peer's own workers load it so
    from nbconvert import HTMLExporter  # noqa: PLC0415

    executed = Path(into) / f"{customer}.ipynb"
    told = {"home": home, "customer": customer, "period": period}
    node = papermill.execute_notebook(
        folder("notebooks") / NOTEBOOK, executed, parameters=told, kernel_name="python3", progress_bar=False
    )
    page, _ = HTMLExporter().from_notebook_node(node)
    executed.with_suffix(".html").write_text(page)
    shown = result(node, RESULT)
    return str(shown["record_sha256"]) if shown else ""
