// Score cards: a table of carriers or of carriers and destinations; on a narrow page a card for each row.

import { element, style, numbers, choose, whenChosen, announce, apart, isolated } from "./base.js";

const NOTHING = "–";
const SIGNS = { higher: "▲", lower: "▼" };
const RISING = new Set(["carrier", "destination"]);

// What a column sorts by: numbers as they are, exact amounts by their value.
const KEYS = {
  carrier: (row) => row.carrier,
  destination: (row) => row.destination,
  margin: (row) => row.margin_ratio,
  stake: (row) => row.at_stake,
};

function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

// Exact amounts, without making floats of them: both with nine decimals, as whole numbers.
function units(amount) {
  const [whole, decimals = ""] = amount.split(".");
  return BigInt(whole + decimals.padEnd(9, "0"));
}

function compared(a, b, name, language) {
  if (name === "stake") {
    const [left, right] = [units(a), units(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  }
  return typeof a === "string" ? a.localeCompare(b, language) : a - b;
}

export function sorted(rows, sort, language) {
  if (!sort) return rows;
  const down = sort.startsWith("-");
  const name = down ? sort.slice(1) : sort;
  const key = KEYS[name] || ((row) => row[name]);
  // What is not told comes last, whichever way; amounts of two currencies are not sorted into each other.
  return [...rows].sort((one, other) => {
    const [a, b] = [key(one), key(other)];
    if (a === null || a === undefined || b === null || b === undefined) return (a ?? null) === (b ?? null) ? 0 : (a ?? null) === null ? 1 : -1;
    if (name === "stake" && one.currency !== other.currency) return 0;
    return (down ? -1 : 1) * compared(a, b, name, language);
  });
}

function render({ model, el }) {
  const words = model.get("words");
  const language = model.get("language");
  const said = (name, values = {}) => filled(words[name] ?? name, values);
  const portal = document.body.classList.contains("tollbook-page");

  const count = (value) => numbers(language).format(value);
  const decimals = (value, digits) => numbers(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
  const share = (value, digits = 1) => (value === null || value === undefined ? NOTHING : apart(`${decimals(100 * value, digits)} %`));
  const seconds = (value, digits) => (value === null ? NOTHING : apart(`${decimals(value, digits)} s`));
  const money = (amount, currency) => (amount === null ? NOTHING : numbers(language, { style: "currency", currency }).format(amount));

  const main = (text) => element("span", { class: "tollbook-cards-main" }, text);
  const small = (text) => element("span", { class: "tollbook-cards-small" }, text);

  // The interval as a band, the share as a line in it, on a track from 0 to 100 %. The figures stand beside it.
  function interval(row) {
    const at = (value) => `${(value * 100).toFixed(2)}%`;
    const band = element("i", { class: "tollbook-cards-band", style: `inset-inline-start:${at(row.low)};inline-size:${at(row.high - row.low)}` });
    const point = element("i", { class: "tollbook-cards-point", style: `inset-inline-start:${at(row.asr)}` });
    return element("span", { class: "tollbook-cards-track", "aria-hidden": "true" }, band, point);
  }

  function verdict(row, other) {
    const sign = SIGNS[other.verdict];
    const pill = element("span", { class: `tollbook-cards-verdict tollbook-cards-${other.verdict}` },
      sign ? element("span", { "aria-hidden": "true" }, `${sign} `) : null, said(other.verdict));
    const beside = other.seizures ? said("of", { asr: share(other.asr), count: count(other.seizures) }) : "";
    const chance = other.chance === null ? NOTHING : other.chance < 0.0001 ? "< 0.0001" : numbers(language, { maximumFractionDigits: 4 }).format(other.chance);
    const parts = { answers: row.answers, seizures: row.seizures, other_answers: other.answers, other_seizures: other.seizures, chance };
    return element("span", { class: "tollbook-cards-against", title: other.seizures ? said("chance", parts) : null }, pill, small(beside));
  }

  function verdicts(found) {
    const lines = ["lower", "higher", "same", "few", "alone"].filter((name) => found[name]);
    return lines.map((name) => element("span", { class: `tollbook-cards-count tollbook-cards-${name}` },
      SIGNS[name] ? element("span", { "aria-hidden": "true" }, `${SIGNS[name]} `) : null, said("on", { verdict: said(name), count: count(found[name]) })));
  }

  const cells = {
    carrier: (row) => {
      if (row.carrier === null) return [main(said("not_told"))];
      const href = `${row.link}${row.link.endsWith("?") ? "" : "&"}carrier=${encodeURIComponent(/[",\n]/.test(row.carrier) ? `"${row.carrier.replaceAll('"', '""')}"` : row.carrier)}`;
      return [portal ? element("a", { href, class: "tollbook-cards-main" }, row.carrier) : main(row.carrier)];
    },
    destination: (row) => [element("span", { class: "tollbook-cards-name" }, row.destination ?? said("not_told"))],
    seizures: (row) => [main(count(row.seizures)), small(said("answered", { count: count(row.answers) }))],
    asr: (row) => [main(share(row.asr)), interval(row), small(said("interval", { low: share(row.low), high: share(row.high) }))],
    others: (row) => (row.others ? [verdict(row, row.others)] : verdicts(row.verdicts)),
    before: (row) => [verdict(row, row.before)],
    ner: (row) => [main(share(row.ner))],
    acd: (row) => [main(seconds(row.acd, 1))],
    pdd: (row) => (row.pdd === null ? [main(NOTHING)] : [
      main(seconds(row.pdd / 1000, 2)),
      small(said("median", { value: seconds(row.pdd_median / 1000, 1) })),
      small(said("p95", { value: seconds(row.pdd_p95 / 1000, 1) })),
    ]),
    short_calls: (row) => [main(share(row.short_calls))],
    codes: (row) => (row.codes.length ? row.codes.map(([code, seizures]) =>
      element("span", { class: "tollbook-cards-code" }, element("b", {}, String(code)), ` ${share(seizures / row.seizures)}`)) : [main(NOTHING)]),
    rerouted: (row) => [main(share(row.rerouted)), row.rerouted === null ? null : small(count(row.rerouted_numerator))],
    margin: (row) => [
      main(share(row.margin_ratio)),
      row.charge === null || row.cost === null ? null
        : small(said("amounts", { charge: money(row.charge, row.currency), cost: money(row.cost, row.currency) })),
    ],
    stake: (row) => [element("span", { class: "tollbook-cards-main", title: row.at_stake === null ? null : `${row.at_stake} ${row.currency}` },
      money(row.at_stake, row.currency))],
  };

  const root = element("section", { class: "tollbook-cards-root", "aria-label": model.get("label") });
  const note = element("p", { class: "tollbook-cards-note" });
  const tools = element("div", { class: "tollbook-cards-tools" });
  const table = element("table", { role: "table", "aria-label": model.get("label") });
  const frame = element("div", { class: "tollbook-cards-frame", tabindex: "0", role: "group", "aria-label": model.get("label") }, table);
  root.append(note, tools, frame);
  el.append(root);

  const columns = model.get("columns");
  const sortable = columns.filter((column) => column.sort);

  function sortBy(sort) {
    model.set("sort", sort);
    choose({ sort }, { replace: true });
    const column = columns.find(({ name }) => name === sort.replace("-", ""));
    announce(`${said("sort")} ${column.label}, ${said(sort.startsWith("-") ? "descending" : "ascending")}`);
  }

  function turned(name) {
    const now = model.get("sort");
    if (now.replace("-", "") !== name) return RISING.has(name) ? name : `-${name}`;
    return now.startsWith("-") ? name : `-${name}`;
  }

  function head(column) {
    const sort = model.get("sort");
    const mine = column.sort && sort.replace("-", "") === column.name;
    const order = mine ? (sort.startsWith("-") ? "descending" : "ascending") : null;
    const attributes = { role: "columnheader", scope: "col", "data-column": column.name, "aria-sort": order };
    if (!column.sort) return element("th", { ...attributes, title: column.hint }, element("span", { class: "tollbook-cards-head" }, column.label));
    const arrow = element("span", { class: "tollbook-cards-arrow", "aria-hidden": "true" }, mine ? (sort.startsWith("-") ? "▾" : "▴") : "");
    const button = element("button", { type: "button", title: column.hint }, column.label, arrow);
    button.addEventListener("click", () => sortBy(turned(column.name)));
    return element("th", attributes, button);
  }

  // On a narrow page there are no heads: a list sorts instead.
  function picker() {
    if (!sortable.length) return [];
    const list = element("select", {}, ...sortable.flatMap(({ name, label }) => [`-${name}`, name].map((value) =>
      element("option", { value, selected: value === model.get("sort") },
        `${label}, ${said(value.startsWith("-") ? "descending" : "ascending")}`))));
    list.addEventListener("change", () => sortBy(list.value));
    return [element("label", {}, said("sort"), " ", list)];
  }

  function line(row) {
    return element("tr", { role: "row" }, ...columns.map((column, place) =>
      element(place ? "td" : "th", { role: place ? "cell" : "rowheader", scope: place ? null : "row", "data-column": column.name, "data-label": column.label },
        ...cells[column.name](row))));
  }

  function draw() {
    const focused = document.activeElement?.closest?.("th")?.dataset.column;
    const inside = root.contains(document.activeElement) && focused;
    const rows = sorted(model.get("rows"), model.get("sort"), language);
    note.textContent = model.get("note");
    note.hidden = !note.textContent;
    tools.replaceChildren(...picker());
    const heads = element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, ...columns.map(head)));
    const body = element("tbody", { role: "rowgroup" }, ...rows.map(line));
    table.replaceChildren(heads, body);
    frame.hidden = !rows.length;
    tools.hidden = !rows.length || !sortable.length;
    root.querySelector(".tollbook-cards-empty")?.remove();
    if (!rows.length) root.append(element("p", { class: "tollbook-cards-empty" }, model.get("empty")));
    if (inside) table.querySelector(`thead [data-column=${focused}] button`)?.focus();
  }

  const stop = whenChosen((values) => {
    if (sortable.length && values.sort && values.sort !== model.get("sort")) model.set("sort", values.sort);
  });
  const drawn = ["rows", "sort", "note"];
  let waiting = false;
  const soon = () => {
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => { waiting = false; draw(); });
  };
  for (const name of drawn) model.on(`change:${name}`, soon);
  style("carriers.css").then(() => { draw(); root.dataset.drawn = ""; });
  return () => {
    stop();
    for (const name of drawn) model.off(`change:${name}`, soon);
  };
}

export default { render };
