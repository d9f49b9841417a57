"""What the page of decks says: headings of its grids, and the words of its parts."""

from tollbook.language import tr
from tollbook.show.grid_values import GridColumn


def deck_columns() -> list[GridColumn]:
    """The columns of all decks."""
    return [
        GridColumn("owner", tr("Deck"), "link", tr("whose it is; opens it"), href="address"),
        GridColumn("side", tr("Of a")),
        GridColumn("currency", tr("Currency")),
        GridColumn("version", tr("Version"), "integer", tr("the one in force"), summed=False),
        GridColumn("rates", tr("Rates"), "integer"),
        GridColumn("imported_at", tr("In force since"), "instant", tr("when this version was imported, UTC")),
        GridColumn(
            "since", tr("Rates from"), "instant", tr("when the first of its rates begins, UTC; empty: always")
        ),
        GridColumn(
            "until",
            tr("Rates until"),
            "instant",
            tr("when the last of its rates ends, UTC; empty: until further notice"),
            tone="tone",
        ),
        GridColumn("source", tr("File")),
    ]


def version_columns() -> list[GridColumn]:
    """The columns of the versions of a deck."""
    return [
        GridColumn("version", tr("Version"), "integer", summed=False),
        GridColumn("source", tr("File"), "link", tr("opens this version"), href="address"),
        GridColumn("rates", tr("Rates"), "integer", summed=False),
        GridColumn("imported_at", tr("In force since"), "instant", tr("when this version was imported, UTC")),
        GridColumn("replaced_at", tr("Replaced"), "instant", tr("when the next version came, UTC")),
        GridColumn(
            "since", tr("Rates from"), "instant", tr("when the first of its rates begins, UTC; empty: always")
        ),
        GridColumn(
            "until",
            tr("Rates until"),
            "instant",
            tr("when the last of its rates ends, UTC; empty: until further notice"),
        ),
        GridColumn("currency", tr("Currency")),
        GridColumn("rounding", tr("Rounding"), hint=tr("of talk; decimals and rounding of a price")),
    ]


def rate_columns() -> list[GridColumn]:
    """The columns of a version's rates."""
    return [
        GridColumn("prefix", tr("Prefix"), tone="tone"),
        GridColumn("destination", tr("Destination"), tone="tone"),
        GridColumn("rate_per_min", tr("Rate"), "money", tr("price of a minute"), summed=False),
        GridColumn(
            "connect_fee", tr("Connect fee"), "money", tr("added to every call with talk"), summed=False
        ),
        GridColumn("increments", tr("Increments (s)"), hint=tr("the first, and those after it")),
        GridColumn("effective_from", tr("From"), "instant", tr("UTC; empty: always")),
        GridColumn("effective_to", tr("Until"), "instant", tr("UTC, excluded; empty: until further notice")),
        GridColumn("blocked", tr("Blocked"), hint=tr("calls to it get no price")),
    ]


def difference_columns() -> list[GridColumn]:
    """The columns of the difference of two versions."""
    return [
        GridColumn("prefix", tr("Prefix")),
        GridColumn("destination", tr("Destination")),
        GridColumn("kind", tr("Difference"), tone="tone"),
        GridColumn("rate_before", tr("Rate before"), "money", summed=False),
        GridColumn("rate_after", tr("Rate after"), "money", summed=False),
        GridColumn(
            "change", tr("Change"), "money", tr("rate after less rate before"), tone="tone", summed=False
        ),
        GridColumn("change_ratio", tr("Change %"), "percent", tone="tone", summed=False),
        GridColumn(
            "increments_before", tr("Increments before (s)"), hint=tr("the first, and those after it")
        ),
        GridColumn("increments_after", tr("Increments after (s)"), hint=tr("the first, and those after it")),
        GridColumn("connect_fee_before", tr("Connect fee before"), "money", hidden=True, summed=False),
        GridColumn("connect_fee_after", tr("Connect fee after"), "money", hidden=True, summed=False),
        GridColumn("since", tr("From"), "instant", tr("UTC; empty: always")),
        GridColumn("until", tr("Until"), "instant", tr("UTC, excluded; empty: until further notice")),
    ]


def affected_columns() -> list[GridColumn]:
    """The columns of whom a new version touches."""
    return [
        GridColumn("customer", tr("Customer")),
        GridColumn("destination", tr("Destination")),
        GridColumn("minutes", tr("Minutes"), "number", tr("talk of the last 30 days")),
        GridColumn(
            "amount",
            tr("Amount"),
            "money",
            tr("charge, or with a carrier's deck cost, of the last 30 days"),
            currency="currency",
        ),
        GridColumn(
            "amount_after",
            tr("With the new rates"),
            "money",
            tr("the same minutes, once all new rates have begun"),
            currency="currency",
        ),
        GridColumn("change", tr("Change"), "money", tone="tone", currency="currency"),
        GridColumn(
            "sure", tr("Exact?"), hint=tr("exact where the sums of the traffic tell it, else an estimate")
        ),
    ]


def words() -> dict[str, str]:
    """What the parts say."""
    return {
        "none": tr("There is no deck yet."),
        "download": tr("Download"),
        "as_csv": tr("Rates as CSV"),
        "as_xlsx": tr("Rates as XLSX"),
        "saved": tr("{name} is saved."),
        "file": tr("CSV, XLSX or JSON rate card"),
        "owner": tr("Whose deck"),
        "currency": tr("Currency"),
        "card": tr("Card"),
        "if_needed": tr("only if the file needs it"),
        "too_large": tr("The file is larger than {most} MB."),
        "reading": tr("The file is being read."),
        "enter": tr("Put it in force"),
        "drop": tr("Discard"),
        "dry": tr("Nothing has been changed yet."),
    }
