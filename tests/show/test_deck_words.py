"""What the page of rate decks says."""

import polars as pl
import pytest

from tollbook.billing.deckdiff import differences
from tollbook.billing.decks import RATES
from tollbook.show import deck_rows, deck_words

EMPTY = pl.DataFrame(schema=RATES)
FRAMES = {
    "deck": (deck_words.deck_columns, lambda: deck_rows.version_frame([], None, "")),
    "version": (deck_words.version_columns, lambda: deck_rows.version_frame([], None, "")),
    "rate": (deck_words.rate_columns, lambda: deck_rows.rate_frame([])),
    "difference": (
        deck_words.difference_columns,
        lambda: deck_rows.difference_frame(differences(EMPTY, EMPTY), "", 9),
    ),
    "affected": (deck_words.affected_columns, lambda: deck_rows.affected_frame([], "")),
}


@pytest.mark.parametrize("kind", FRAMES)
def test_every_column_is_there_once_and_has_a_heading(kind):
    columns, frame = FRAMES[kind][0](), FRAMES[kind][1]()
    names = [column.name for column in columns]
    assert len({*names}) == len(names)
    asked = {
        name for column in columns for name in (column.name, column.tone, column.href, column.currency)
    } - {""}
    assert asked <= {*frame.columns}
    assert all(column.label for column in columns)


def test_every_word_is_said():
    assert all(deck_words.words().values())
