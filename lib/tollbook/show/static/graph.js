// One graph of a page: a card with its title, what its lines are of, a legend, the drawing or a table, and a menu.

import { announce, element, isolated, style, whenChosen } from "./base.js";
import { figures } from "./graph-figures.js";
import { legend } from "./graph-legend.js";
import { menu } from "./graph-menu.js";
import { pngOf, save, svgOf } from "./graph-picture.js";
import { pointer } from "./graph-pointer.js";
import { held, home, onlyOf, pick, whole, withBy, withOnly } from "./graph-state.js";
import { asked, tableOf, taken } from "./graph-table.js";
import { goingOn } from "./graph-live.js";
import { drawn } from "./vega.js";

function head(model, words, id) {
  const title = element(`h${model.get("level")}`, { id, class: "tollbook-graph-title" });
  const note = element("p", { class: "tollbook-graph-note", id: `${id}-note` });
  const select = element("select", { "aria-label": `${words.by}, ${model.get("title")}`, class: "tollbook-graph-by" });
  const back = element("button", { type: "button", class: "tollbook-graph-whole", hidden: true }, words.whole);
  select.addEventListener("change", () => pick({ by: withBy(held().by, model.get("name"), select.value) }));
  back.addEventListener("click", () => whole());
  return { title, note, select, back };
}

function render({ model, el }) {
  style("graph.css");
  const words = model.get("words");
  const id = `tollbook-graph-${model.get("_key") || crypto.randomUUID()}`;
  const parts = head(model, words, id);
  const host = element("div", { class: "tollbook-chart" });
  const box = element("div", { class: "tollbook-graph-box" }, host);
  const paper = element("div", { class: "tollbook-graph-table", tabindex: "0", role: "group", "aria-labelledby": id, hidden: true });
  const told = element("div", { class: "tollbook-graph-state" });
  const lines = legend({ words, changed: (names) => pick({ only: withOnly(held().only ?? model.get("only"), model.get("by"), names) }, { replace: true }) });
  const over = pointer({ box, host, words, label: model.get("title") });
  const more = menu({ label: words.menu.replace("{title}", model.get("title")), items });
  const fault = element("p", { class: "tollbook-alert", role: "alert", hidden: true });
  const tools = element("div", { class: "tollbook-graph-tools" }, parts.back, parts.select, ...more);
  const heading = element("div", { class: "tollbook-graph-heading" }, parts.title, parts.note);
  const card = element("section", { class: "tollbook-graph", "aria-labelledby": id, "data-name": model.get("name"), "data-lm-suppress-shortcuts": "true" },
    element("header", {}, heading, tools), fault, element("div", { class: "tollbook-graph-body" }, box, paper, told), lines.list);
  el.append(card);

  let chart = null;
  let drawnSpec = "";
  let data = null;
  let rowsOf = null;
  let shown = "";
  let asTable = false;
  let turn = Promise.resolve();

  // The lines that the page's legends leave, as far as this graph has them; none: all.
  function only() {
    const names = onlyOf(held().only ?? model.get("only"), model.get("by"));
    const known = model.get("legend").map(({ name }) => name);
    const found = names.filter((name) => known.includes(name));
    return found.length === known.length ? [] : found;
  }

  function describe() {
    const bys = model.get("bys");
    parts.title.replaceChildren(isolated(model.get("title")));
    parts.note.textContent = model.get("note");
    parts.select.replaceChildren(...bys.map(({ name, label }) => element("option", { value: name }, label)));
    parts.select.value = model.get("by");
    parts.select.hidden = bys.length < 2;
    fault.textContent = model.get("fault");
    fault.hidden = !fault.textContent;
  }

  function message(state) {
    if (state === "loading") return [element("div", { class: "tollbook-skeleton" }, element("span", {}, words.loading))];
    const text = model.get("message") || (state === "empty" ? words.empty : words.not_drawn);
    const hint = model.get("hint") || (state === "empty" ? words.empty_hint : "");
    const again = element("button", { type: "button" }, words.again);
    again.addEventListener("click", () => model.send({ kind: "again" }));
    return [element("p", { class: "tollbook-graph-message", role: state === "error" ? "alert" : null }, text), hint && element("p", {}, hint), state === "error" && again].filter(Boolean);
  }

  function state() {
    const now = model.get("state");
    // While new figures are made the old drawing stays, paler.
    const kept = now === "loading" && chart !== null;
    card.dataset.state = now;
    card.setAttribute("aria-busy", String(now === "loading"));
    told.hidden = now === "ready" || kept;
    told.replaceChildren(...(told.hidden ? [] : message(now)));
    const seen = now === "ready" || kept;
    box.classList.toggle("tollbook-unseen", !seen || asTable);
    paper.hidden = !seen || !asTable;
    lines.list.classList.toggle("tollbook-unseen", !seen);
    more[0].disabled = !seen;
  }

  // What the page has heard since these rows were made is drawn behind them.
  const live = goingOn(model, () => changed());
  const pointed = () => ({ ...Object.fromEntries(["legend", "language"].map((name) => [name, model.get(name)])), ...live.now(), name: model.get("title"), only });

  async function draw() {
    if (model.get("state") !== "ready") return state();
    const spec = JSON.stringify(model.get("spec"));
    data = figures(pointed());
    if (rowsOf !== model.get("tables")) over.hide(); // what it told was of the figures before
    rowsOf = model.get("tables");
    lines.fill(model.get("legend"), "before" in model.get("tables"));
    shown = JSON.stringify(only());
    lines.show(only());
    if (chart && spec === drawnSpec) {
      chart.view.signal("only", only());
      await chart.refill(live.now().tables);
    } else {
      if (chart) host.style.minHeight = `${host.offsetHeight}px`;
      chart?.finalize();
      state();
      chart = await drawn(host, {
        library: model.get("library"), spec: model.get("spec"), tables: live.now().tables,
        signals: { only: only() }, language: model.get("language"), after: (view) => over.follow(view, data),
      });
      drawnSpec = spec;
      host.style.minHeight = "";
    }
    chart.view.container().setAttribute("aria-label", model.get("description"));
    state();
    if (asTable) await fillTable();
  }

  // One after the other: what comes while a chart is being drawn waits for it, and what repeats is done once.
  let waiting = false;
  function changed() {
    if (waiting) return;
    waiting = true;
    turn = turn.then(async () => {
      waiting = false;
      try {
        await draw();
      } catch (error) {
        console.error(error);
        told.hidden = false;
        told.replaceChildren(element("p", { class: "tollbook-graph-message", role: "alert" }, words.not_drawn));
      }
    });
  }

  function chosen() {
    parts.back.hidden = home() === null;
    const names = JSON.stringify(only());
    if (names === shown) return;
    shown = names;
    lines.show(only());
    turn = turn.then(() => chart?.signal("only", only()));
    if (asTable) fillTable();
  }

  async function fillTable() {
    const table = await asked(model);
    const labels = linesShown().map(({ label }) => label);
    const rows = labels.length ? table.rows.filter((row) => row.some((cell, i) => i < 2 && labels.includes(cell))) : table.rows;
    const { scrollTop } = paper;
    paper.replaceChildren(tableOf({ ...table, rows }, [model.get("title"), model.get("span")].filter(Boolean).join(", ")));
    paper.scrollTop = scrollTop;
  }

  async function turnOver() {
    asTable = !asTable;
    if (asTable) await fillTable();
    state();
    over.hide();
    if (asTable) paper.focus();
  }

  const linesShown = () => model.get("legend").filter(({ name }) => !only().length || only().includes(name));
  const picture = () => svgOf(chart.view, host, { title: model.get("title"), span: model.get("span"), legend: [...linesShown(), ...("before" in model.get("tables") ? [{ label: words.before, dashed: true }] : [])] });
  const file = (ending) => `${model.get("file_name")}.${ending}`;

  async function copyData() {
    await navigator.clipboard.writeText((await taken(model, "copy")).tsv);
    announce(words.copied);
  }

  async function copyPicture() {
    await navigator.clipboard.write([new ClipboardItem({ "image/png": taken(model, "picture").then(picture).then(pngOf) })]);
    announce(words.copied);
  }

  function items() {
    const copies = globalThis.ClipboardItem && navigator.clipboard?.write;
    return [
      [asTable ? words.view_graph : words.view_table, turnOver],
      navigator.clipboard && [words.copy_data, copyData],
      copies && [words.copy_picture, copyPicture],
      [words.save_png, async () => { await taken(model, "png"); save(await pngOf(await picture()), file("png")); }],
      [words.save_svg, async () => { await taken(model, "svg"); save(new Blob([await picture()], { type: "image/svg+xml" }), file("svg")); }],
      [words.save_csv, async () => save(new Blob([(await taken(model, "csv")).csv], { type: "text/csv" }), file("csv"))],
    ].filter(Boolean);
  }

  const drawings = ["spec", "tables", "legend", "clock", "state", "message", "hint"].map((name) => `change:${name}`);
  const heads = ["title", "note", "by", "bys", "fault"].map((name) => `change:${name}`);
  for (const name of drawings) model.on(name, changed);
  for (const name of heads) model.on(name, describe);
  const deaf = whenChosen(chosen);
  describe();
  state();
  chosen();
  changed();
  return () => {
    for (const name of drawings) model.off(name, changed);
    for (const name of heads) model.off(name, describe);
    deaf();
    live.end();
    over.hide();
    turn = turn.then(() => chart?.finalize());
  };
}

export default { render };
