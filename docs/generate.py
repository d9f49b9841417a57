"""Write the docs that repeat what the code says: api.md, commands.md, glossary.md, metrics.md. `make docs` runs it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import click
import polars as pl

from tollbook.api.operations import ROOT
from tollbook.api.problems import MEANINGS
from tollbook.api.table import OPERATIONS
from tollbook.cli import root
from tollbook.metrics import METRICS
from tollbook.metrics.page import page
from tollbook.tables import HISTORY, LIVE_TABLES, OUTCOMES, TABLES, UNRATED, Dtype

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
| `live` | `{at, channels, answered, configured, level, source, silent, complete, age_s, by_customer, by_carrier, sources}`; \
`channels` is null where nobody can tell; with `--watch` a line each; with `--history` `{from, to, peak, peak_at, peak_cps, peak_cps_at, \
breaches, unrecorded, unrecorded_calls, unseen, unseen_calls, asked}` |
| `calls` | list of the calls, with the columns asked for; with `--count` `{calls}` |
| `checklist` | list of `{name, words, remedy, page, query}`; `page` and `query` are where the portal leads |
| `alert add`, `alert set`, `alert remove` | `{id, name, area, operator, threshold, reset, sample_min, min_calls, repeat_min, by, customer, carrier, destination, recipients, active, unit, created_at, created_by}` |
| `alert show` | the same with `states`, a list of `{subject, status, raised_at, at, value, numerator, denominator, calls}` |
| `alert list` | list of the rules, each with the worst `status` and the subjects for which it is `raised` |
| `alert test` | one of `alert history` |
| `alert backtest` | `{alert, start, end, judged, fired, repeated, reset, few_calls, no_data, events}`, `events` a list of `{kind, subject, at, value, numerator, denominator, calls}` |
| `alert history` | list of `{id, alert, name, kind, area, by, customer, carrier, destination, subject, at, recorded_at, value, numerator, denominator, calls, operator, threshold, unit, deliveries}`, `deliveries` a list of `{to, message, state, sent_at, answer}` |
| `customer`, `carrier`, `contact`, `user` with `add`, `list`, `show`, `set`, `import` | the rows |
| `user password` | `{login, password_changed_at}`; with `--generate` also `password` |
| `user reset-link` | `{login, link, expires_at}` |
| `user disable`, `user enable` | the row |
| `user sessions` | list of `{id, created_at, last_used_at, address, agent}`; with `--end` `{login, ended}` |
| `user two-factor` | `{login, two_factor}` |
| `user tokens` | list of `{id, name, scopes, created_at, expires_at, revoked_at, last_used_at}`; with `--add` one, and `token` |
| `user passkeys` | list of `{id, name, backed_up, created_at, last_used_at}` |
| `user provider` | list of `{issuer, subject, created_at, last_used_at}` |
| `mail list` | list of `{id, channel, purpose, recipient, state, attempts, created_at, expires_at, tried_at, next_at, answer}` |
| `mail send` | how many messages came to which state |
| `mail test` | the message as in `mail list` |
| `audit` | list of `{id, at, person_id, login, as_login, via, address, action, resource, outcome, before, after}` |
| `deck import` | `{rows, currency, effective_from, version, new, raised, lowered, changed, ended, unchanged, gaps}`; `--dry-run` also `biggest`, `affected`, `destinations` ([decks](decks.md)) |
| `deck diff` | list of `{prefix, destination, kind, since, until, rate_before, rate_after, change, change_ratio, ...}` |
| `deck export` | `{format, file, version, rows}`; without `--output` the rates |
| `deck explain` | `{prefix, destination, rate_per_min, billed_s, charge, currency, steps}` |
| `rerate` | `{run, calls, changed, difference, seizures, seizures_changed, cost_difference, customers, carriers, without_price, notes}`; `customers` and `carriers` list `{customer or carrier, destination, currency, calls or seizures, was, now, difference}`, `notes` a row of `invoice run` each with `kind`, `corrects`, `exact` |
| `charges` | list of `{started_at, switch, call_id, seizure, customer, carrier, run, replaced_at, was_destination, was_billed_s, was, was_unrated, destination, billed_s, now, currency, deck}` |
| `invoice run` | list of `{number, customer, status, net, tax, total, currency, files, absent}` |
| `invoice list`, `invoice show` | the records; `show` with `mail`, a list of `{to, message, state, put_at, sent_at, answer}`, where it was mailed |
| `invoice export` | `{number, format, file}`; without `--json` and `--output` the file itself |
| `invoice credit` | the credit note as a row of `invoice run`, with `corrects` and `reason` |
| `invoice verify` | `{number, record, as_made, now, corrected_by, open, program, changes}` |
| `invoice send` | `{number, put, mail}`: messages put into the outbox, and `mail` as in `invoice show` |
| `invoice waive` | list of `{switch, call_id, started_at, called, unrated}` |
| `invoice run-due` | `{started_at, ended_at, made, skipped, failed}`, each a list of `{customer, period, number, total, currency, why}` |
| `payment add`, `payment set` | `{id, customer, received_at, amount, currency, method, status, reference, invoices, left}` |
| `payment list` | list of them |
| `payment notices` | list of `{id, provider, event, kind, effect, payment, reference, amount, currency, at, received_at, state, why, \
payment_id}` |
| `payment assign`, `payment dismiss` | one of them |
| `webhook add` | `{id, url, events, created_at, off_at, secret}` |
| `webhook list`, `webhook off` | the rows, without the secret |
| `webhook events` | list of `{id, event, type, created_at, webhook, url, state, attempts, tried_at, next_at, answer}` |
| `webhook resend`, `webhook deliver` | how many events came to which state |
| `balance` | `{customer, currency, payments, invoiced, uninvoiced, balance, debit_limit, available, exceeded}` |
| `statement` | list of `{at, what, reference, charged, paid, balance, currency}` |
| `block settings` | `{start, size, realm}` |
| `block allocate`, `block release` | `{id, customer, start, end, used, free}` |
| `block list` | list of them |
| `block import` | `{rows, added, changed, unchanged, conflicts, dry_run}`, `conflicts` a list of `{line, number, customer, why}` |
| `block export` | list of `{start, end, customer}`; with `--output` `{format, file}` |
| `block usage` | list of `{customer, blocks, numbers, used, free, utilisation}` |
| `extension add`, `extension set`, `extension remove` | `{number, customer, name, block, out_of_block, secret_at, created_at, created_by}` |
| `extension list` | list of them |
| `extension free` | list of numbers as texts |
| `extension history` | list of `{at, login, as_login, via, address, action, before, after}` |
| `extension secret` | list of `{number, customer, realm, secret}` |
| `extension import` | `{rows, added, changed, unchanged, conflicts, dry_run}`, `conflicts` a list of `{line, number, customer, why}` |
| `extension export` | list of `{number, customer, name}`; with `--output` `{format, file}`; for a switch `{format, content}` |
| `schedule set` | `{customer, view, since, settle_hours}` |
| `schedule off` | `{customer, view}`, `view` null |
| `schedule list` | list of `{customer, view, since, settle_hours, next_period, next_at, waiting, failed, made}` |
| `schedule rounds` | list of `{started_at, ended_at, started_by, made, skipped, failed, report}` |
| `schedule run` | nothing; it says what it makes |
| `serve` | nothing; it prints its address |
| `lab` | nothing; JupyterLab prints its address |
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
| contact | a person of one customer, who sees its data and no other |
| user | a person of the account: an admin may everything, an analyst reads everything |
| call | what a customer offered, once, however many routes it took |
| seizure | one try of a call on a carrier's route: a call that moves on after a 503 is one call and two seizures |
| attempts | calls offered by customers; never seizures |
| answered | there is an answer signal, even where the talk is 0 s |
| charge, cost | what the customer pays for a call; what the carrier asks for a seizure |
| deck | the prices of one customer or carrier by prefix, in one currency |
| unrated | a call that should have a price and has none; it is counted, and never taken for 0 |
| reject | a record that breaks a rule of its format: set aside with its file, line and text |
| alert | a rule over a figure: it fires beyond its threshold and is over at its reset |
| sample period | the time before an instant over which an alert's figure is; it slides by quarters of an hour |
| number block | numbers in a row that one customer has for itself; both ends belong to it, no two blocks overlap |
| extension | a number by which a SIP device registers, once in the account; leading zeros count |
| period | a day, an ISO week or a month in UTC: its start belongs to it, its end does not |
| workspace | the folder that holds all data of one installation |
"""


API_INTRO = """# The HTTP API

Programs ask the server that shows people the portal, under `/api/v1`. What can be asked and what is answered is in
`/api/v1/openapi.json` (OpenAPI 3.1), which is made from the types in the code and is for everybody; code for a client can
be made from it. [A billing system and Tollbook](billing-system.md) shows a whole dialogue; what programs are told without
asking is in [webhooks](webhooks.md).

## A token

A request carries a bearer token of a user, a contact or a customer; no cookie counts. A token may what its owner may
([people](people.md)), and of that what it is for.

```sh
tollbook user tokens anna@carrier.example --add billing --scope read --scope customers --days 365
```

It is told once, in place of `$TOKEN`:

```sh
curl -s -H "Authorization: Bearer $TOKEN" "https://calls.example/api/v1/invoices?status=issued&issued_since=2026-10-01"
curl -s -H "Authorization: Bearer $TOKEN" "https://calls.example/api/v1/invoices/INV-2026-000001"
curl -s -H "Authorization: Bearer $TOKEN" -o invoice.pdf "https://calls.example/api/v1/invoices/INV-2026-000001.pdf"
curl -s -H "Authorization: Bearer $TOKEN" "https://calls.example/api/v1/summary?view=daily&customer=alpha&from=2026-10-01"
curl -s -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" -H "Idempotency-Key: 5b0c1e" \\
  -d '{"id": "acme", "name": "ACME Ltd", "currency": "EUR"}' "https://calls.example/api/v1/customers"
curl -s -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" -X PATCH \\
  -d '{"due_days": 30}' "https://calls.example/api/v1/customers/acme"
curl -s -H "Authorization: Bearer $TOKEN" "https://calls.example/api/v1/number-blocks?customer=alpha"
curl -s -H "Authorization: Bearer $TOKEN" "https://calls.example/api/v1/number-blocks/usage?customer=alpha"
curl -s -H "Authorization: Bearer $TOKEN" "https://calls.example/api/v1/extensions?customer=alpha"
curl -s -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\
  -d '{"extensions": [{"number": "0100", "customer": "alpha", "name": "Desk"}], "dry_run": true}' \\
  "https://calls.example/api/v1/extensions/import"
curl -s -H "Authorization: Bearer $TOKEN" "https://calls.example/api/v1/decks?side=customer"
curl -s -H "Authorization: Bearer $TOKEN" "https://calls.example/metrics"
```

A contact's or a customer's token has that customer's data and no other: what is another's is answered 404, in the same
words as what there is not. Columns of cost and profit are absent, not null. Refusals and downloads are in the audit.

## Forms

- A decimal is a text in full precision, an instant ISO 8601 with `Z`, a ratio a number or null. A body is JSON; a name
  that means nothing is refused, in a body and in an address.
- A list is `{data, has_more, next}`: `limit` rows at most (1 to 500, default 100), and `next` is the `cursor` of the page
  after it, asked with everything else unchanged. Rows that come or go meanwhile move none of the others: page by page
  there is each row once. A cursor is of one list, one question and one owner.
- A GET has an `ETag`; with it in `If-None-Match` an answer that is the same is 304, without a body.
- What is wrong is `application/problem+json` (RFC 9457): `detail` is one line, `errors` has a line for each value.
- A write takes an `Idempotency-Key` of up to 255 visible ASCII characters. For 24 hours the same key with the same request
  is answered the same and done once; with another request it is 422, and 409 while the first is being answered.
  A request that was refused keeps no key, nor does an answer with a secret: each request makes another secret.
- A token may ask `api_per_minute` times a minute ([parameters](parameters.md)): `RateLimit` tells what is left, and 429
  has `Retry-After`. As many requests without a token that counts are answered for each address. Both are counted in the
  process that serves.
- What takes longer than an answer, such as making invoices, is 202: `Location` is the address of a run, which tells how far
  it is. The server makes one run after the other, and goes on after a restart.
- A body has at most 64 KiB, one with a deck 16 MiB (a proxy may allow less). The server answers four
  requests at once; where 64 are there it says 503.

| status | meaning |
|---|---|
"""


def api() -> str:
    """docs/api.md."""
    statuses = [f"| {status} | {meaning} |" for status, meaning in MEANINGS.items()]
    rows = [
        (f"`{each.method} {each.path}`", each.words.replace("\n", " "), f"{each.verb} `{each.resource}`")
        for each in OPERATIONS
    ]
    parts = [NOTE, API_INTRO + "\n".join(statuses), "", "## What can be asked", ""]
    parts += [*grid(("request", "what it does", "right"), rows), ""]
    parts += [
        f"Addresses begin at the base address of the portal; all but `/metrics` lie under `{ROOT}`. `/healthz` is for"
    ]
    parts += ["everybody and tells only that the server answers. Payment providers tell of payments at"]
    parts += [f"`{ROOT}/notifications/stripe` and `/paypal` ([payments online](payments.md)).", ""]
    return "\n".join(parts)


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
    for table in (*TABLES, *LIVE_TABLES, *HISTORY):
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
    (HERE / "api.md").write_text(api())
    (HERE / "commands.md").write_text(commands())
    (HERE / "glossary.md").write_text(glossary())
    (HERE / "metrics.md").write_text(page())
