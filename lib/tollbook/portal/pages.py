"""The pages of the portal: which notebooks it shows, and how a reader's choices become their parameters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import nbformat
from nbformat import NotebookNode

from tollbook.params import Dashboard, Params, Summary, read

TAG: Final = "parameters"


@dataclass(frozen=True)
class Page:
    """One notebook that readers may open."""

    name: str
    label: str
    answers: str
    params: type[Params]

    @property
    def notebook(self) -> str:
        """File name in the folder of notebooks."""
        return f"{self.name}.ipynb"

    def chosen(self, query: Mapping[str, str]) -> Params:
        """What `params/<name>.yml` says, and before it what the address says; names it does not know are ignored.

        Raises:
            UsageError: a value of the wrong kind.
        """
        known = {name: value for name, value in query.items() if name in self.params.model_fields}
        return self.params.of({**read(self.name, self.params).model_dump(), **known}, f"/{self.name}")


PAGES: Final = (
    Page(
        "dashboard",
        "Dashboard",
        "Calls in progress, ASR, ACD and DTMF %, in total and per carrier.",
        Dashboard,
    ),
    Page(
        "summary",
        "Customer Summary",
        "What each customer used and is charged, per hour, day, week or month.",
        Summary,
    ),
)


def with_parameters(notebook: NotebookNode, chosen: Params) -> NotebookNode:
    """The notebook with the chosen values set right after its cell of parameters.

    Only names of the page's parameters and values that passed their check are written, each as a literal.
    """
    source = "\n".join(f"{name} = {value!r}" for name, value in chosen.model_dump().items())
    places = [i for i, cell in enumerate(notebook.cells) if TAG in cell.metadata.get("tags", ())]
    cell = nbformat.v4.new_code_cell(source, metadata={"tags": ["injected-parameters"]})
    for place in places[:1]:
        notebook.cells.insert(place + 1, cell)
    return notebook


def choices(page: Page, chosen: Params) -> dict[str, Any]:
    """What the top of the page offers: views, spans and zones as far as the notebook takes them."""
    from zoneinfo import available_timezones  # noqa: PLC0415 - reads a folder; only for a page that is shown

    fields = page.params.model_fields
    return {
        "chosen": chosen.model_dump(),
        "views": ["live", "daily", "weekly", "monthly"] if "view" in fields else [],
        "spans": [("-24h", "24 hours"), ("-7d", "7 days"), ("-30d", "30 days")] if "zone" in fields else [],
        "zones": sorted(available_timezones()) if "zone" in fields else [],
    }
