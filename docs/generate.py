"""Write the docs that repeat what the code says: commands.md, glossary.md, metrics.md. `make docs` runs it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import click
import polars as pl

from tollbook.cli import root
from tollbook.metrics import METRICS
from tollbook.metrics.page import page
from tollbook.tables import OUTCOMES, TABLES, UNRATED, Dtype

HERE = Path(__file__).resolve().parent
NOTE = "<!-- Made from the code by `make docs`; change it there. -->"

COMMANDS_INTRO = """# Commands

One command, `tollbook`; each part of it explains itself with `--help`.

`--home DIR` or `TOLLBOOK_HOME` names the workspace; without them it is `./data`. Both stand before or after the
command's name. `--json` prints one JSON document to standard output and nothing else there; words and progress
always go to standard error. In JSON a decimal is a string in full precision, an instant is ISO 8601 with `Z`, a
ratio is a number from 0 to 1, or null where there is nothing to divide by.

Exit code 0: done. 1: could not be done; one line says why and what to do. 2: the request is wrong. Input that is
partly bad is 0, with counts of what was set aside; `--strict` makes it 1.

| command | JSON it prints |
|---|---|
| `init` | `{home, created}` |
| `demo` | how many customers, carriers, decks, calls there are now |
| `import` | `{files, read, stored, duplicates, rejected, unrated, rejects}`; `rejects` is a path or null |
| `formats` | list of `{name, description}` |
| `refresh` | `{calls_seen, days_touched, updated_at}` |
| `summary` | list of `{customer, view, start, end, attempts, answers, asr, acd_s, talk_s, billed_s, charge, cost, profit, \
profit_ratio, currency, unrated, invoice, cost_unrated}` |
| `metrics` | list of the groups, each with `name: {value, numerator, denominator}` |
| `channels` | list of `{at, channels}`; with `--peak` `{peak, at}` |
| `customer`, `carrier` | the rows |
| `deck import` | `{rows, currency, effective_from}` |
| `deck explain` | `{prefix, destination, rate_per_min, billed_s, charge, currency, steps}` |
| `invoice run` | list of `{number, customer, status, net, tax, total, currency, files}` |
| `invoice list`, `invoice show` | the records |
| `serve` | nothing; it prints its address |
| `doctor` | list of checks |

What a metric means is in [metrics.md](metrics.md), a format in [formats.md](formats.md), a column in
[glossary.md](glossary.md).
"""

GLOSSARY_INTRO = """# Glossary

Names are the same in the program, its files, its pages and its docs. A name ends in its unit: `_s` seconds, `_ms`
milliseconds, `_at` an instant in UTC. Money is an exact decimal with its currency beside it.

| word | meaning |
|---|---|
| account | the operator that runs the switches; one per installation |
| customer | whom the account sells to |
| carrier | whom the account buys from |
| call | what a customer offered, once, however many routes it took |
| seizure | one try of a call on a carrier's route: a call that moves on after a 503 is one call and two seizures |
| attempts | calls offered by customers; never seizures |
| answered | there is an answer signal, even where the talk is 0 s |
| charge, cost | what the customer pays for a call; what the carrier asks for a seizure |
| deck | the prices of one customer or carrier by prefix, in one currency |
| unrated | a call that should have a price and has none; it is counted, and never taken for 0 |
| reject | a record that breaks a rule of its format: set aside with its file, line and text |
| period | a day, an ISO week or a month in UTC: its start belongs to it, its end does not |
| workspace | the folder that holds all data of one installation |
"""


def commands() -> str:
    """docs/commands.md."""
    context = click.Context(root, info_name="tollbook")
    return "\n".join([NOTE, COMMANDS_INTRO, *described(root, context)])


def described(group: click.Group, context: click.Context) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name) or root
        inner = click.Context(command, info_name=name, parent=context)
        if isinstance(command, click.Group):
            yield from described(command, inner)
        else:
            yield described_command(command, inner)


def described_command(command: click.Command, context: click.Context) -> str:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    records = (p.get_help_record(context) or ("", "") for p in command.params if isinstance(p, click.Option))
    rows = [
        (f"`{n}`", " ".join(words.split()))
        for n, words in records
        if not {"", "--home", "--json"} & {n, n.split(" ")[0]}
    ]
    words = " ".join((command.help or "").split())
    options = ["", *grid(("option", "meaning"), rows)] if rows else []
    return "\n".join([f"## {context.command_path}", "", words, "", f"    {usage}", *options, ""])


def glossary() -> str:
    """docs/glossary.md."""
    parts = [NOTE, GLOSSARY_INTRO]
    parts += ["## Outcomes of a call or seizure\n", ", ".join(f"`{name}`" for name in OUTCOMES), ""]
    reasons = [(f"`{name}`", words) for name, words in UNRATED.items()]
    parts += ["## Why a call is unrated\n", *grid(("reason", "meaning"), reasons), ""]
    figures = [
        (f"`{m.name}`", ", ".join(filter(None, (m.label, m.unit))), m.meaning) for m in METRICS.values()
    ]
    parts += ["## Figures\n", *grid(("metric", "shown as", "meaning"), figures), ""]
    parts += ["Each with its source and a worked example: [metrics.md](metrics.md).\n"]
    for table in TABLES:
        parts += [f"## Table `{table.name}`\n", f"{table.meaning[0].upper()}{table.meaning[1:]}.\n"]
        columns = [(f"`{c.name}`", kind(c.dtype), c.meaning) for c in table.columns]
        parts += [*grid(("column", "type", "meaning"), columns), ""]
    return "\n".join(parts)


def grid(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    """A table in Markdown."""
    lines = [" | ".join(cell.replace("|", "\\|") for cell in row) for row in rows]
    return [f"| {' | '.join(head)} |", "|---" * len(head) + "|", *(f"| {line} |" for line in lines)]


def kind(dtype: Dtype) -> str:
    """The type in a reader's words."""
    if isinstance(dtype, pl.Decimal):
        return f"decimal, {dtype.scale} places"
    if isinstance(dtype, pl.Datetime):
        return "instant, UTC"
    words = {pl.Date: "date", pl.String: "text", pl.Float64: "number"}
    return words.get(dtype, "whole number")


if __name__ == "__main__":
    (HERE / "commands.md").write_text(commands())
    (HERE / "glossary.md").write_text(glossary())
    (HERE / "metrics.md").write_text(page())
