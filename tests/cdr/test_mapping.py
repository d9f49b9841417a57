"""A layout of one's own is described strictly."""

from pathlib import Path

import pytest

from tollbook.cdr.format import format_named
from tollbook.cdr.mapping import read_mapping
from tollbook.errors import UsageError


def described(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "map.yml"
    file.write_text(text)
    return file


def test_columns_replace_those_of_the_layout(tmp_path: Path) -> None:
    text = "layout: asterisk-16\nseparator: ';'\ncolumns: [src, '', dst]\n"
    layout = read_mapping(described(tmp_path, text), format_named("asterisk"))
    assert (layout.columns, layout.separator) == (("src", "_1", "dst"), ";")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("layout: asterisk-61\n", "unknown layout 'asterisk-61', did you mean 'asterisk-"),
        ("layuot: asterisk-16\n", "layuot|layout"),
        ("columns: 5\nlayout: asterisk-16\n", "columns: Input should be a valid list"),
        ("- a\n", "Input should be a valid dictionary"),
        ("a: [", "no YAML"),
    ],
)
def test_a_wrong_description_is_refused_with_the_key(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=message):
        read_mapping(described(tmp_path, text), format_named("asterisk"))


def test_a_missing_description_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        read_mapping(tmp_path / "none.yml", format_named("asterisk"))
