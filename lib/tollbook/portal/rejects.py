"""`/rejects`: what imports refused, file by file with the first reasons, and each file to take along."""

from typing import Final
from urllib.parse import quote

from tollbook.lake import rejects
from tollbook.language import tr
from tollbook.portal.access import asks
from tollbook.portal.downloads import Download
from tollbook.portal.handlers import Plain
from tollbook.portal.lanes import GRAPHS
from tollbook.show.words import number
from tollbook.workspace import open_workspace

MOST: Final = 50
"""Files that are shown; the others lie in the folder."""


class Rejects(Plain):
    """The newest files of `rejects/`."""

    @asks("see", "imports")
    async def get(self) -> None:
        """Each with when it was made, what it came from, how many broke which rule, and the first records."""
        found = rejects.files(open_workspace())
        read = await GRAPHS.answer(lambda: [rejects.refused(file) for file in found[:MOST]])
        shown = [one for one in read if one]
        more = len(found) - len(shown)
        self.show(tr("Refused records"), template="rejects.html.j2", refused=shown, more=more, number=number)


class RejectsFile(Download):
    """`/rejects/<name>.csv`: all records of one file, with their rules."""

    @asks("export", "imports")
    async def get(self, name: str) -> None:
        """Only what lies in the folder itself has a name there."""
        file = rejects.named(open_workspace(), name)
        await self.note_export(f"rejects: {file.name}")
        self.set_header("Content-Type", "text/csv; charset=UTF-8")
        self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(file.name)}")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Encoding", "identity")  # packing a large one would hold up everybody else
        await self.send(rejects.csv_pieces(file))


ROUTES: Final = (("/rejects", Rejects), (r"/rejects/([^/]+\.csv)", RejectsFile))
