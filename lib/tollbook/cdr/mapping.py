"""A layout of one's own: a small YAML file that names the columns of files that a switch was set to write."""

from dataclasses import replace
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from tollbook.cdr.format import Format, Layout
from tollbook.errors import UsageError, did_you_mean


class Mapping(BaseModel):
    """`layout`: which of the format's layouts the files are like. `columns`: their columns in order, by that
    layout's names ('' for one to pass over), for files without a header. `rename`: for files with one, from
    their column names to the layout's. `separator`: between columns, where it is not the layout's."""

    model_config = ConfigDict(extra="forbid", strict=True)

    layout: str
    columns: list[str] | None = None
    rename: dict[str, str] = {}
    separator: str | None = None


def read_mapping(path: Path, wanted: Format) -> Layout:
    """The layout that the file describes.

    Raises:
        UsageError: the file is no such description, or names an unknown layout.
    """
    try:
        content = Mapping.model_validate(yaml.safe_load(path.read_text()))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
    except yaml.YAMLError as error:
        raise UsageError(f"{path}: no YAML: {str(error).splitlines()[0]}") from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"{path}: {key}: {first['msg']}{did_you_mean(key, Mapping.model_fields)}") from None
    layouts = {layout.name: layout for layout in wanted.layouts}
    if content.layout not in layouts:
        raise UsageError(f"{path}: unknown layout '{content.layout}'{did_you_mean(content.layout, layouts)}")
    base = layouts[content.layout]
    columns = tuple(name or f"_{place}" for place, name in enumerate(content.columns or ())) or None
    return replace(
        base,
        recognise=lambda _: True,
        columns=columns,
        rename={theirs.lower(): ours for theirs, ours in content.rename.items()},
        separator=content.separator or base.separator,
    )
