"""Which workspace a notebook shows."""

import os
from pathlib import Path

from tollbook.workspace import Workspace, open_workspace


def workspace() -> Workspace:
    """The one that `TOLLBOOK_HOME` names, else the nearest `data` here or in a folder above.

    JupyterLab runs a notebook in the notebook's own folder, beside which `data` lies.

    Raises:
        TollbookError: there is none.
    """
    if "TOLLBOOK_HOME" in os.environ:
        return open_workspace()
    here = Path.cwd()
    candidates = [Workspace(folder / "data") for folder in (here, *here.parents)]
    found = next((one for one in candidates if one.marker.exists()), candidates[0])
    return open_workspace(found.home)
