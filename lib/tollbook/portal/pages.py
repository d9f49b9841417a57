"""The pages of the portal: which notebooks it shows, and how a reader's choices and language reach them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import nbformat
from nbformat import NotebookNode

from tollbook import params
from tollbook.language import later, tr
from tollbook.params import PageParams
from tollbook.strict import Params

TAG: Final = "parameters"


@dataclass(frozen=True)
class Page:
    """One notebook that readers may open."""

    label: str
    answers: str
    params: type[PageParams]
    resource: str = "own_pages"
    """What a reader needs a right to see to open it; a page that says nothing is for operators."""
    shows_people: bool = False
    """Whether it shows who may sign in."""

    @property
    def name(self) -> str:
        """Its address, and the name of its notebook and of its file in `params/`."""
        return self.params.page

    @property
    def notebook(self) -> str:
        """File name in the folder of notebooks."""
        return f"{self.name}.ipynb"

    def chosen(self, query: Mapping[str, str], language: str = "") -> PageParams:
        """What `params/<name>.yml` says, and before it what the address says; names it does not know are ignored.

        Raises:
            UsageError: a value of the wrong kind.
        """
        return self.params.of_texts(query, f"/{self.name}", language)


PAGES: Final = (
    Page(
        later("Dashboard"),
        later("Calls in progress, ASR, ACD and DTMF %, in total and per carrier."),
        params.Dashboard,
        "dashboard",
    ),
    Page(
        later("Customer Summary"),
        later("What each customer used and is charged, per hour, day, week or month."),
        params.Summary,
        "summary",
    ),
    Page(
        later("Invoices"),
        later("Which invoices there are, what is open of each, and their documents."),
        params.Invoices,
        "invoices",
    ),
    Page(
        later("Calls"),
        later("The calls themselves: any of a year by number, customer, carrier, outcome, code or duration."),
        params.Calls,
        "calls",
    ),
    Page(
        later("Carriers"),
        later(
            "What each carrier delivers per destination, beside the others and beside itself a week before."
        ),
        params.Carriers,
        "carriers",
    ),
    Page(
        later("Rate Decks"),
        later(
            "What each customer pays and each carrier charges, by prefix; versions, and new ones from files."
        ),
        params.Decks,
        "decks",
    ),
    Page(
        later("Number Blocks"),
        later("Who has which numbers, how full each block is, and what is free."),
        params.NumberBlocks,
        "blocks",
    ),
    Page(
        later("Master Data"),
        later("Customers, carriers and contacts: entered, changed, imported and exported."),
        params.MasterData,
        "master_data",
        shows_people=True,
    ),
    Page(
        later("Alerts"),
        later("Which alerts are raised, what each watches, and how often it would have fired."),
        params.Alerts,
        "alerts",
    ),
    Page(
        later("Audit"),
        later("Who changed what, when and from where, and what it was before."),
        params.Audit,
        "audit",
    ),
)


@dataclass(frozen=True)
class Place:
    """A page that no notebook makes: a form of the portal's own."""

    name: str
    label: str
    answers: str
    resource: str


NAVIGATION: Final[tuple[Page | Place, ...]] = (
    *PAGES[:3],
    Place(
        "payments",
        later("Payments"),
        later("What each customer has paid, owes and has left, and its statement of account."),
        "payments",
    ),
    *PAGES[3:],
)
"""All pages that the head of a page leads to, in their order."""


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


def translated(notebook: NotebookNode) -> NotebookNode:
    """The notebook with its texts in the language in use, paragraph by paragraph."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = "\n\n".join(_paragraph(part.strip()) for part in cell.source.split("\n\n"))
    return notebook


def _paragraph(text: str) -> str:
    """It in the language in use; the mark of a heading stays."""
    words = text.lstrip("#").strip()
    return text.removesuffix(words) + tr(words)
