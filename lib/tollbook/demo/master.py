"""The demo's customers and carriers as the CSV files that `customer import` and `carrier import` read."""

from pathlib import Path

import polars as pl

from tollbook.demo.decks import CURRENCY
from tollbook.demo.network import CARRIERS, CUSTOMERS
from tollbook.money import plain


def write_master_data(folder: Path) -> tuple[Path, Path]:
    """Write customers.csv and carriers.csv; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    customers, carriers = folder / "customers.csv", folder / "carriers.csv"
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
    return customers, carriers
