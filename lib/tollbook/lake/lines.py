"""Lines taken apart one by one, where a whole chunk at once would be wrong: loose quotes, broken lines, JSON."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from tollbook.cdr.format import Layout

_JOINED_LINES: Final = 10


def split(lines: Iterable[tuple[int, str]], layout: Layout) -> Iterator[tuple[int, str, list[str]]]:
    """Each line's cells, joined with the lines after it where a text goes on there; blank lines are nothing."""
    waiting = list(lines)
    width = len(layout.columns or ())
    at = 0
    while at < len(waiting):
        number, raw = waiting[at]
        at += 1
        if not raw.strip():
            continue
        if raw.count('"') % 2:
            joined = raw
            for ahead, (_, line) in enumerate(waiting[at : at + _JOINED_LINES], 1):
                joined = f"{joined}\n{line}"
                cells = _cells(joined, layout.separator)
                if joined.count('"') % 2 == 0 and len(cells) == width:
                    yield number, joined, cells
                    at += ahead
                    break
            else:
                yield number, raw, _loose_cells(raw, layout.separator)
            continue
        cells = _cells(raw, layout.separator)
        yield number, raw, cells if len(cells) == width else _loose_cells(raw, layout.separator)


def _cells(text: str, separator: str) -> list[str]:
    try:
        rows = list(csv.reader([text], delimiter=separator, strict=True))
    except csv.Error:
        return []
    return rows[0] if len(rows) == 1 else []


def _loose_cells(raw: str, separator: str) -> list[str]:
    """Cells of a line whose inner quotes were not doubled: a quote closes only before a separator or the end."""
    cells, at = [], 0
    while at <= len(raw):
        if raw.startswith('"', at):
            end = raw.find(f'"{separator}', at + 1)
            stop = end if end >= 0 else len(raw) - raw.endswith('"')
            cells.append(raw[at + 1 : stop])
            at = stop + 2
        else:
            end = raw.find(separator, at)
            stop = end if end >= 0 else len(raw)
            cells.append(raw[at:stop])
            at = stop + 1
    return cells


def flat(row: Mapping[str, Any]) -> dict[str, str | None]:
    """Keys in lower case to texts; an object in `val`, as a message queue wraps it, gives its own keys too."""
    if not isinstance(row, dict):
        raise TypeError("no object")
    inner = row.get("val")
    if isinstance(inner, str):
        unwrapped = json.loads(inner, parse_float=str, parse_int=str)
        if not isinstance(unwrapped, dict):
            raise TypeError("no object in val")
        row = {**row, **unwrapped}
    return {
        key.lower(): value if isinstance(value, str) else None if value is None else json.dumps(value)
        for key, value in row.items()
        if key != "val"
    }
