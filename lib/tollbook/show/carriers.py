"""The page of score cards: each carrier over all, and per destination beside the others and a week before."""

from datetime import timedelta
from typing import Any, ClassVar, Final

import traitlets

from tollbook.carriers import Against, Asked, score_cards, totals
from tollbook.language import tr, trn, use
from tollbook.metrics import definitions as figures
from tollbook.money import plain
from tollbook.params import Carriers
from tollbook.show import reader
from tollbook.show.choices import Choices
from tollbook.show.controls import Control, Controls, Many, Number, Range, Zone, bar
from tollbook.show.home import workspace
from tollbook.show.reading import Reading
from tollbook.show.span import Span, span
from tollbook.show.widget import View
from tollbook.values import separated

WEEK: Final = timedelta(days=7)
FILTERS: Final = ("customer", "carrier", "destination")
_KEPT: Final = (
    *("carrier", "seizures", "answers", "asr", "low", "high", "ner", "acd", "pdd", "pdd_median", "pdd_p95"),
    *("short_calls", "rerouted", "rerouted_numerator", "codes", "margin_ratio", "currency"),
)
_MONEY: Final = ("charge", "cost", "margin", "at_stake")
Row = dict[str, Any]


class ScoreCards(View):
    """A table of score cards. `sort` is the column that sorts it, with `-` the highest first; empty: as it comes."""

    module_file: ClassVar[str] = "carriers.js"
    label = traitlets.Unicode().tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)
    empty = traitlets.Unicode().tag(sync=True)
    columns = traitlets.List(traitlets.Dict()).tag(sync=True)
    rows = traitlets.List(traitlets.Dict()).tag(sync=True)
    sort = traitlets.Unicode().tag(sync=True)


class Cards:
    """The parts of the page; each follows the reader's choices and the figures as they land."""

    def __init__(self, lake: Reading, choices: Choices[Carriers]) -> None:
        self._lake = lake
        self._choices = choices
        self._totals = ScoreCards(label=tr("Carriers"), columns=columns(totals=True), words=words())
        self._cards = ScoreCards(label=tr("Score cards"), columns=columns(totals=False), words=words())
        self._bar = bar(
            choices, self._controls(), as_of=lake.updated_at, first=lake.first, latest=lake.latest
        )
        self._read()
        choices.watch(self._chosen)
        choices.each_tick(self._tick)

    def controls(self) -> Controls:
        """What a reader may choose, and as of when the figures are."""
        return self._bar

    def totals(self) -> ScoreCards:
        """Each carrier over all destinations."""
        return self._totals

    def destinations(self) -> ScoreCards:
        """Each carrier on each destination."""
        return self._cards

    def _controls(self) -> list[Control]:
        options = self._lake.ever(*FILTERS)
        return [
            Range("start"),
            Zone(),
            Many("customer", tr("Customer"), options=options["customer"]),
            Many("carrier", tr("Carrier"), options=options["carrier"]),
            Many("destination", tr("Destination"), options=options["destination"]),
            Number("minimum", tr("Seizures needed"), hint=tr("of either side of a comparison"), least=1),
        ]

    def _chosen(self, _new: Carriers, changed: frozenset[str]) -> None:
        if changed - {"sort"}:
            self._read()
        self._totals.sort = self._cards.sort = self._choices.value.sort

    def _tick(self) -> None:
        if self._lake.is_outdated:
            self._lake = self._lake.newer()
            self._read()
            self._bar.tell(as_of=self._lake.updated_at, first=self._lake.first, latest=self._lake.latest)

    def _read(self) -> None:
        """Compute, and only then show: what cannot be computed leaves the page as it was."""
        chosen = self._choices.value
        shown = span(chosen.start, chosen.end, chosen.zone, self._lake.latest)
        asked = Asked(shown.start, shown.end, separated(chosen.customer) or None)
        cards = score_cards(self._lake, asked, minimum=chosen.minimum)
        carriers = totals(self._lake, asked, cards, minimum=chosen.minimum)
        link = _link(chosen)
        with self._totals.hold_sync(), self._cards.hold_sync():
            self._totals.rows = [sent(row, link) for row in carriers if _wanted(row, chosen)]
            self._cards.rows = [sent(row, link) for row in cards if _wanted(row, chosen)]
            self._totals.note = _note(shown, asked, chosen.minimum)
            self._totals.sort = self._cards.sort = chosen.sort
            self._totals.empty = self._cards.empty = _empty(self._lake)


def read(**given: Any) -> Cards:  # noqa: ANN401 - checked by the page's parameters
    """The score cards of a notebook's workspace; what is given are the page's parameters by name.

    Raises:
        TollbookError: no workspace, a parameter that means nothing, or a reader who may not see them.
    """
    reader.may_see("carriers")
    chosen = Carriers.of(given, "this notebook")
    use(chosen.language)
    return Cards(Reading(workspace()), Choices(chosen))


def sent(row: Row, link: str) -> Row:
    """A row as the page gets it: figures as numbers, amounts as exact text."""
    told = {name: row[name] for name in _KEPT} | {"destination": row.get("destination"), "link": link}
    amounts = {name: None if row[name] is None else plain(row[name]) for name in _MONEY}
    against: Row = {name: _against(row[name]) for name in ("others", "before") if name in row}
    return {**told, **amounts, **against, "verdicts": row.get("verdicts")}


def _against(other: Against) -> Row:
    return {**vars(other), "asr": other.asr}


def _wanted(row: Row, chosen: Carriers) -> bool:
    """Whether the reader's filters leave the row; all rows are compared with each other before."""
    wanted = {name: separated(getattr(chosen, name)) for name in ("carrier", "destination")}
    return all(not names or row.get(name, names[0]) in names for name, names in wanted.items())


def _link(chosen: Carriers) -> str:
    """The dashboard of the same time and customers, but for the carrier, which the page adds."""
    from urllib.parse import urlencode  # noqa: PLC0415 - small, and only here

    kept = {name: getattr(chosen, name) for name in ("start", "end", "zone", "customer")}
    return f"dashboard?{urlencode({name: value for name, value in kept.items() if value})}"


def _note(shown: Span, asked: Asked, minimum: int) -> str:
    weeks = (asked.start - asked.weeks_before().start) // WEEK
    before = trn("the same span a week before", "the same span {count} weeks before", weeks)
    words = tr(
        "{span}. Compared with all other carriers on the same destination, and with {before}. A carrier differs "
        "only where a test says so (5 % over all comparisons together), with at least {minimum} seizures on "
        "either side."
    )
    return words.format(span=shown.words, before=before.format(count=weeks), minimum=minimum)


def _empty(lake: Reading) -> str:
    if lake.latest is None:
        return tr("No figures yet: import calls, then refresh.")
    return tr("No seizures in this span with these filters.")


def columns(*, totals: bool) -> list[Row]:
    """The columns of a table: name, heading, what the heading means, and the name to sort by."""
    others = tr("ASR beside that of all other carriers on the same destination")
    if totals:
        others = tr("how many of its destinations differ from the other carriers")
    told = [
        ("carrier", tr("Carrier"), tr("opens the dashboard of this carrier"), "carrier"),
        ("destination", tr("Destination"), tr("by the carrier's deck"), "destination"),
        (
            "stake",
            tr("At stake"),
            tr(
                "|ASR - the other ASR| x seizures x average charge of an answered call there, where it differs"
            ),
            "stake",
        ),
        ("seizures", tr("Seizures"), tr(figures.SEIZURES.meaning), "seizures"),
        ("asr", tr("ASR"), tr("answers / seizures, with its 95 % Wilson interval"), "asr"),
        ("others", tr("Other carriers"), others, ""),
        ("before", tr("Before"), tr("ASR beside its own of the same span before"), ""),
        ("ner", tr("NER"), tr(figures.NER.meaning), "ner"),
        ("acd", tr("ACD"), tr(figures.ACD.meaning), "acd"),
        ("pdd", tr("PDD"), tr(figures.PDD.meaning), "pdd"),
        ("short_calls", tr("Short calls"), tr(figures.SHORT_CALLS.meaning), "short_calls"),
        (
            "codes",
            tr("Failures"),
            tr("commonest final SIP codes of seizures not answered, of all seizures"),
            "",
        ),
        ("rerouted", tr("Re-routed"), tr(figures.REROUTED.meaning), "rerouted"),
        ("margin", tr("Margin"), tr("(charge - cost) / charge of the calls that it carried"), "margin"),
    ]
    return [
        {"name": name, "label": label, "hint": hint, "sort": sort}
        for name, label, hint, sort in told
        if not (totals and name == "destination")
    ]


def words() -> dict[str, str]:
    """What the cells say."""
    return {
        "answered": tr("{count} answered"),
        "higher": tr("higher"),
        "lower": tr("lower"),
        "same": tr("no difference"),
        "few": tr("not enough calls"),
        "alone": tr("nothing to compare"),
        "of": tr("{asr} of {count}"),
        "on": tr("{verdict}: {count}"),
        "chance": tr("{answers} / {seizures} beside {other_answers} / {other_seizures}; chance {chance}"),
        "median": tr("median {value}"),
        "p95": tr("95 % within {value}"),
        "amounts": tr("{charge} less {cost}"),
        "sort": tr("Sort by"),
        "ascending": tr("lowest first"),
        "descending": tr("highest first"),
        "not_told": tr("not told"),
        "interval": tr("95 %: {low} to {high}"),
    }
