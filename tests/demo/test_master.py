"""Customers and carriers as files that the commands read."""

from tollbook.account import parties
from tollbook.account.audit import command_line
from tollbook.account.database import Database
from tollbook.account.models import Carrier, Customer
from tollbook.account.people import persons
from tollbook.demo.master import write_master_data
from tollbook.demo.network import CARRIERS, CUSTOMERS


def test_the_files_are_imported_as_they_are(workspace, tmp_path):
    customers, carriers, contacts = write_master_data(tmp_path)
    database = Database.of(workspace)
    with database.session() as session:
        sold = parties.import_file(session, Customer, customers)
        bought = parties.import_file(session, Carrier, carriers)
        people = persons.import_file(session, "contact", contacts, command_line())
    database.close()
    assert [row["id"] for row in sold] == [customer.id for customer in CUSTOMERS]
    assert [row["id"] for row in bought] == [carrier.id for carrier in CARRIERS]
    assert [row["customer"] for row in people] == [customer.id for customer in CUSTOMERS]
    assert {row["currency"] for row in (*sold, *bought)} == {"EUR"}
    assert sold[0]["address"] == "1 Example Street\nLondon"
