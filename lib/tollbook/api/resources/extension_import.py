"""`extensions/import`: a list of extensions that is entered together, as a file is."""

from typing import Annotated, Final

from pydantic import Field
from sqlalchemy.orm import Session

from tollbook.account.numbering import intake
from tollbook.account.numbering.book import alone
from tollbook.account.numbering.intake import LONGEST, settle
from tollbook.api.asked import Asked
from tollbook.api.operations import Operation, operation
from tollbook.api.resources.blocks import MOST_LINES, line_of
from tollbook.api.resources.extensions import PATH, most_of
from tollbook.api.texts import LINE
from tollbook.api.types import Part, example

_LINES: Final = [{"number": "0100", "customer": "acme", "name": "Front desk"}]


class ExtensionLine(Part):
    """An extension as a line of a list. One that its customer has already gets the name, if there is one."""

    number: Annotated[str, Field(max_length=LONGEST)]
    customer: Annotated[str, Field(max_length=LONGEST)]
    name: Annotated[str, Field(max_length=LONGEST)] = ""


class ExtensionsFile(Part):
    """Extensions to be entered together; `name` is what the audit calls the list."""

    model_config = example({"extensions": _LINES, "dry_run": True})

    name: Annotated[str, Field(pattern=LINE, max_length=200)] = "API"
    extensions: Annotated[list[ExtensionLine], Field(min_length=1, max_length=MOST_LINES)]
    dry_run: Annotated[bool, Field(description="Only tell what would be done.")] = False
    strict: Annotated[bool, Field(description="Enter nothing if any line does not fit.")] = False


class ExtensionConflict(Part):
    """A line that cannot be entered, and why; `line` counts from 1."""

    line: int
    number: str
    customer: str
    why: str


class ExtensionsPlan(Part):
    """What became of a list, or, where `dry_run` says that nothing was entered, would become of it."""

    model_config = example(
        {"rows": 1, "added": 1, "changed": 0, "unchanged": 0, "conflicts": [], "dry_run": True}
    )

    rows: int
    added: int
    changed: Annotated[int, Field(description="Got another name.")]
    unchanged: int
    conflicts: list[ExtensionConflict]
    dry_run: bool


@operation("POST", f"{PATH}/import", "change", "extensions")
def import_extensions(asked: Asked, session: Session, body: ExtensionsFile) -> ExtensionsPlan:
    """Take the extensions that are listed, as far as they fit; each that does not is named. A dry run changes nothing."""
    alone(session)
    lines = [line_of(*numbered) for numbered in enumerate(body.extensions, 1)]
    plan = intake.plan(session, body.name, lines, asked.scope.customers, most_of(asked))
    told = settle(session, asked.actor, plan, intake.carry_out, dry_run=body.dry_run, strict=body.strict)
    return ExtensionsPlan.model_validate(told)


OPERATIONS: Final[tuple[Operation, ...]] = (import_extensions,)
"""It comes before those of `extensions`: its address could be one's."""
