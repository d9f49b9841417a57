// One chart. `spec` is Vega-Lite without its rows; `tables` holds them by column. When only the rows
// change, the drawn view stays, and with it what the reader chose in it.

import { style } from "./base.js";
import { compiled, keep } from "./compiled.js";

// What draws; `whole.mjs` also makes what is drawn of a chart's document.
const library = (name, file) => import(new URL(`../${name}/${file}`, import.meta.url).href);

export function rows(columns) {
  const names = Object.keys(columns);
  const length = names.length ? columns[names[0]].length : 0;
  return Array.from({ length }, (_, i) => Object.fromEntries(names.map((name) => [name, columns[name][i]])));
}

const INK = "var(--jp-ui-font-color1, #212121)";
const QUIET = "var(--jp-ui-font-color2, #616161)";
const RULE = "var(--jp-border-color2, #e0e0e0)";
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

// Colours are CSS variables, so a change from light to dark needs no redrawing.
const LOOK = {
  background: null,
  font: FONT,
  padding: { left: 4, right: 8, top: 6, bottom: 4 },
  view: { stroke: null },
  mark: { aria: false }, // the whole is one picture with a description
  axis: {
    aria: false,
    labelColor: QUIET, titleColor: QUIET, gridColor: RULE, domainColor: RULE, tickColor: RULE,
    labelFontSize: 11, titleFontSize: 11, titleFontWeight: 500, labelPadding: 6,
  },
  axisY: { domain: false, ticks: false, tickCount: 5 },
  axisX: { grid: false },
  legend: { aria: false, labelColor: INK, titleColor: QUIET, labelFontSize: 12, symbolStrokeWidth: 3, symbolSize: 140 },
  title: { color: INK, fontSize: 14, fontWeight: 600, anchor: "start" },
  text: { fill: QUIET },
};

function merged(look, own) {
  const result = { ...look };
  for (const [key, value] of Object.entries(own || {})) {
    const both = value && typeof value === "object" && !Array.isArray(value) && typeof result[key] === "object";
    result[key] = both ? merged(result[key], value) : value;
  }
  return result;
}

const spoken = new Map();

// Days and figures on the axes in the reader's language, English being Vega's own; its clock has 24 hours everywhere.
// Making them takes a while.
function locales(language) {
  if (language === "en") return {};
  if (!spoken.has(language)) spoken.set(language, made(language));
  return spoken.get(language);
}

function made(language) {
  const tag = language === "ar" ? "ar-u-nu-latn" : language || "en";
  const say = (options) => { const format = new Intl.DateTimeFormat(tag, { ...options, timeZone: "UTC" }); return (date) => format.format(date); };
  const days = [...Array(7).keys()].map((i) => new Date(Date.UTC(2023, 0, 1 + i)));
  const months = [...Array(12).keys()].map((i) => new Date(Date.UTC(2023, i, 1)));
  const part = (type) => new Intl.NumberFormat(tag).formatToParts(1234567.8).find((p) => p.type === type)?.value || "";
  return {
    formatLocale: { decimal: part("decimal") || ".", thousands: part("group"), grouping: [3], currency: ["", ""] },
    timeFormatLocale: {
      dateTime: "%x %X", date: "%Y-%m-%d", time: "%H:%M:%S", periods: ["AM", "PM"],
      days: days.map(say({ weekday: "long" })), shortDays: days.map(say({ weekday: "short" })),
      months: months.map(say({ month: "long" })), shortMonths: months.map(say({ month: "short" })),
    },
  };
}

const SETTLE_MS = 200;
const ERRORS_ONLY = 1; // a table without rows is no reason to warn: its rows may come later
const escaped = (value) => String(value).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

// A cell may be hidden while it is made: a chart is drawn at its first width.
function firstWidth(host) {
  if (host.clientWidth) return Promise.resolve();
  return new Promise((done) => {
    const wait = new ResizeObserver(() => { if (host.clientWidth) { wait.disconnect(); done(); } });
    wait.observe(host);
  });
}

// Rows and what was chosen go past Vega-Lite: it would copy all rows, and what it makes is kept for other ones.
const PLACE = "tollbook-table";
const emptied = (vega, tables) => ({ ...vega, data: (vega.data || []).map((table) => (table.name in tables ? { ...table, values: [{ [PLACE]: table.name }] } : table)) });

function filled(dataflow, tables, signals) {
  for (const operator of dataflow.operators) {
    const table = operator.value?.$ingest?.[0]?.[PLACE];
    if (table) operator.value.$ingest = tables[table] ?? [];
    if (operator.signal in signals) operator.value = signals[operator.signal];
  }
  return dataflow;
}

// Draws in `host` and follows its width. `data-drawn` is set while there is a drawing; `data-version` grows with
// each change that can be seen. `after` is called then.
export async function drawn(host, { library: name, spec, tables, signals = {}, language = "en", after = () => {} }) {
  const { description, ...document } = spec; // what it shows now; the document is the same for other days
  const own = { ...document, config: merged(LOOK, spec.config) };
  const kept = compiled(own, name);
  const [{ View, Handler, locale, usual, compile, parse }] = await Promise.all([library(name, kept ? "view.mjs" : "whole.mjs"), style("vega.css"), firstWidth(host)]);
  const datasets = (columns) => Object.fromEntries(Object.entries(columns).map(([table, held]) => [table, rows(held)]));
  const dataflow = kept ?? keep(own, name, parse(emptied(compile(own).spec, tables)), usual);
  const { formatLocale, timeFormatLocale } = locales(language);
  const view = new View(filled(dataflow, datasets(tables), signals), { renderer: "svg", logLevel: ERRORS_ONLY, ...(formatLocale && { locale: locale(formatLocale, timeFormatLocale) }) });
  view.tooltip(new Handler({ id: "tollbook-tooltip", disableDefaultStyle: true, sanitize: escaped }).call);
  let width = host.clientWidth;
  host.replaceChildren();
  await view.initialize(host).runAsync();

  function seen() {
    host.dataset.drawn = "true";
    host.dataset.version = String(Number(host.dataset.version || 0) + 1);
    after(view);
  }

  async function run() {
    await view.resize().runAsync();
    seen();
  }

  function refill(changed) {
    for (const [table, values] of Object.entries(datasets(changed))) {
      view.change(table, view.changeset().remove(() => true).insert(values));
    }
    return run();
  }

  // What was asked for is seen first; that the axis has room for its new labels, when nothing else is asked.
  let later = 0;
  async function signal(key, value) {
    clearTimeout(later);
    await view.signal(key, value).runAsync();
    seen();
    later = setTimeout(async () => { await view.resize().runAsync(); after(view); }, SETTLE_MS);
  }

  const follow = new ResizeObserver(() => {
    const now = host.clientWidth;
    if (!now || now === width) return;
    width = now;
    if (spec.width !== "container") return;
    view.signal("width", now);
    run();
  });
  follow.observe(host);

  function finalize() {
    follow.disconnect();
    clearTimeout(later);
    view.finalize();
    delete host.dataset.drawn;
  }

  view.container().setAttribute("role", "img");
  view.container().removeAttribute("aria-roledescription");
  if (description) view.container().setAttribute("aria-label", description);
  host.tollbookView = view;
  // Only now a legend knows how many names stand beside each other: without this its last row is cut off.
  if (host.querySelector(".role-legend")) await run();
  else seen();
  return { view, refill, signal, finalize };
}

function render({ model, el }) {
  const host = document.createElement("div");
  host.className = "tollbook-chart";
  el.append(host);
  let chart = null;
  let turn = Promise.resolve();

  async function draw() {
    host.style.minHeight = `${host.offsetHeight}px`;
    chart?.finalize();
    chart = null;
    const given = { library: model.get("library"), spec: model.get("spec"), tables: model.get("tables") };
    chart = await drawn(host, { ...given, language: model.get("language") });
    host.style.minHeight = "";
  }

  // One after the other: what comes while a chart is being drawn waits for it.
  const queue = (step) => { turn = turn.then(step); };
  const redraw = () => queue(draw);
  const refill = () => queue(() => chart?.refill(model.get("tables")));
  redraw();
  model.on("change:spec", redraw);
  model.on("change:tables", refill);
  return () => {
    model.off("change:spec", redraw);
    model.off("change:tables", refill);
    queue(() => chart?.finalize());
  };
}

export default { render };
