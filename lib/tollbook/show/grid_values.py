"""A grid's columns, and their values as the page gets them: packed, and exact where they are money."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import polars as pl

from tollbook.money import MONEY, SCALE

Kind = Literal["text", "link", "instant", "integer", "number", "seconds", "duration", "percent", "money"]
Packed = dict[str, Any]
TEXTS: Final = frozenset({"text", "link", "instant"})
_LEAST_PLACES: Final = 2
_INT32: Final = range(-(2**31), 2**31)
_INT64: Final = range(-(2**63), 2**63)


@dataclass(frozen=True)
class GridColumn:
    """One column: which of the frame's, its heading, and how its values are written.

    `number` and `seconds` with one decimal, `duration` as h:mm:ss of seconds, `percent` from a ratio of 0 to 1,
    `money` as the exact decimal, `instant` on the grid's clock, `link` as a text that leads to the address in
    column `href`, within the portal.

    `tone` names a column that says how a row's value is shown: `good`, `wrong`, `quiet`, or as usual where it is null.

    `of` makes it a ratio: two columns of the frame, shown or not, numbers or money. Over several rows its true value
    is the sum of the first by the sum of the second times `scale`; it has none where either is unknown in a row,
    unless the columns `unless` count nothing unknown there. `currency` names the column of codes that the money is
    in. `timed`: these texts are times of the grid's zone, and an export says so. `hidden`: not shown at first. Figures that
    mean nothing together are not `summed` below the rows.
    """

    name: str
    label: str
    kind: Kind = "text"
    hint: str = ""
    of: tuple[str, str] | None = None
    scale: float = 1.0
    unless: tuple[str, ...] = ()
    currency: str = ""
    href: str = ""
    tone: str = ""
    timed: bool = False
    hidden: bool = False
    summed: bool = True


def table(
    frame: pl.DataFrame,
    columns: Sequence[GridColumn],
    *,
    zone: str = "UTC",
    row_key: Sequence[str] = (),
    checkable: str | None = None,
    links: Sequence[str] = (),
    marks: Sequence[str] = (),
) -> Packed:
    """What the page draws: how many rows, the columns, their packed values, the keys of rows, what may be ticked.

    Only what columns, keys, links and marks name leaves the kernel.
    """
    kinds = _kinds(frame, columns)
    return {
        "size": frame.height,
        "columns": [vars(column) for column in columns],
        "values": {name: packed(frame[name], kind, zone) for name, kind in kinds.items()},
        "links": {name: _texts(_within(frame[name])) for name in {*links, *_addresses(columns)}},
        "tones": {name: _texts(frame[name]) for name in {c.tone for c in columns if c.tone}},
        "marks": {name: _bits(frame[name]) for name in marks},
        "keys": {name: _texts(_key(frame[name])) for name in row_key},
        "checkable": _bits(frame[checkable]) if checkable else None,
    }


def _kinds(frame: pl.DataFrame, columns: Sequence[GridColumn]) -> Mapping[str, Kind]:
    """The columns that are sent, and as what: those shown, and the parts that the sums of others need."""
    parts = {name for column in columns for name in (*(column.of or ()), *column.unless)}
    kinds: dict[str, Kind] = {name: _kind(frame.schema[name]) for name in sorted(parts)}
    kinds |= {column.currency: "text" for column in columns if column.currency}
    return kinds | {column.name: column.kind for column in columns}


def _kind(dtype: pl.DataType) -> Kind:
    return "money" if dtype.is_decimal() else "integer" if dtype.is_integer() else "number"


def _addresses(columns: Sequence[GridColumn]) -> set[str]:
    return {column.href for column in columns if column.href}


def packed(values: pl.Series, kind: Kind, zone: str = "UTC") -> Packed:
    """One column: whole numbers and codes of texts in as few bytes as hold them, money as whole numbers of its
    last decimal, other numbers as doubles, of which the unknown are NaN."""
    if kind == "money":
        return _amounts(values)
    if kind == "instant":
        return _instants(values, zone)
    return _texts(written(values)) if kind in TEXTS else _numbers(values)


def _numbers(values: pl.Series) -> Packed:
    small = values.dtype.is_integer() and not values.null_count()
    if small and (not len(values) or _all_within(values, _INT32)):
        return {"as": "i4", "data": values.cast(pl.Int32).to_numpy().tobytes()}
    return {"as": "f8", "data": values.cast(pl.Float64).fill_null(float("nan")).to_numpy().tobytes()}


def _all_within(values: pl.Series, limits: range) -> bool:
    return values.min() in limits and values.max() in limits


def _amounts(values: pl.Series) -> Packed:
    """Whole numbers of 10^-`places`: the points of the whole column stand below each other."""
    exact = values.cast(MONEY).to_physical()
    places = _places(exact)
    whole = exact // _unit(SCALE - places)
    nulls = _bits(whole.is_null()) if whole.null_count() else None
    if whole.null_count() == len(whole) or _all_within(whole, _INT64):
        data = whole.fill_null(0).cast(pl.Int64).to_numpy().tobytes()
        return {"as": "i8", "data": data, "places": places, "nulls": nulls}
    return {"as": "digits", "data": [str(n or 0) for n in whole.to_list()], "places": places, "nulls": nulls}


def _places(exact: pl.Series) -> int:
    """The decimals that the column needs, at least two."""
    needed = (p for p in range(_LEAST_PLACES, SCALE) if not (exact % _unit(SCALE - p)).cast(pl.Boolean).any())
    return next(needed, SCALE)


def _unit(decimals: int) -> pl.Series:
    return pl.Series([10**decimals], dtype=pl.Int128)


def written(values: pl.Series) -> pl.Series:
    """Values as text: instants in UTC to the minute, days as ISO writes them."""
    if values.dtype == pl.Datetime:
        return values.dt.strftime("%Y-%m-%d %H:%M")
    return values.cast(pl.String)


def local(values: pl.Series, zone: str) -> pl.Series:
    """Instants as text on the clock of a zone, as exact as they are; with their offset where one text is two."""
    clock = values.cast(pl.Datetime("us", "UTC")).dt.convert_time_zone(str(ZoneInfo(zone)))
    told = clock.dt.strftime(_exact(clock))
    if told.n_unique() == values.n_unique():
        return told
    return told + clock.dt.strftime(" %:z")


def _exact(clock: pl.Series) -> str:
    if (clock.dt.microsecond() != 0).any():
        return "%Y-%m-%d %H:%M:%S%.3f"
    return "%Y-%m-%d %H:%M:%S" if (clock.dt.second() != 0).any() else "%Y-%m-%d %H:%M"


def _instants(values: pl.Series, zone: str) -> Packed:
    """Texts in the order of their instants."""
    frame = pl.DataFrame({"at": values})
    each = frame.unique().drop_nulls().sort("at")
    told = each.with_columns(text=local(each["at"], zone)).with_row_index("code")
    codes = frame.join(told, on="at", how="left", maintain_order="left")["code"]
    return {**_codes(codes, told["text"].to_list()), "ordered": True}


def _texts(values: pl.Series) -> Packed:
    frame = pl.DataFrame({"text": values.cast(pl.String)})
    told = frame.unique(maintain_order=True).drop_nulls().with_row_index("code")
    codes = frame.join(told, on="text", how="left", maintain_order="left")["code"]
    return _codes(codes, told["text"].to_list())


def _codes(codes: pl.Series, texts: list[str]) -> Packed:
    # The code after the last is what is unknown.
    widths = ((2**8, "u1", pl.UInt8), (2**16, "u2", pl.UInt16), (2**32, "u4", pl.UInt32))
    name, dtype = next((name, dtype) for most, name, dtype in widths if len(texts) < most)
    data = codes.fill_null(len(texts)).cast(dtype).to_numpy().tobytes()
    return {"as": name, "data": data, "texts": texts}


def _bits(values: pl.Series) -> bytes:
    return values.fill_null(value=False).cast(pl.UInt8).to_numpy().tobytes()


def _key(values: pl.Series) -> pl.Series:
    """What identifies a row: an instant in UTC, as ISO 8601 writes it."""
    if values.dtype != pl.Datetime:
        return values.cast(pl.String)
    clock = values.cast(pl.Datetime("us", "UTC"))
    fraction = "%.6f" if (clock.dt.microsecond() != 0).any() else ""
    return clock.dt.strftime(f"%Y-%m-%dT%H:%M:%S{fraction}Z")


def _within(values: pl.Series) -> pl.Series:
    """Addresses within the portal; what leads elsewhere is dropped."""
    return pl.Series([text if text and inside(text) else None for text in values], dtype=pl.String)


def inside(address: str) -> bool:
    """Whether an address is relative to the portal."""
    parts = urlsplit(address)
    return not (parts.scheme or parts.netloc or address.startswith(("/", "\\")))
