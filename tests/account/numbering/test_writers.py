"""Eight processes that give and take numbers at the same time: no overlap, no extension twice, none forgotten."""

import json
import subprocess
import sys
from collections import Counter
from itertools import pairwise

from sqlalchemy import select

from account.numbering.conftest import BY
from tollbook.account.database import Database
from tollbook.account.models import Customer
from tollbook.account.numbering import blocks
from tollbook.account.numbering.models import Extension, NumberBlock

WRITERS, ROUNDS = 8, 4
WRITER = """
import json, sys
from tollbook.account.audit import Actor
from tollbook.account.database import Database
from tollbook.account.numbering import blocks, extensions
from tollbook.account.numbering.book import ConflictError

database, by, told = Database(sys.argv[1]), Actor(None, "writer " + sys.argv[2]), []

def do(what, work, *words):
    try:
        with database.session() as session:
            row = work(session, by, *words)
        told.append([what, row.get("number", row.get("start"))])
        return row
    except ConflictError:
        told.append([what, None])

print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[3])):
    do("block", blocks.allocate, "beta")
    do("same block", blocks.allocate, "beta", f"{number}000", f"{number}499")
    do("next", extensions.add, "acme")
    do("same", extensions.add, "delta", f"77{number}")
    released = do("to be released", blocks.allocate, "gamma", f"9{sys.argv[2]}00", f"9{sys.argv[2]}09")
    do("release", blocks.release, released["id"])
print(json.dumps(told), flush=True)
"""


def test_eight_writers_at_once(database: Database, migrated_url: str) -> None:
    with database.session() as session:
        session.add_all([Customer(id=name, name=name) for name in ("acme", "beta", "gamma", "delta")])
        session.flush()
        blocks.set_up(session, BY, start="10000", size=7)
        blocks.allocate(session, BY, "acme", "500", "599")
    started = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, migrated_url, str(number), str(ROUNDS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(WRITERS)
    ]
    for process in started:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    ended = [process.communicate()[0] for process in started]
    assert [process.returncode for process in started] == [0] * WRITERS
    done = Counter(what for text in ended for what, number in json.loads(text) if number is not None)
    everyone = WRITERS * ROUNDS
    assert done == {
        "block": everyone,
        "same block": ROUNDS,
        "next": everyone,
        "same": ROUNDS,
        "to be released": everyone,
        "release": everyone,
    }
    _check(database, everyone)


def _check(database: Database, everyone: int) -> None:
    with database.reading() as session:
        rows = session.scalars(select(NumberBlock).order_by(NumberBlock.start_key)).all()
        assert all(one.end_key < other.start_key for one, other in pairwise(rows))
        assert len(rows) == 1 + everyone + ROUNDS
        fives = [row.start_number for row in rows if len(row.start_number) == 5]
        assert fives == [str(10000 + 7 * place) for place in range(everyone)]
        numbers = session.scalars(select(Extension.number).order_by(Extension.key)).all()
        assert numbers == [
            *(str(500 + place) for place in range(everyone)),
            *(f"77{one}" for one in range(ROUNDS)),
        ]
