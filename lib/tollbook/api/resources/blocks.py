"""`number-blocks`: who has which numbers. A contact's token has its customer's; only the account gives and takes."""

from typing import Annotated, Final

from pydantic import Field
from sqlalchemy.orm import Session

from tollbook.account.lines import Line
from tollbook.account.models import Customer
from tollbook.account.numbering import block_intake, blocks
from tollbook.account.numbering.book import ConflictError, alone
from tollbook.account.numbering.digits import PATTERN
from tollbook.account.numbering.intake import LONGEST, settle
from tollbook.account.numbering.models import NumberBlock
from tollbook.account.workbook import Cell
from tollbook.api.asked import Asked
from tollbook.api.operations import ROOT, Operation, operation
from tollbook.api.problems import ProblemError
from tollbook.api.texts import ID, LINE
from tollbook.api.types import Listed, Page, Part, Text
from tollbook.errors import UsageError

PATH: Final = f"{ROOT}/number-blocks"
Number = Annotated[str, Field(pattern=PATTERN)]
Block = Annotated[str, "Its id."]
MOST_LINES: Final = 500
"""Of a list that is entered together."""
_MOST: Final = 2**31 - 1
"""Of an id, as the database has it."""


class NumberBlockRow(Part):
    """A block: numbers of one length, both ends included. Leading zeros count."""

    id: int
    customer: str
    start: str
    end: str
    used: Annotated[int, Field(description="Extensions in it, whoever has them.")]
    free: int


class NumberBlocks(Page[NumberBlockRow]):
    """A page of the list of blocks."""


class NewNumberBlock(Part):
    """Whom to give a block to; without `start` and `end` the next of the account's size that fits."""

    customer: Annotated[str, Field(pattern=ID, max_length=200)]
    start: Number | None = None
    end: Number | None = None


class NumberBlockLine(Part):
    """A block as a line of a list: whose, and both ends."""

    start: Annotated[str, Field(max_length=LONGEST)]
    end: Annotated[str, Field(max_length=LONGEST)]
    customer: Annotated[str, Field(max_length=LONGEST)]


class NumberBlocksFile(Part):
    """Blocks to be entered together; `name` is what the audit calls the list."""

    name: Annotated[str, Field(pattern=LINE, max_length=200)] = "API"
    blocks: Annotated[list[NumberBlockLine], Field(min_length=1, max_length=MOST_LINES)]
    dry_run: Annotated[bool, Field(description="Only tell what would be done.")] = False
    strict: Annotated[bool, Field(description="Enter nothing if any line does not fit.")] = False


class NumberBlockConflict(Part):
    """A line that cannot be entered, and why; `line` counts from 1."""

    line: int
    number: Annotated[str, Field(description="Its ends, `start-end`.")]
    customer: str
    why: str


class NumberBlocksPlan(Part):
    """What became of a list, or, where `dry_run` says that nothing was entered, would become of it.

    A block that is there already stays as it is: `unchanged`.
    """

    rows: int
    added: int
    changed: Annotated[int, Field(description="Always 0: a block never changes.")]
    unchanged: int
    conflicts: list[NumberBlockConflict]
    dry_run: bool


class NumberBlocksAsked(Listed):
    """Which blocks to list."""

    customer: Annotated[list[Text] | None, Field(description="Only of these; may be repeated.")] = None


@operation("GET", PATH, "see", "blocks")
def list_blocks(asked: Asked, session: Session, query: NumberBlocksAsked) -> NumberBlocks:
    """List number blocks, in the order of their numbers."""
    chosen = blocks.chosen().order_by(NumberBlock.start_key).limit(query.limit + 1)
    if asked.scope.customers is not None:
        chosen = chosen.where(NumberBlock.customer_id.in_(asked.scope.customers))
    if query.customer is not None:
        chosen = chosen.where(NumberBlock.customer_id.in_(query.customer))
    if after := asked.after(query):
        chosen = chosen.where(NumberBlock.start_key > after[0])
    rows, more, following = asked.page(query, session.execute(chosen).all(), lambda row: [row[0].start_key])
    return NumberBlocks(data=[_shown(blocks.row_of(*row)) for row in rows], has_more=more, next=following)


@operation("GET", f"{PATH}/{{block}}", "see", "blocks", problems=(404,))
def show_block(asked: Asked, session: Session, block: Block) -> NumberBlockRow:
    """Show a number block."""
    return _shown(_found(asked, session, block))


@operation("POST", PATH, "change", "blocks", status=201, problems=(404,))
def allocate_block(asked: Asked, session: Session, body: NewNumberBlock) -> NumberBlockRow:
    """Give a customer a number block: the next that fits, or the one from `start` to `end`."""
    mine = asked.scope.customers is None or body.customer in asked.scope.customers
    if not mine or session.get(Customer, body.customer) is None:
        raise ProblemError(404, "There is no such customer, or none for this token.")
    try:
        row = blocks.allocate(session, asked.actor, body.customer, body.start or "", body.end or "")
    except (ConflictError, UsageError) as error:
        raise ProblemError(409, str(error)) from None
    asked.told["Location"] = f"number-blocks/{row['id']}"
    return _shown(row)


@operation("POST", f"{PATH}/import", "change", "blocks")
def import_blocks(asked: Asked, session: Session, body: NumberBlocksFile) -> NumberBlocksPlan:
    """Give customers the blocks that are listed, as far as they fit; each that does not is named. A dry run changes nothing."""
    blocks_of = asked.scope.customers
    alone(session)
    lines = [line_of(*numbered) for numbered in enumerate(body.blocks, 1)]
    plan = block_intake.plan(session, body.name, lines, blocks_of)
    told = settle(
        session, asked.actor, plan, block_intake.carry_out, dry_run=body.dry_run, strict=body.strict
    )
    return NumberBlocksPlan.model_validate(told)


@operation("DELETE", f"{PATH}/{{block}}", "change", "blocks", problems=(404,))
def release_block(asked: Asked, session: Session, block: Block) -> NumberBlockRow:
    """Give a number block back, if none of its extensions is in use; it is answered as it was."""
    row = _found(asked, session, block)
    try:
        return _shown(blocks.release(session, asked.actor, row["id"]))
    except ConflictError as error:
        raise ProblemError(409, str(error)) from None


def _found(asked: Asked, session: Session, block: str) -> blocks.Row:
    """The block, if the token has it.

    Raises:
        ProblemError: there is none, or it is another's: in the same words.
    """
    number = int(block) if block.isascii() and block.isdigit() and len(block) <= len(str(_MOST)) else 0
    try:
        row = blocks.show(session, min(number, _MOST))
    except UsageError:
        raise ProblemError(404) from None
    if asked.scope.customers is not None and row["customer"] not in asked.scope.customers:
        raise ProblemError(404)
    return row


def line_of(number: int, told: Part) -> Line:
    """A line of a list as one of a file."""
    cells = {name: Cell(text) for name, text in told.model_dump().items()}
    return Line(number, cells, 0, len(cells))


def _shown(row: blocks.Row) -> NumberBlockRow:
    return NumberBlockRow.model_validate(row)


OPERATIONS: Final[tuple[Operation, ...]] = (
    list_blocks,
    import_blocks,
    show_block,
    allocate_block,
    release_block,
)
"""An import comes before a single block: its address could be one's."""
