// A table of many rows that handles like a spreadsheet. Sorting, filtering and selecting happen here; figures, files
// and what may be done with rows are Python's. `table` is what Python packs, `revision` the number of these rows.

import { element, style } from "./base.js";
import { Copying } from "./grid_copy.js";
import { example, filter } from "./grid_filter.js";
import { chooser, head, tellWrong } from "./grid_head.js";
import { keys } from "./grid_keys.js";
import { Layout, needed } from "./grid_layout.js";
import { cellEntries, Menu, rowEntries } from "./grid_menu.js";
import { Rows, totals, totalText } from "./grid_rows.js";
import { pointing, Selection } from "./grid_select.js";
import { Status } from "./grid_status.js";
import { Sums } from "./grid_sums.js";
import { Ticks } from "./grid_ticks.js";
import { keyOf, opened } from "./grid_values.js";

const SAID_MS = 6000;
const PINNED_SHARE = 0.6;
let made = 0;

class Grid {
  constructor(model, host) {
    made += 1;
    Object.assign(this, {
      model, host, id: `tollbook-grid-${made}`, key: model.get("key"), words: model.get("words"), language: model.get("language"),
      active: { place: 0, column: 0 }, order: new Uint32Array(0), shown: [], widths: [], rowPx: 30,
    });
    this.layout = new Layout(model.get("user"), model.get("key"));
    this.filters = new Map(Object.entries(this.layout.held.filters));
    this.table = opened(model.get("table"), this.language);
    this.draw();
    this.sums = new Sums(this);
    this.selection = new Selection(this);
    this.ticks = new Ticks(this);
    this.status = new Status(this);
    this.menu = new Menu(this);
    this.copying = new Copying(this);
    this.host.append(this.bar(), this.box, this.status.el, this.menu.el);
    pointing(this);
    keys(this);
    this.listen();
    this.shape();
    this.arrange();
  }

  draw() {
    this.box = element("div", {
      class: "tollbook-grid", role: "grid", tabindex: "0", "aria-label": this.model.get("label"), "aria-multiselectable": "true", "data-lm-suppress-shortcuts": "true",
    });
    this.top = element("div", { class: "tollbook-grid-top", role: "rowgroup" });
    this.rows = new Rows(this);
    this.noted = element("div", { role: "gridcell" });
    this.note = element("div", { class: "tollbook-grid-empty", role: "row", hidden: true }, this.noted); // a group of rows holds nothing else
    this.foot = element("div", { class: "tollbook-grid-foot", role: "rowgroup", hidden: !this.model.get("total") });
    this.box.append(this.top, this.rows.body, this.foot);
  }

  bar() {
    const { button, panel } = chooser(this);
    this.clear = element("button", { type: "button", class: "tollbook-grid-button", hidden: true }, this.words.clear_filters);
    this.clear.addEventListener("click", () => { this.filters.clear(); head(this); this.widen(); this.filtered(); this.box.focus(); });
    this.said = element("p", { class: "tollbook-grid-said", role: "status" });
    return element("div", { class: "tollbook-grid-bar" }, this.ticks.el, this.said, this.clear, button, panel);
  }

  listen() {
    this.box.addEventListener("scroll", () => this.paint(), { passive: true });
    this.box.addEventListener("contextmenu", (event) => {
      const line = event.target.closest("[data-place], [data-head]");
      if (!line || event.target.closest("input")) return;
      event.preventDefault();
      if (line.dataset.head !== undefined) line.querySelector(".more").click();
      else if (event.target.closest("[data-index]")) this.cellMenu(event.clientX, event.clientY);
      else this.rowMenu(Number(line.dataset.place), event.target);
    });
    this.box.addEventListener("focus", () => this.paint(true));
    this.print = (printing) => () => { this.rows.printing = printing; this.widen(); this.paint(true); };
    [this.before, this.after] = [this.print(true), this.print(false)];
    window.addEventListener("beforeprint", this.before);
    window.addEventListener("afterprint", this.after);
    this.watch = new ResizeObserver(() => { this.widen(); this.paint(); });
    this.watch.observe(this.box);
  }

  // Where no column tells the one currency that there is, the headings of its amounts do.
  heading({ label, kind, currency }) {
    if (kind !== "money" || !currency || this.shown.some(({ name }) => name === currency)) return label;
    const { texts } = this.table.values.get(currency);
    return texts.length === 1 ? `${label} (${texts[0]})` : label;
  }

  cellId(place, index) { return `${this.id}-${place}-${index}`; }

  rtl() { return getComputedStyle(this.box).direction === "rtl"; }

  // An address within the portal, wherever the page itself lies.
  address(href) {
    if (this.base === undefined) {
      const config = document.getElementById("jupyter-config-data");
      this.base = config ? JSON.parse(config.textContent).baseUrl || "/" : "";
    }
    return new URL(`${this.base}${href}`, document.baseURI).href;
  }

  // Where rows are seen: below the names, above the totals.
  viewport() {
    const box = this.box.getBoundingClientRect();
    const left = box.left + this.box.clientLeft;
    const foot = this.foot.hidden ? 0 : this.foot.offsetHeight;
    return { left, right: left + this.box.clientWidth, top: box.top + this.top.offsetHeight, bottom: box.top + this.box.clientLeft + this.box.clientHeight - foot };
  }

  // New rows: what the reader did is found again by the rows' keys.
  load() {
    const [before, selection] = [this.table, this.selection];
    const held = selection.areas.length || this.ticks.held.size || this.active.place > 0;
    const active = before.size && this.active.place >= 0 ? keyOf(before, this.order[this.active.place] ?? 0) : null;
    this.table = opened(this.model.get("table"), this.language);
    this.ticks.renew();
    this.box.setAttribute("aria-label", this.model.get("label"));
    if (this.layout.key !== this.model.get("key")) this.another();
    if (held) {
      const places = new Map();
      for (let row = 0; row < this.table.size; row += 1) places.set(keyOf(this.table, row), row);
      selection.carried((row) => keyOf(before, row), places);
      this.ticks.carried(before, places);
      this.wanted = places.get(active);
    }
    this.shape();
    this.arrange();
  }

  // Other figures under another key: a layout and filters of their own.
  another() {
    this.layout = new Layout(this.model.get("user"), this.model.get("key"));
    this.filters = new Map(Object.entries(this.layout.held.filters));
    this.selection.clear();
    this.box.scrollTop = 0;
  }

  lay() {
    this.shape();
    this.arrange();
  }

  // Columns as the reader laid them.
  shape() {
    this.shown = this.table.later ? [] : this.layout.shown(this.table.columns);
    this.active.column = Math.max(0, Math.min(this.active.column, this.shown.length - 1));
    this.box.setAttribute("aria-colcount", this.shown.length + 1);
    this.box.classList.toggle("rtl", this.rtl());
    head(this);
    this.rows.renew();
    this.natural = null;
  }

  // Columns are as wide as the reader or their texts want them; what is left over is shared among the latter.
  widen() {
    if (!this.shown.length || !this.passing) return;
    const { fontSize, fontFamily } = getComputedStyle(this.box);
    const room_for = (column) => ({ total: this.foot.hidden ? "" : totalText(this, column), example: example(this.table.values.get(column.name), this.words), font: `${fontSize} ${fontFamily}` });
    this.natural ??= this.shown.map((column) => needed({ ...column, label: this.heading(column) }, this.table.values.get(column.name), this.table.size, room_for(column)));
    const { widths } = this.layout.held;
    const gutter = this.model.get("row_actions").length ? 68 : 46;
    const fixed = this.shown.map(({ name }) => widths[name]);
    const sum = (parts) => parts.reduce((all, width) => all + width, 0);
    const free = this.box.clientWidth - gutter - sum(fixed.filter(Boolean));
    const room = Math.max(1, free / Math.max(1, sum(this.natural.filter((_, place) => !fixed[place]))));
    this.widths = this.natural.map((width, place) => fixed[place] || Math.floor(width * room));
    // On paper all columns share the width of the page.
    const tracks = this.rows.printing ? ["0", ...this.natural.map((width) => `minmax(0, ${Math.round(width)}fr)`)] : [gutter, ...this.widths].map((width) => `${width}px`);
    this.box.style.setProperty("--tb-columns", tracks.join(" "));
    this.pin(gutter);
  }

  // Pinned columns stay in sight, unless they would leave no room for the others.
  pin(gutter) {
    let start = gutter;
    const rules = [];
    this.shown.forEach((column, place) => {
      if (!this.layout.isPinned(column)) return;
      if (start + this.widths[place] <= this.box.clientWidth * PINNED_SHARE) rules.push(`#${this.id} .tollbook-grid-row > :nth-child(${place + 2}) { position: sticky; inset-inline-start: ${start}px; z-index: 1; background: inherit; }`);
      start += this.widths[place];
    });
    this.pinned = start;
    this.box.id = this.id;
    if (!this.sheet) { this.sheet = element("style"); this.host.append(this.sheet); }
    this.sheet.textContent = rules.join("\n");
  }

  filtered() {
    clearTimeout(this.filtering);
    this.layout.filter(this.filters);
    this.filtering = setTimeout(() => this.arrange(false), this.table.size > 20000 ? 120 : 0);
  }

  // Which rows the filters leave; looked at again when they or the rows have changed.
  sift() {
    const key = JSON.stringify([...this.filters]);
    if (this.sifted?.key === key && this.sifted.table === this.table) return;
    const wrong = new Set();
    const tests = [];
    for (const column of this.table.columns) {
      const values = this.table.values.get(column.name);
      const found = values && filter(this.filters.get(column.name) || "", column, values, this.language);
      if (found?.wrong) wrong.add(column.name);
      if (found?.test) tests.push(found.test);
    }
    this.sifted = { key, table: this.table, wrong };
    this.passing = this.passed(tests);
  }

  // Which rows are shown, in which order. The names are drawn anew unless a filter is being written.
  arrange(names = true) {
    this.sift();
    this.order = this.sorted();
    if (names) { head(this); this.widen(); }
    tellWrong(this, this.sifted.wrong);
    this.clear.hidden = ![...this.filters.values()].some((text) => text.trim());
    this.box.setAttribute("aria-rowcount", this.order.length + (this.foot.hidden ? 2 : 3));
    this.rows.body.style.height = `${Math.max(this.order.length, 2) * this.rowPx}px`;
    this.selection.settle();
    this.settled();
  }

  passed(tests) {
    const rows = new Uint32Array(this.table.size);
    let count = 0;
    for (let row = 0; row < rows.length; row += 1) {
      let fits = true;
      for (let test = 0; fits && test < tests.length; test += 1) fits = tests[test](row);
      if (fits) { rows[count] = row; count += 1; }
    }
    return rows.slice(0, count);
  }

  sorted() {
    const order = this.passing.slice();
    const by = this.layout.held.sort.filter(({ name }) => this.table.values.has(name))
      .map(({ name, descending }) => ({ keys: this.table.values.get(name).keys(), sign: descending ? -1 : 1 }));
    return by.length ? order.sort((a, b) => compared(by, a, b)) : order;
  }

  settled() {
    if (this.wanted !== undefined) this.active.place = Math.max(0, this.order.indexOf(this.wanted));
    this.wanted = undefined;
    this.active.place = Math.min(this.active.place, this.order.length - 1);
    if (!this.foot.hidden && this.shown.length) totals(this);
    this.noted.textContent = this.table.later ? this.words.loading : this.table.size ? this.words.nothing_left : this.words.empty;
    this.note.hidden = this.order.length > 0;
    if (!this.note.hidden) this.rows.body.append(this.note);
    this.status.count();
    this.ticks.show();
    this.selected();
  }

  selected() {
    this.paint(true);
    this.status.selected();
  }

  paint(fully = false) {
    if (!this.shown.length) return;
    this.rows.paint(fully);
    const active = this.activeElement();
    if (active) this.box.setAttribute("aria-activedescendant", active.id);
    else this.box.removeAttribute("aria-activedescendant");
    if (!fully) return;
    for (const old of this.top.querySelectorAll(".active")) old.classList.remove("active");
    if (this.active.place < 0) active?.classList.add("active");
  }

  activeElement() {
    return document.getElementById(this.cellId(this.active.place, this.active.column));
  }

  // Another cell has the keyboard, and is in sight.
  activate(to) {
    this.active = to;
    this.reveal();
    this.paint(true);
  }

  reveal() {
    const view = this.viewport();
    const sight = view.bottom - view.top;
    const at = this.active.place * this.rowPx;
    if (this.active.place >= 0 && at < this.box.scrollTop) this.box.scrollTop = at;
    else if (at + this.rowPx > this.box.scrollTop + sight) this.box.scrollTop = at + this.rowPx - sight;
    this.rows.paint(false);
    const cell = this.activeElement()?.getBoundingClientRect();
    if (!cell || this.layout.isPinned(this.shown[this.active.column])) return;
    const [left, right] = this.rtl() ? [view.left, view.right - this.pinned] : [view.left + this.pinned, view.right];
    if (cell.left < left) this.box.scrollLeft -= left - cell.left;
    else if (cell.right > right) this.box.scrollLeft += Math.min(cell.right - right, cell.left - left);
  }

  linkAt(place, index) {
    const column = this.shown[index];
    const href = column?.href && this.table.links.get(column.href)?.at(this.order[place]);
    return href ? this.address(href) : null;
  }

  cellMenu(x, y) {
    if (!this.selection.areas.length && this.order.length) this.selection.to(this.active.place, this.active.column);
    this.selected();
    this.menu.open(this.words.menu, cellEntries(this, this.active.place), x, y);
  }

  rowMenu(place, from) {
    const at = from.getBoundingClientRect();
    const row = rowEntries(this, place);
    this.active = { place, column: this.active.column };
    this.menu.open(this.words.row_menu, row.length ? row : cellEntries(this, place), this.rtl() ? at.right : at.left, at.bottom);
  }

  // A line to the reader above the grid; what is wrong stays until it is not.
  say(text, kind = "done") {
    clearTimeout(this.silent);
    if (!text && this.said.dataset.kind !== kind) return;
    this.said.textContent = text;
    this.said.dataset.kind = kind;
    if (text && kind === "done") this.silent = setTimeout(() => this.say("", kind), SAID_MS);
  }

  remove() {
    this.watch.disconnect();
    this.menu.close(false);
    window.removeEventListener("beforeprint", this.before);
    window.removeEventListener("afterprint", this.after);
    this.host.replaceChildren();
  }
}

// What is unknown stays at the end either way; equal rows stay as they came.
function compared(by, a, b) {
  for (let level = 0; level < by.length; level += 1) {
    const { keys: held, sign } = by[level];
    const [first, second] = [held[a], held[b]];
    if (first !== first || second !== second) {
      if (first === first) return -1;
      if (second === second) return 1;
    } else if (first !== second) return first < second ? -sign : sign;
  }
  return a - b;
}

async function render({ model, el }) {
  await Promise.all([style("grid.css"), style("controls.css")]);
  let grid = new Grid(model, el);
  const answers = { file: (content, buffers) => grid.copying.saved(content, buffers) };
  const heard = (content, buffers) => answers[content.kind]?.(content, buffers);
  // Another key is another grid in the same place: with a layout, actions and ticks of its own.
  const renew = () => {
    const focused = el.contains(document.activeElement);
    grid.remove();
    grid = el.tollbookGrid = new Grid(model, el);
    if (focused) grid.box.focus({ preventScroll: true });
  };
  const load = () => { if (model.get("key") === grid.key) grid.load(); else renew(); };
  const faulty = () => grid.say(model.get("fault"), model.get("fault") ? "wrong" : "done");
  model.on("change:table", load);
  model.on("change:fault", faulty);
  model.on("msg:custom", heard);
  el.tollbookGrid = grid;
  return () => {
    model.off("change:table", load);
    model.off("change:fault", faulty);
    model.off("msg:custom", heard);
    grid.remove();
  };
}

export default { render };
