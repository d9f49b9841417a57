// Rows in sight, and no others, are in the page. Their elements are used again as the reader scrolls.

import { element } from "./base.js";

const SPARE_ROWS = 6;
const PRINTED_ROWS = 2000;
const RESTS_MS = 120;

export class Rows {
  constructor(grid) {
    this.grid = grid;
    this.lines = [];
    this.body = element("div", { class: "tollbook-grid-body", role: "rowgroup" });
  }

  // Other columns need other cells.
  renew() {
    this.lines = [];
    this.body.replaceChildren();
  }

  range() {
    const { box, order, rowPx } = this.grid;
    if (this.printing) return [0, Math.min(order.length, PRINTED_ROWS)];
    // An even number of lines: a line that is used again keeps its shade.
    const count = 2 * Math.ceil((box.clientHeight / rowPx + 2 * SPARE_ROWS) / 2);
    const first = Math.max(0, Math.min(Math.floor(box.scrollTop / rowPx) - SPARE_ROWS, order.length - count));
    return [first, Math.min(order.length, first + count)];
  }

  // `fully` where what rows show has changed, else only rows that come into sight are filled. A line keeps its place
  // in the document while the reader scrolls: to move it would cost more than to fill it. Readers of the document
  // find the rows in order once it rests.
  paint(fully) {
    const [first, last] = this.range();
    const count = last - first;
    if (this.lines.length !== count) this.resize(count);
    for (let place = first; place < last; place += 1) {
      const line = this.lines[place % count];
      if (fully || line.place !== place) this.fill(line, place);
    }
    clearTimeout(this.resting);
    if (count && first % count !== this.ordered) this.resting = setTimeout(() => this.order(first % count), RESTS_MS);
  }

  resize(count) {
    while (this.lines.length > count) this.lines.pop().el.remove();
    while (this.lines.length < count) this.lines.push(this.line());
    for (const line of this.lines) line.place = -1;
    this.order(0);
  }

  order(at) {
    this.ordered = at;
    const lines = [...this.lines.slice(at), ...this.lines.slice(0, at)];
    this.body.append(...lines.map(({ el }) => el));
  }

  line() {
    const { grid } = this;
    const el = element("div", { role: "row", class: "tollbook-grid-row" });
    const gutter = this.gutter();
    el.append(gutter.el);
    const cells = grid.shown.map((column, index) => {
      const cell = element("div", { role: grid.table.keys.has(column.name) ? "rowheader" : "gridcell", "aria-colindex": index + 2, "data-column": column.name, "data-index": index });
      const values = grid.table.values.get(column.name);
      cell.setAttribute("aria-selected", "false");
      cell.className = values.numeric ? "number" : values.ordered || column.timed ? "time" : "";
      const holder = column.kind === "link" ? element("a", { tabindex: "-1" }) : cell;
      if (holder !== cell) cell.append(holder);
      const text = document.createTextNode("");
      holder.append(text);
      el.append(cell);
      return { cell, holder, text, column, values, selected: false, active: false, parts: column.of?.map((name) => grid.table.values.get(name)) };
    });
    return { el, gutter, cells, place: -1 };
  }

  gutter() {
    const { grid } = this;
    const el = element("div", { role: "gridcell", class: grid.table.checkable ? "gutter ticks" : "gutter", "aria-colindex": 1 });
    const made = { el };
    if (grid.table.checkable) {
      made.box = element("input", { type: "checkbox", tabindex: "-1", "aria-label": grid.words.tick });
      made.box.addEventListener("click", () => { grid.ticks.turn(grid.order[Number(el.parentNode.dataset.place)], made.box.checked); grid.box.focus({ preventScroll: true }); });
      el.append(made.box);
    } else {
      made.number = document.createTextNode("");
      el.append(made.number);
    }
    if (grid.model.get("row_actions").length) {
      made.more = element("button", { type: "button", tabindex: "-1", class: "more", "aria-label": grid.words.row_menu }, element("span", { "aria-hidden": "true" }, "⋯"));
      made.more.addEventListener("click", () => grid.rowMenu(Number(el.parentNode.dataset.place), made.more));
      el.append(made.more);
    }
    return made;
  }

  fill(line, place) {
    const { grid } = this;
    const row = grid.order[place];
    if (line.place !== place) {
      line.el.style.top = `${place * grid.rowPx}px`;
      line.el.setAttribute("aria-rowindex", place + 3);
      if (line.odd !== place % 2) { line.odd = place % 2; line.el.classList.toggle("odd", line.odd === 1); }
      line.el.dataset.place = place;
    }
    if (line.gutter.number) line.gutter.number.data = grid.sums.number(place + 1);
    if (line.gutter.box) this.tick(line, grid.ticks.has(row), grid.ticks.may(row));
    const areas = grid.selection.areas.filter(({ rows }) => rows[row]);
    for (let index = 0; index < line.cells.length; index += 1) this.cell(line.cells[index], place, row, index, areas);
    line.place = place;
  }

  tick(line, ticked, may) {
    const { box } = line.gutter;
    if (box.disabled === may) box.disabled = !may;
    if (line.ticked === ticked && box.checked === ticked) return;
    line.ticked = ticked;
    box.checked = ticked;
    line.el.classList.toggle("ticked", ticked);
  }

  cell(held, place, row, index, areas) {
    const { cell, text, column, values, parts } = held;
    const shown = values.shown(row);
    if (text.data !== shown) text.data = shown;
    if (parts) {
      const title = parts.map((part) => part.exact(row) || "–").join(" / ");
      if (held.title !== title) { cell.title = title; held.title = title; }
    }
    if (column.href) this.link(held, row);
    if (column.tone) this.tone(held, row);
    const selected = areas.length > 0 && areas.some(({ columns }) => columns.has(column.name));
    if (held.selected !== selected) {
      held.selected = selected;
      cell.setAttribute("aria-selected", String(selected));
      cell.classList.toggle("selected", selected);
    }
    const active = place === this.grid.active.place && index === this.grid.active.column;
    if (held.active !== active) {
      held.active = active;
      cell.classList.toggle("active", active);
      if (active) cell.id = this.grid.cellId(place, index);
      else cell.removeAttribute("id");
    }
  }

  tone(held, row) {
    const tone = this.grid.table.tones.get(held.column.tone)?.at(row) ?? null;
    if (held.tone === tone) return;
    held.tone = tone;
    if (tone) held.cell.dataset.tone = tone;
    else delete held.cell.dataset.tone;
  }

  link(held, row) {
    const { holder, column } = held;
    const href = this.grid.table.links.get(column.href)?.at(row);
    if (held.href === href) return;
    held.href = href;
    if (href) holder.setAttribute("href", this.grid.address(href));
    else holder.removeAttribute("href");
  }
}

// With a mark where it is the sum of a part.
export function totalText(grid, column) {
  const { text = "", partial } = grid.sums.total(column, grid.passing) || {};
  return partial ? `${text}*` : text;
}

// The sums of all rows that the filters leave, in sight below them.
export function totals(grid) {
  const label = grid.shown.findIndex(({ name, of }) => !of && !grid.table.values.get(name).numeric);
  const cells = grid.shown.map((column, index) => {
    const { hint } = grid.sums.total(column, grid.passing) || {};
    const numeric = grid.table.values.get(column.name).numeric;
    return element("div", {
      role: index === label ? "rowheader" : "gridcell", "aria-colindex": index + 2, "data-total": column.name, title: hint || null,
      class: numeric ? "number" : "",
    }, index === label ? grid.words.total : totalText(grid, column));
  });
  const mark = element("div", { role: "gridcell", class: grid.table.checkable ? "gutter ticks" : "gutter", "aria-colindex": 1 }, element("span", { "aria-hidden": "true" }, "Σ"));
  grid.foot.replaceChildren(element("div", { role: "row", class: "tollbook-grid-row", "aria-rowindex": grid.order.length + 3, title: grid.words.total_of }, mark, ...cells));
}
