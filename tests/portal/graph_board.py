"""Four graphs of made figures in one page, and how a reader would handle them."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import polars as pl

from portal.harness import Harness
from tollbook.params import Dashboard
from tollbook.show import charts
from tollbook.show.choices import Choices
from tollbook.show.graph import Graph
from tollbook.show.lineup import TOTAL
from tollbook.show.span import span

BEGIN = datetime(2026, 10, 24, 12, tzinfo=UTC)
HOURS = 24  # Riga's clock goes back at 01:00 UTC of 2026-10-25, in the middle
SPAN = span(BEGIN.isoformat(), (BEGIN + timedelta(hours=HOURS)).isoformat(), "Europe/Riga", None)
NAMES = (TOTAL, "north", "south, inc", "<b>east</b>")
LABELS = {TOTAL: "Total", "north": "North"}
BYS = [{"name": name, "label": name.title()} for name in ("total", "carrier", "customer")]


def points(names=NAMES, pieces=HOURS * 4, more=0):
    """One answer of two in every quarter, one more with each line and each quarter, of ten."""
    count, minutes = len(names) * pieces, 15 * HOURS * 4 // pieces
    place = pl.int_range(count, eager=True)
    top = (place // pieces + place % pieces + more) % 10
    return pl.select(
        at=pl.lit(BEGIN) + pl.duration(minutes=place % pieces * minutes),
        series=pl.Series([name for name in names for _ in range(pieces)]),
        value=top * 10.0,
        words=pl.format("{}.00 %", top * 10),
        numerator=top,
        denominator=pl.lit(10),
    )


def drawing(**more):
    return charts.lines(points(**more), SPAN, unit="%", note="ASR: answered of attempted", labels=LABELS)


class Board:
    """Four graphs, as a page has them: two by carrier, one by customer, one of bars."""

    def __init__(self, page, query="", **look):
        self.choices = Choices(Dashboard.of({"zone": "Europe/Riga"}, "here"))
        self.asr = Graph("asr", "ASR", "Answered of attempted.", by="carrier", bys=BYS)
        self.acd = Graph("acd", "ACD", by="carrier", bys=BYS)
        self.dtmf = Graph("dtmf", "DTMF %", by="customer", bys=BYS)
        self.cities = Graph("destinations", "Destinations")
        for graph in (self.asr, self.acd, self.dtmf):
            graph.show(drawing())
        rows = pl.DataFrame({"series": ["Latvia", "Germany"], "value": [9.0, 4.0], "words": ["9", "4"]})
        self.cities.show(charts.bars(rows, unit="", note="Attempts", label="Destination"))
        self.page, self.wrong = page, []
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on(
            "console", lambda said: self.wrong.append(said.text) if said.type in {"error", "warning"} else 0
        )
        graphs = [self.asr, self.acd, self.dtmf, self.cities]
        self.harness = Harness(page, [self.choices.widget, *graphs], **look)
        self.harness.open(query)
        page.wait_for_function("document.querySelectorAll('.tollbook-chart[data-drawn]').length === 4")

    def card(self, name):
        return self.page.locator(f".tollbook-graph[data-name={name}]")

    def button(self, graph, name):
        return self.card(graph).locator(".tollbook-legend").get_by_role("button", name=name, exact=True)

    def pressed(self, graph):
        return self.card(graph).locator(".tollbook-legend [aria-pressed=true]").all_inner_texts()

    def lines(self, graph):
        return self.card(graph).locator(".mark-line path[d]").count()

    def wait_for_lines(self, graph, count):
        self.page.wait_for_function(
            "([name, count]) => document.querySelectorAll(`[data-name=${name}] .mark-line path[d]`).length === count",
            arg=[graph, count],
        )

    def plot(self, graph):
        return self.card(graph).locator(".tollbook-plot")

    def at(self, graph, part):
        """A place in the plot, as a part of its width."""
        box = self.plot(graph).bounding_box()
        return box["x"] + box["width"] * part, box["y"] + box["height"] / 2

    def drag(self, graph, start, end):
        self.page.mouse.move(*self.at(graph, start))
        self.page.mouse.down()
        self.page.mouse.move(*self.at(graph, (start + end) / 2))
        self.page.mouse.move(*self.at(graph, end))

    def more(self, graph, item):
        self.card(graph).get_by_role("button", name=re.compile("^More for")).click()
        self.page.get_by_role("menuitem", name=item).click()

    def address(self):
        return {
            name: values[0]
            for name, values in parse_qs(urlsplit(self.page.evaluate("location.href")).query).items()
        }
