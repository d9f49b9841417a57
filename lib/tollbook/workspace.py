"""A workspace: the one folder that holds an installation's data."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from tollbook.errors import TollbookError

LAYOUT: Final = 1
"""Raised when the files of a workspace change in a way that older programs would misread."""

_MODE: Final = 0o750
"""Of a new workspace's folder: nobody else on the machine may look into it; its group, which is the owner's to give, may."""


@dataclass(frozen=True)
class Workspace:
    """Where everything of one installation lies."""

    home: Path

    @property
    def marker(self) -> Path:
        return self.home / "workspace.json"

    @property
    def rejects(self) -> Path:
        return self.home / "rejects"

    @property
    def reports(self) -> Path:
        return self.home / "reports"

    @property
    def staging(self) -> Path:
        """Half-done work; whatever lies here belongs to a running or a killed command."""
        return self.home / "staging"

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL: `TOLLBOOK_DATABASE_URL`, else the workspace's own SQLite file."""
        own = quote(str((self.home / "tollbook.db").resolve()))
        return os.environ.get("TOLLBOOK_DATABASE_URL") or f"sqlite:///{own}"

    def create(self) -> bool:
        """Make an empty workspace; true if there was none. One that exists is left as it is.

        Raises:
            TollbookError: it cannot lie there, or a newer Tollbook made what lies there.
        """
        if "=" in str(self.home):
            raise TollbookError(
                f"{self.home}: a folder on the way has '=' in its name, which names a part of a table: choose another"
            )
        if self.marker.exists():
            open_workspace(self.home)
            return False
        self.home.mkdir(mode=_MODE, parents=True, exist_ok=True)
        for folder in (self.rejects, self.reports, self.staging):
            folder.mkdir(parents=True, exist_ok=True)
        aside = self.marker.with_suffix(".tmp")
        aside.write_text(json.dumps({"layout": LAYOUT}) + "\n")
        aside.replace(self.marker)
        return True


def default_home() -> Path:
    """`TOLLBOOK_HOME`, else `./data`."""
    return Path(os.environ.get("TOLLBOOK_HOME", "data"))


def open_workspace(home: Path | None = None) -> Workspace:
    """The workspace at `home`, else at `TOLLBOOK_HOME`, else at `./data`.

    Raises:
        TollbookError: there is none, or a newer Tollbook made it.
    """
    workspace = Workspace((home or default_home()).resolve())
    try:
        layout = int(json.loads(workspace.marker.read_text())["layout"])
    except FileNotFoundError:
        raise TollbookError(f"{workspace.home} is no workspace: make one with `tollbook init`") from None
    except (ValueError, KeyError, TypeError):
        raise TollbookError(f"{workspace.marker} is damaged: restore it from a backup") from None
    if layout > LAYOUT:
        raise TollbookError(
            f"{workspace.home} was made by a newer Tollbook (layout {layout}, this one knows {LAYOUT}): update Tollbook"
        )
    return workspace
