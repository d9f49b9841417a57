"""Small notebooks."""

from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


@pytest.fixture
def notebook(tmp_path: Path) -> Callable[..., Path]:
    """A notebook of these cells; `parameters` is the source of its parameters cell."""

    def written(*cells: str, parameters: str = 'customer: str = ""\ndays: int = 1') -> Path:
        made = [new_code_cell(parameters, metadata={"tags": ["parameters"]}), *map(new_code_cell, cells)]
        path = tmp_path / "note.ipynb"
        nbformat.write(new_notebook(cells=made, metadata=KERNEL), path)
        return path

    return written
