"""The demo's customers, carriers and contacts as the CSV files that `import` of each reads."""

from pathlib import Path

import polars as pl

from tollbook.demo.decks import CURRENCY
from tollbook.demo.network import CARRIERS, CUSTOMERS
from tollbook.money import plain


def write_master_data(folder: Path) -> tuple[Path, Path, Path]:
    """Write customers.csv, carriers.csv and contacts.csv, one of each customer; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    customers, carriers, contacts = (folder / f"{name}.csv" for name in ("customers", "carriers", "contacts"))
    pl.DataFrame(
        {
            "id": c.id,
            "name": c.name,
            "currency": CURRENCY,
            "channels": c.channels,
            "zone": c.zone,
            "tax_rate": plain(c.tax_rate),
            "address": c.address,
        }
        for c in CUSTOMERS
    ).write_csv(customers)
    pl.DataFrame(
        {"id": c.id, "name": c.name, "currency": CURRENCY, "channels": c.channels} for c in CARRIERS
    ).write_csv(carriers)
    pl.DataFrame(
        {"login": f"noc@{c.id}.example", "customer": c.id, "name": f"{c.name}, NOC", "department": "NOC"}
        for c in CUSTOMERS
    ).write_csv(contacts)
    return customers, carriers, contacts
