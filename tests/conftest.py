"""What all tests share."""

from pathlib import Path

import pytest

from tollbook.workspace import Workspace

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A fresh, empty workspace."""
    made = Workspace(tmp_path / "home")
    made.create()
    return made


@pytest.fixture(scope="session")
def samples() -> Path:
    """Records of real switches with independent truth; not part of a clone."""
    folder = SHARED / "samples"
    if not folder.is_dir():
        pytest.skip("the records of real switches are not beside this clone")
    return folder
