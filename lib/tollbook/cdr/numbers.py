"""Telephone numbers as the tables keep them."""

from typing import Final

import polars as pl

_URI_USER: Final = r"(?:^|[\s<])(?:sips?|tel):([^@;>]*)"


def digits(raw: pl.Expr) -> pl.Expr:
    """The number in what a switch wrote: the user of a SIP or tel URI, without a leading `+`; null where empty.

    Leading zeros stay. What is no number (`anonymous`, `alice`) stays as it is.
    """
    user = pl.coalesce(raw.str.extract(_URI_USER), raw)
    return _none_if_empty(user.str.strip_chars().str.strip_prefix("+"))


def raw_if_different(raw: pl.Expr) -> pl.Expr:
    """What the switch wrote, where `digits` made something else of it; null elsewhere."""
    return pl.when(raw != digits(raw)).then(raw)


def _none_if_empty(text: pl.Expr) -> pl.Expr:
    return pl.when(text != "").then(text)
