"""What a grid says, in the reader's language."""

from tollbook.language import tr


def words() -> dict[str, str]:
    """Each text of the grid's modules by its name."""
    return {**_bar(), **_menus(), **_filters(), **_status()}


def _bar() -> dict[str, str]:
    return {
        "actions": tr("Actions for the ticked rows"),
        "columns": tr("Columns"),
        "clear_filters": tr("Clear filters"),
        "reset": tr("Reset columns"),
        "loading": tr("Loading rows…"),
        "empty": tr("No rows."),
        "nothing_left": tr("No row passes the filters."),
        "total": tr("Total"),
        "total_of": tr("Total of the rows that the filters leave"),
        "tick": tr("Tick this row"),
        "tick_all": tr("Tick all rows shown"),
        "ticked": tr("Ticked: {count}"),
        "row_menu": tr("Menu of this row"),
        "open": tr("Open"),
    }


def _menus() -> dict[str, str]:
    return {
        "menu": tr("Cells"),
        "copy": tr("Copy"),
        "copy_headers": tr("Copy with Headers"),
        "csv": tr("Export CSV"),
        "xlsx": tr("Export XLSX"),
        "select_all": tr("Select all"),
        "select_row": tr("Select the row"),
        "select_column": tr("Select the column"),
        "copied": tr("Copied: {count} cells"),
        "not_copied": tr("The browser did not let this be copied."),
        "preparing": tr("Preparing the file…"),
        "saved": tr("Saved: {name}"),
        "column_menu": tr("Menu of the column {name}"),
        "ascending": tr("Sort ascending"),
        "descending": tr("Sort descending"),
        "add_ascending": tr("Then sort ascending"),
        "unsorted": tr("Do not sort by this"),
        "wider": tr("Wider"),
        "narrower": tr("Narrower"),
        "fit": tr("Fit to its content"),
        "earlier": tr("Move towards the start"),
        "later": tr("Move towards the end"),
        "pin": tr("Pin"),
        "unpin": tr("Unpin"),
        "hide": tr("Hide"),
    }


def _filters() -> dict[str, str]:
    return {
        "filter": tr("Filter {name}"),
        "contains": tr("contains"),
        "filter_number": tr("Write >10, <=5, =0 or 5..9"),
        "filter_duration": tr("Write >1:30:00, <=90s, 5m..2h or seconds"),
        "filter_instant": tr("Write a part of it, >2026-10-05 or 2026-10-05..2026-10-07"),
        "filter_text": tr("Write a part of it, or = and the whole"),
    }


def _status() -> dict[str, str]:
    return {
        "rows": tr("Rows: {count}"),
        "rows_of": tr("Rows: {count} of {all}"),
        "selection": tr("Selection"),
        "cells": tr("Cells"),
        "count": tr("Count"),
        "sum": tr("Sum"),
        "average": tr("Average"),
        "true": tr("True {name}"),
        "min": tr("Min"),
        "max": tr("Max"),
        "true_hint": tr("from sums: {numerator} / {denominator}"),
        "average_hint": tr("the mean of the cells as they stand, each counting the same"),
        "rounded_hint": tr("the exact sum by the count, rounded half up to the column's decimals"),
        "missing": tr("rows without {name}: {count}"),
        "known": tr("of {count} cells; without a value: {missing}"),
        "currencies": tr("several currencies: {codes}"),
        "nothing": tr("there is nothing to divide by"),
    }
