"""Run the notebooks of the gallery and keep what they show. `python docs/gallery.py [NAME ...]`"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

GALLERY = Path(__file__).resolve().parents[1] / "notebooks" / "gallery"


def run(path: Path) -> None:
    """Run one notebook from top to bottom and write it back with its outputs."""
    node = nbformat.read(path, as_version=4)
    NotebookClient(node, timeout=120, record_timing=False, kernel_name="python3").execute(
        cwd=str(path.parent)
    )
    nbformat.write(settled(node), path)


def settled(node: NotebookNode) -> NotebookNode:
    """The notebook without what differs between machines."""
    node.metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return node


if __name__ == "__main__":
    for notebook in sorted(GALLERY.glob("*.ipynb")):
        if len(sys.argv) == 1 or notebook.stem in sys.argv[1:]:
            sys.stdout.write(f"{notebook.name}\n")
            run(notebook)
