"""Blocks and extensions as files that the commands read."""

from tollbook.account import parties
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.account.numbering import block_intake, blocks, intake, lines
from tollbook.demo.blocks import BLOCKS, USED, write_numbers
from tollbook.demo.network import CUSTOMERS

BY = Actor(None, "test")


def test_the_files_are_imported_as_they_are_and_every_extension_is_of_its_customers_block(
    workspace, tmp_path
):
    block_file, extension_file = write_numbers(tmp_path)
    database = Database.of(workspace)
    with database.session() as session:
        for customer in CUSTOMERS:
            parties.add(session, Customer, customer.id, {}, BY)
        given = block_intake.plan(session, "blocks.csv", lines.read_blocks(block_file))
        block_intake.carry_out(session, BY, given)
        taken = intake.plan(session, "extensions.csv", lines.read(extension_file))
        intake.carry_out(session, BY, taken)
        used = {(row["customer"], row["start"]): row["used"] for row in blocks.listing(session)}
    database.close()
    assert (given.conflicts, taken.conflicts) == ([], [])
    assert set(used) == {(customer, start) for customer, start, _ in BLOCKS}
    assert used == {(customer, start): count for customer, start, count in USED}
