"""What the page of number blocks says: headings of its grids, and the words of its parts."""

from tollbook.language import tr
from tollbook.show.grid_values import GridColumn


def columns(*, all_customers: bool) -> list[GridColumn]:
    """The columns of extensions; who reads one customer alone needs neither its name nor who entered them."""
    told = [
        GridColumn("number", tr("Number")),
        GridColumn("customer", tr("Customer")),
        GridColumn("name", tr("Name")),
        GridColumn("block", tr("Block")),
        GridColumn("mark", tr("Remark")),
        GridColumn("created_at", tr("Entered"), "instant"),
        GridColumn("created_by", tr("Entered by")),
    ]
    return [column for column in told if all_customers or column.name not in {"customer", "created_by"}]


def conflict_columns() -> list[GridColumn]:
    """The columns of conflicts."""
    return [
        GridColumn("line", tr("Line number"), "integer"),
        GridColumn("number", tr("Number")),
        GridColumn("customer", tr("Customer")),
        GridColumn("why", tr("Why")),
    ]


def words() -> dict[str, str]:
    """What the parts say."""
    return {
        "sums": tr("{blocks} blocks, {numbers} numbers, {share} used"),
        "filled": tr("{used} used, {free} free ({share})"),
        "gap": tr("{start}-{end} is free"),
        "empty": tr("There are no blocks yet."),
        "release": tr("Release"),
        "release_of": tr("Release {start}-{end}"),
        "allocate": tr("Allocate"),
        "next": tr("Next that fits: {span}"),
        "customer": tr("Customer"),
        "start": tr("Range start"),
        "size": tr("Block size"),
        "set": tr("Set"),
        "first": tr("First number"),
        "last": tr("Last number"),
        "number": tr("Number"),
        "name": tr("Name"),
        "take": tr("Take"),
        "rename": tr("Rename"),
        "take_next": tr("empty: the next that is free"),
        "free": tr("Free numbers"),
        "more": tr("The first {count}; there are more."),
    }


def file_words(resource: str) -> dict[str, str]:
    """What the part for files of `extensions` or of `blocks` says."""
    if resource == "blocks":
        file = tr("CSV or XLSX with start, end and customer")
        planned = tr("{file}: {rows} rows, {added} new, {unchanged} as they are, {conflicts} conflicts.")
    else:
        file = tr("CSV or XLSX with number, customer and name")
        planned = tr(
            "{file}: {rows} rows, {added} new, {changed} with another name, {unchanged} as they are, {conflicts} conflicts."
        )
    return {
        "file": file,
        "planned": planned,
        "too_large": tr("The file is larger than {most} KB."),
        "enter": tr("Enter what fits"),
        "dry": tr("Nothing has been changed yet."),
        "write": tr("Files of what there is, to be read in again:"),
        "saved": tr("{name} is saved."),
    }
