// Below the grid: how many rows there are, and the figures of what is selected.

import { announce, element } from "./base.js";
import { scaled } from "./grid_sums.js";
import { amount } from "./grid_values.js";

const SPOKEN_AFTER_MS = 700;
const LARGE = 200000;
const UNITS = { integer: "count", number: "count", seconds: "time", duration: "time", percent: "percent", money: "money" };

export class Status {
  constructor(grid) {
    this.grid = grid;
    this.rows = element("p", { class: "tollbook-grid-rows" });
    this.figures = element("div", { class: "tollbook-grid-figures", role: "group", "aria-label": grid.words.selection });
    this.el = element("div", { class: "tollbook-grid-status" }, this.rows, this.figures);
  }

  count() {
    const { words, order, table, sums } = this.grid;
    const all = table.size === order.length;
    this.rows.textContent = (all ? words.rows : words.rows_of).replace("{count}", sums.number(order.length)).replace("{all}", sums.number(table.size));
  }

  // A selection of very many cells is added up once it rests.
  selected() {
    clearTimeout(this.waits);
    const rough = this.grid.selection.columns().length * this.grid.order.length;
    if (rough > LARGE && this.dragging) this.waits = setTimeout(() => this.tell(), 80);
    else this.tell();
    this.dragging = true;
    clearTimeout(this.rests);
    this.rests = setTimeout(() => { this.dragging = false; }, 150);
  }

  tell() {
    const told = this.told();
    this.figures.replaceChildren(...told.map(({ name, column, label, text, hint, missing, partial }) => element(
      "span", { class: `tollbook-grid-figure${missing ? " missing" : ""}`, "data-figure": name, "data-column": column, title: hint || null },
      element("span", {}, label), " ", element("b", {}, text), hint && (missing || partial) ? element("small", {}, hint) : null,
    )));
    clearTimeout(this.spoken);
    if (told.length) this.spoken = setTimeout(() => announce(told.map(({ label, text }) => `${label} ${text}`).join(", ")), SPOKEN_AFTER_MS);
  }

  told() {
    const { selection, words, sums } = this.grid;
    const cells = selection.cells();
    if (cells < 2) return [];
    const numeric = selection.columns().filter(({ name }) => sums.values(name).numeric);
    const figure = (name, label, { text, hint, missing, partial }, column) => ({ name, label, text, hint, missing, partial, column });
    const plain = (name, label, count) => figure(name, label, { text: sums.number(count) });
    const all = numeric.map((column) => ({ column, ...sums.over(column.name, this.grid.order, selection.rowsOf(column.name)) }));
    const first = [plain("cells", words.cells, cells)];
    if (numeric.length) first.push(plain("count", words.count, all.reduce((count, each) => count + each.count, 0)));
    return [...first, ...this.together(all, figure), ...this.severally(all, figure)];
  }

  // Cells of one unit, added up as if they were one column.
  together(all, figure) {
    const { words, sums, selection, order } = this.grid;
    const units = new Set(all.map(({ column }) => UNITS[column.kind]));
    const ratios = all.some(({ column }) => column.of || column.kind === "percent");
    if (units.size !== 1 || (ratios && all.length > 1) || !all.some(({ count }) => count)) return [];
    const { column } = all[0];
    const several = all.map((each) => sums.severally(each.column, order, selection.rowsOf(each.name))).find(Boolean) || this.mixed(all);
    if (several) return [figure("sum", words.sum, several)];
    const known = all.filter(({ count }) => count);
    const shown = (value) => ({ text: this.text(known, value), hint: sums.partial({ count: known.reduce((n, each) => n + each.count, 0), missing: all.reduce((n, each) => n + each.missing, 0) }), partial: all.some(({ missing }) => missing) });
    const sum = ratios ? [] : [figure("sum", words.sum, shown(this.all(known, "sum", (values) => values.reduce((a, b) => a + b))))];
    return [
      ...sum,
      figure("average", words.average, sums.average(column, known)),
      figure("min", words.min, { text: this.text(known, this.all(known, "least", (values) => values.reduce((a, b) => (b < a ? b : a)))) }),
      figure("max", words.max, { text: this.text(known, this.all(known, "most", (values) => values.reduce((a, b) => (b > a ? b : a)))) }),
    ];
  }

  // Columns of money whose currencies differ from each other.
  mixed(all) {
    const { sums, selection, order, words } = this.grid;
    const codes = new Set(all.flatMap(({ column, name }) => sums.currencies(column, order, selection.rowsOf(name))));
    return codes.size > 1 ? sums.unknown(words.currencies.replace("{codes}", [...codes].join(", "))) : null;
  }

  all(known, field, join) {
    if (!known[0].money) return join(known.map((each) => each[field]));
    const places = Math.max(...known.map((each) => each.places));
    return join(known.map((each) => scaled(each[field], places - each.places)));
  }

  text(known, value) {
    const places = Math.max(...known.map((each) => each.places || 0));
    return typeof value === "bigint" ? amount(value, places, this.grid.language) : this.grid.sums.shown(known[0].column, value);
  }

  // Each column by itself: its sum, or what its ratio truly is over these rows.
  severally(all, figure) {
    const { sums, words, selection, order } = this.grid;
    const units = new Set(all.map(({ column }) => UNITS[column.kind]));
    const ratios = all.some(({ column }) => column.of);
    return all.flatMap(({ column, name }) => {
      const mask = selection.rowsOf(name);
      if (column.of) return [figure("true", words.true.replace("{name}", column.label), sums.ratio(column, order, mask), name)];
      if ((units.size === 1 && !ratios) || column.kind === "percent") return [];
      return [figure("sum", `Σ ${column.label}`, sums.sum(column, order, mask), name)];
    });
  }
}
