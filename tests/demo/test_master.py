"""Customers and carriers as files that the commands read."""

from tollbook.account import parties
from tollbook.account.database import Database
from tollbook.account.models import Carrier, Customer
from tollbook.demo.master import write_master_data
from tollbook.demo.network import CARRIERS, CUSTOMERS


def test_the_files_are_imported_as_they_are(workspace, tmp_path):
    customers, carriers = write_master_data(tmp_path)
    database = Database.of(workspace)
    with database.session() as session:
        sold = parties.import_file(session, Customer, customers)
        bought = parties.import_file(session, Carrier, carriers)
    database.close()
    assert [row["id"] for row in sold] == [customer.id for customer in CUSTOMERS]
    assert [row["id"] for row in bought] == [carrier.id for carrier in CARRIERS]
    assert {row["currency"] for row in (*sold, *bought)} == {"EUR"}
    assert sold[0]["address"] == "1 Example Street\nLondon"
