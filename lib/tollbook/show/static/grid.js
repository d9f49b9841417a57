// A table of many rows: only those in sight are in the page. Sorting and filtering happen here.
// `columns` is a list of {name, label, kind, hint, of}; `values` holds each column as a list.

const ROW_PX = 30;
const SPARE_ROWS = 8;
const CHARACTER_PX = 7.6;
const count = new Intl.NumberFormat("en");
const KINDS = {
  text: { show: (value) => value, key: (value) => value.toLowerCase(), numeric: false },
  integer: { show: (value) => count.format(value), key: Number, numeric: true },
  seconds: { show: (value) => fixed(value, 1), key: Number, numeric: true },
  duration: { show: clock, key: Number, numeric: true },
  percent: { show: (value) => `${fixed(value * 100, 2)} %`, key: (value) => value * 100, numeric: true },
  money: { show: grouped, key: Number, numeric: true },
};

function fixed(value, places) {
  return value.toLocaleString("en", { minimumFractionDigits: places, maximumFractionDigits: places });
}

function clock(seconds) {
  const whole = Math.round(seconds);
  const two = (number) => String(number).padStart(2, "0");
  return `${count.format(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

// The exact decimal as it was sent; only its thousands are set apart.
function grouped(amount) {
  const [, sign, whole, rest] = /^(-?)(\d+)(.*)$/.exec(amount);
  return sign + whole.replace(/\B(?=(\d{3})+$)/g, ",") + rest;
}

// `>10`, `<=3`, `=0`, `5..9` for numbers; any other text is looked for in what is shown.
function matcher(text, kind) {
  const wanted = text.trim().toLowerCase();
  const compared = /^(>=|<=|>|<|=)\s*(-?[\d.,]+)$/.exec(wanted);
  const between = /^(-?[\d.]+)\s*\.\.\s*(-?[\d.]+)$/.exec(wanted);
  if (kind.numeric && compared) {
    const limit = Number(compared[2].replaceAll(",", ""));
    const test = { ">": (a) => a > limit, ">=": (a) => a >= limit, "<": (a) => a < limit, "<=": (a) => a <= limit, "=": (a) => a === limit }[compared[1]];
    return (value) => value !== null && test(kind.key(value));
  }
  if (kind.numeric && between) {
    return (value) => value !== null && kind.key(value) >= Number(between[1]) && kind.key(value) <= Number(between[2]);
  }
  return (value) => value !== null && String(kind.show(value)).toLowerCase().includes(wanted);
}

function element(tag, attributes, text) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

class Grid {
  constructor(model, host) {
    this.model = model;
    this.sorted = null;
    this.filters = new Map();
    this.active = { row: 0, column: 0 };
    this.id = `tollbook-grid-${Math.random().toString(36).slice(2)}`;
    this.status = element("p", { class: "tollbook-grid-status", role: "status" });
    this.box = element("div", {
      class: "tollbook-grid", role: "grid", tabindex: "0", "aria-label": model.get("label"), "data-lm-suppress-shortcuts": "true",
    });
    host.append(this.box, this.status);
    this.box.addEventListener("scroll", () => this.paint(), { passive: true });
    this.box.addEventListener("keydown", (event) => this.key(event));
    this.box.addEventListener("mousedown", (event) => this.point(event));
    this.watch = new ResizeObserver(() => { this.widen(); this.paint(); });
    this.watch.observe(this.box);
    this.load();
  }

  load() {
    this.columns = this.model.get("columns").map((column) => ({ ...column, ...KINDS[column.kind] }));
    this.values = this.model.get("values");
    this.size = this.columns.length ? this.values[this.columns[0].name].length : 0;
    this.head();
    this.arrange();
  }

  shown(column, row) {
    const value = this.values[column.name][row];
    return value === null ? "–" : String(column.show(value));
  }

  // Each column is as wide as the longest text of a sample, in characters; names break between words.
  measure() {
    const step = Math.max(1, Math.floor(this.size / 400));
    this.characters = this.columns.map((column) => {
      let longest = Math.max(...column.label.split(" ").map((word) => word.length)) + 2;
      for (let row = 0; row < this.size; row += step) longest = Math.max(longest, this.shown(column, row).length);
      return Math.min(longest, 32);
    });
  }

  // What is left of the page's width is shared out, so that header and rows always have the same columns.
  widen() {
    const needed = this.characters.map((characters) => characters * CHARACTER_PX + 22);
    const room = this.box.clientWidth / needed.reduce((sum, width) => sum + width, 0);
    this.box.style.setProperty("--tb-columns", needed.map((width) => `${Math.floor(width * Math.max(1, room))}px`).join(" "));
  }

  head() {
    this.box.replaceChildren();
    this.measure();
    this.widen();
    this.box.setAttribute("aria-colcount", this.columns.length);
    const names = element("div", { class: "tollbook-grid-row tollbook-grid-names", role: "row", "aria-rowindex": 1 });
    const filters = element("div", { class: "tollbook-grid-row tollbook-grid-filters", role: "row", "aria-rowindex": 2 });
    for (const [i, column] of this.columns.entries()) {
      const name = element("div", { role: "columnheader", "aria-colindex": i + 1, "aria-sort": "none", title: column.hint, class: column.numeric ? "number" : "" });
      const button = element("button", { type: "button" }, column.label);
      button.addEventListener("click", () => this.sort(i));
      name.append(button);
      names.append(name);
      const cell = element("div", { role: "gridcell", "aria-colindex": i + 1 });
      const input = element("input", { type: "search", "aria-label": `Filter ${column.label}`, placeholder: column.numeric ? ">10" : "contains" });
      input.value = this.filters.get(column.name) || "";
      input.addEventListener("input", () => { this.filters.set(column.name, input.value); this.arrange(); });
      cell.append(input);
      filters.append(cell);
    }
    const top = element("div", { class: "tollbook-grid-top", role: "rowgroup" });
    top.append(names, filters);
    this.body = element("div", { class: "tollbook-grid-body", role: "rowgroup" });
    this.box.append(top, this.body);
  }

  // Ascending, descending, then as it came.
  sort(index) {
    const again = this.sorted && this.sorted.index === index;
    this.sorted = again && this.sorted.descending ? null : { index, descending: Boolean(again) };
    this.arrange();
  }

  arrange() {
    const tests = this.columns.flatMap((column) => {
      const text = this.filters.get(column.name);
      return text && text.trim() ? [[this.values[column.name], matcher(text, column)]] : [];
    });
    this.order = [];
    for (let row = 0; row < this.size; row += 1) {
      if (tests.every(([values, test]) => test(values[row]))) this.order.push(row);
    }
    if (this.sorted) {
      const column = this.columns[this.sorted.index];
      const keys = this.values[column.name].map((value) => (value === null ? null : column.key(value)));
      const sign = this.sorted.descending ? -1 : 1;
      // What is unknown stays at the end either way.
      this.order.sort((a, b) => {
        if (keys[a] === null || keys[b] === null) return (keys[a] === null) - (keys[b] === null) || a - b;
        return (keys[a] < keys[b] ? -sign : keys[a] > keys[b] ? sign : 0) || a - b;
      });
    }
    for (const [i, name] of [...this.box.querySelectorAll("[role=columnheader]")].entries()) {
      const state = this.sorted && this.sorted.index === i ? (this.sorted.descending ? "descending" : "ascending") : "none";
      name.setAttribute("aria-sort", state);
    }
    this.box.setAttribute("aria-rowcount", this.order.length + 2);
    this.body.style.height = `${this.order.length * ROW_PX}px`;
    this.status.textContent = this.order.length === this.size
      ? `${count.format(this.size)} rows` : `${count.format(this.order.length)} of ${count.format(this.size)} rows`;
    this.active.row = Math.min(this.active.row, Math.max(0, this.order.length - 1));
    this.paint();
  }

  paint() {
    const first = Math.max(0, Math.floor(this.box.scrollTop / ROW_PX) - SPARE_ROWS);
    const last = Math.min(this.order.length, first + Math.ceil(this.box.clientHeight / ROW_PX) + 2 * SPARE_ROWS);
    const lines = document.createDocumentFragment();
    for (let place = first; place < last; place += 1) lines.append(this.line(place));
    this.body.replaceChildren(lines);
    if (this.order.length) this.box.setAttribute("aria-activedescendant", this.cellId(this.active.row, this.active.column));
  }

  cellId(place, column) {
    return `${this.id}-${place}-${column}`;
  }

  line(place) {
    const row = this.order[place];
    const made = element("div", { class: `tollbook-grid-row${place % 2 ? " odd" : ""}`, role: "row", "aria-rowindex": place + 3 });
    made.style.top = `${place * ROW_PX}px`;
    for (const [i, column] of this.columns.entries()) {
      const cell = element("div", { role: "gridcell", "aria-colindex": i + 1, id: this.cellId(place, i), "data-column": column.name }, this.shown(column, row));
      if (column.numeric) cell.className = "number";
      if (place === this.active.row && i === this.active.column) cell.classList.add("active");
      if (column.of) cell.title = column.of.map((name) => this.values[name][row] ?? "–").join(" / ");
      made.append(cell);
    }
    return made;
  }

  point(event) {
    const cell = event.target.closest(".tollbook-grid-body [role=gridcell]");
    if (!cell) return;
    this.active = { row: Number(cell.parentNode.getAttribute("aria-rowindex")) - 3, column: Number(cell.getAttribute("aria-colindex")) - 1 };
    this.body.querySelector(".active")?.classList.remove("active");
    cell.classList.add("active");
    this.box.setAttribute("aria-activedescendant", cell.id);
  }

  key(event) {
    if (event.target !== this.box || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(this.box.clientHeight / ROW_PX) - 3);
    const moves = {
      ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
      PageUp: [-page, 0], PageDown: [page, 0], Home: [0, -this.columns.length], End: [0, this.columns.length],
    };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    const within = (value, end) => Math.min(Math.max(value, 0), Math.max(0, end - 1));
    this.active = { row: within(this.active.row + move[0], this.order.length), column: within(this.active.column + move[1], this.columns.length) };
    this.reveal();
    this.paint();
  }

  reveal() {
    const top = this.body.offsetTop;
    const place = this.active.row * ROW_PX;
    const sight = this.box.clientHeight - top;
    if (place < this.box.scrollTop) this.box.scrollTop = place;
    else if (place + ROW_PX > this.box.scrollTop + sight) this.box.scrollTop = place + ROW_PX - sight;
    this.paint();
    this.body.querySelector(".active")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  remove() {
    this.watch.disconnect();
  }
}

function render({ model, el }) {
  const grid = new Grid(model, el);
  const load = () => grid.load();
  model.on("change:values", load);
  return () => {
    model.off("change:values", load);
    grid.remove();
  };
}

export default { render };
