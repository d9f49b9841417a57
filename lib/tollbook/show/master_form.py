"""The form of master data, without its page: what is opened, what is wrong with what was typed, what would change, and saving.

A row is saved as it was opened: where somebody else has changed it meanwhile, nothing is saved before the reader has
seen that. What they typed stays.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tollbook.account.audit import Actor
from tollbook.account.fields import FieldError
from tollbook.account.people.models import AuditEvent
from tollbook.account.register import Register, Row
from tollbook.errors import UsageError
from tollbook.language import tr
from tollbook.show.master_words import GROUPS, LABELS, choices, label, meant

Texts = dict[str, str]


@dataclass(frozen=True)
class Opened:
    """What a form was opened with: the row, or null for a new one, and the text of each field."""

    register: Register
    key: str
    row: Row | None
    texts: Texts


@dataclass(frozen=True)
class Change:
    """A field that will be another, for people to read."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Checked:
    """What was typed, looked at: what is wrong by field, and, where nothing is, what will change."""

    key: str
    entered: Texts
    faults: Mapping[str, str] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()


class StaleError(UsageError):
    """Somebody else changed the row since it was opened; `now` is the form with what both have done."""

    def __init__(self, words: str, now: Opened, typed: Texts, notes: Mapping[str, str]) -> None:
        """`typed` are the texts to go on with, `notes` what others wrote where the reader wrote too."""
        super().__init__(words)
        self.now, self.typed, self.notes = now, typed, dict(notes)


def opened(session: Session, register: Register, key: str) -> Opened:
    """The form of a row that is there, else of a new one that is called so."""
    row = register.find(session, key) if key else None
    texts = register.texts(row) if row else _usual(register)
    return Opened(register, key, row, texts)


def door(form: Opened) -> str:
    """What can be done about whether a contact is let in, `disable` or `enable`; empty: it is none that is there."""
    if form.register.word != "contact" or form.row is None:
        return ""
    return "enable" if form.row["disabled_at"] else "disable"


def check(session: Session, form: Opened, key: str, typed: Texts) -> Checked:
    """What of what was typed is another than it was, checked; nothing is changed."""
    register = form.register
    entered = _entered(form, typed)
    faults: dict[str, str] = {}
    name = form.key
    if form.row is None:
        name = _new_key(session, register, key, faults)
    try:
        values = register.check(session, name, form.row, entered)
    except FieldError as error:
        faults |= error.faults
    except UsageError as error:
        faults.setdefault(register.key, str(error))
    if faults:
        return Checked(name, entered, faults)
    after = register.texts({**dict.fromkeys(register.fields), **values})
    before = form.texts if form.row else dict.fromkeys(register.fields, "")
    changes = [
        Change(label(column), *(meant(register, column, texts[column]) for texts in (before, after)))
        for column in register.fields
        if column in values and (form.row is None or after[column] != before[column])
    ]
    if form.row is None:
        changes.insert(0, Change(label(register.key), "", name))
    return Checked(name, entered, changes=tuple(changes))


def save(session: Session, by: Actor, form: Opened, key: str, typed: Texts) -> Row:
    """Enter or change the row, in one transaction with what it was compared with.

    Raises:
        StaleError: somebody else has changed it since it was opened.
        FieldError: something of it cannot be, by field.
    """
    register = form.register
    if form.row is not None:
        _refuse_stale(session, form, typed)
    found = check(session, form, key, typed)
    if found.faults:
        raise FieldError(found.faults)
    if form.row is None:
        return register.add(session, found.key, found.entered, by)
    return register.change(session, form.key, found.entered, by)


def _refuse_stale(session: Session, form: Opened, typed: Texts) -> None:
    register = form.register
    row = register.lock(session, form.key)
    if row is None:
        raise UsageError(tr("There is no such row."))
    now = Opened(register, form.key, row, register.texts(row))
    others = {name for name in register.fields if now.texts[name] != form.texts[name]}
    if not others:
        return
    mine = set(_entered(form, typed))
    merged = {name: typed[name] if name in mine else now.texts[name] for name in register.fields}
    meanwhile = tr("Meanwhile: {text}")
    notes = {
        name: meanwhile.format(text=meant(register, name, now.texts[name]) or tr("empty"))
        for name in others & mine
    }
    words = tr(
        "{who} has changed this meanwhile: {fields}. Nothing was saved: look at it, and save it again."
    )
    fields = ", ".join(label(name) for name in register.fields if name in others)
    who = _who(session, f"{register.word} {form.key}") or tr("Somebody else")
    raise StaleError(words.format(who=who, fields=fields), now, merged, notes)


def _who(session: Session, resource: str) -> str | None:
    """Who changed it last, as the audit has it."""
    done = select(AuditEvent.login).where(AuditEvent.resource == resource, AuditEvent.outcome == "done")
    return session.scalar(done.order_by(AuditEvent.id.desc()).limit(1))


def _new_key(session: Session, register: Register, key: str, faults: dict[str, str]) -> str:
    """The key of a new row as it is kept; what is wrong with it is added to the faults."""
    try:
        name = register.named(key)
    except UsageError as error:
        faults[register.key] = str(error)
        return key
    if register.find(session, name) is not None:
        faults[register.key] = tr("'{name}' is there already.").format(name=name)
    return name


def _entered(form: Opened, typed: Texts) -> Texts:
    """What of what was typed is another text than it was; of a new row, whatever is not empty."""
    fields = form.register.fields
    clean = {name: typed[name].replace("\r\n", "\n").strip() for name in fields if name in typed}
    return {name: text for name, text in clean.items() if text != form.texts[name]}


def _usual(register: Register) -> Texts:
    """The texts of an empty form: of a choice its first word, of all else what stands for the default, nothing."""
    usual = {"zone": "UTC", "debit_limit": "0", "due_days": "14"} if register.word == "customer" else {}
    firsts = {name: field.words[0] for name, field in register.fields.items() if field.words}
    return {**dict.fromkeys(register.fields, ""), **firsts, **usual}


def told(form: Opened, lists: Mapping[str, list[str]]) -> dict[str, Any]:
    """The key and the fields of a form as the page draws them."""
    register = form.register

    def one(name: str) -> dict[str, Any]:
        kind = register.fields[name]
        return {
            "name": name,
            "label": label(name),
            "hint": tr(LABELS[name][1]),
            "form": kind.form,
            "options": choices(register, kind) if kind.words else [],
            "list": name if name in lists else kind.form if kind.form in lists else "",
            "fixed": name == "customer" and form.row is not None,
        }

    return {
        "key": {"name": register.key, "label": label(register.key), "hint": tr(LABELS[register.key][1])},
        "groups": [
            {"label": tr(title), "fields": [one(name) for name in names]}
            for title, names in GROUPS[register.word]
        ],
    }
