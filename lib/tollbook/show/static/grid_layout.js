// How the columns lie: order, widths, hidden, pinned, sorted. Kept in the browser for each reader and grid.

const LEAST_PX = 44;
const MOST_PX = 900;
const STEP_PX = 24;
const NATURAL_PX = 220;
const CELL_PX = 22; // its padding, and a little more than the text
const HEAD_PX = { text: 46, number: 30 }; // its padding, the arrow of sorting, the button of its menu, which numbers show only when pointed at
const FIELD_PX = 32;
const SAMPLE = 400;

export class Layout {
  constructor(user, key) {
    this.key = key;
    this.place = `tollbook:grid:${user}:${key}`;
    this.held = this.read();
  }

  read() {
    try {
      const held = JSON.parse(localStorage.getItem(this.place));
      const lists = ["order", "hidden", "shown", "pinned", "sort"].every((name) => Array.isArray(held[name]));
      return lists && typeof held.widths === "object" ? { filters: {}, ...held } : this.none();
    } catch { return this.none(); }
  }

  none() {
    return { order: [], hidden: [], shown: [], pinned: [], sort: [], widths: {}, filters: {} };
  }

  // A browser that keeps nothing still shows the grid.
  keep() {
    try { localStorage.setItem(this.place, JSON.stringify(this.held)); } catch { /* private windows, full disks */ }
  }

  reset() {
    this.held = this.none();
    try { localStorage.removeItem(this.place); } catch { /* as above */ }
  }

  // New columns stand after the one that they follow in Python's order.
  arranged(columns) {
    const names = columns.map(({ name }) => name);
    const order = this.held.order.filter((name) => names.includes(name));
    names.forEach((name, place) => {
      if (!order.includes(name)) order.splice(place ? order.indexOf(names[place - 1]) + 1 : 0, 0, name);
    });
    const by = new Map(columns.map((column) => [column.name, column]));
    return order.map((name) => by.get(name));
  }

  isHidden({ name, hidden }) {
    return this.held.hidden.includes(name) || (hidden && !this.held.shown.includes(name));
  }

  isPinned({ name }) {
    return this.held.pinned.includes(name);
  }

  // Pinned columns stand first.
  shown(columns) {
    const seen = this.arranged(columns).filter((column) => !this.isHidden(column));
    return [...seen.filter((column) => this.isPinned(column)), ...seen.filter((column) => !this.isPinned(column))];
  }

  hide({ name }, hidden) {
    this.held.hidden = this.held.hidden.filter((other) => other !== name);
    this.held.shown = this.held.shown.filter((other) => other !== name);
    this.held[hidden ? "hidden" : "shown"].push(name);
    if (hidden) this.held.sort = this.held.sort.filter((by) => by.name !== name);
    this.keep();
  }

  // What is written into the fields below the names.
  filter(filters) {
    this.held.filters = Object.fromEntries(filters);
    this.keep();
  }

  pin({ name }, pinned) {
    this.held.pinned = this.held.pinned.filter((other) => other !== name);
    if (pinned) this.held.pinned.push(name);
    this.keep();
  }

  // Stands directly before another column, or at the end before none.
  move(columns, { name }, before) {
    const order = this.arranged(columns).map((column) => column.name).filter((other) => other !== name);
    order.splice(before ? order.indexOf(before.name) : order.length, 0, name);
    this.held.order = order;
    this.keep();
  }

  width({ name }, px) {
    this.held.widths[name] = Math.round(Math.min(MOST_PX, Math.max(LEAST_PX, px)));
    this.keep();
  }

  widen(column, now, steps) {
    this.width(column, now + steps * STEP_PX);
  }

  fit({ name }) {
    delete this.held.widths[name];
    this.keep();
  }

  // Once: ascending; again: descending; again: not. `add` leaves what is sorted by already.
  sort({ name }, add, wanted) {
    const at = this.held.sort.find((by) => by.name === name);
    const next = wanted || (at ? (at.descending ? "none" : "descending") : "ascending");
    const others = add ? this.held.sort.filter((by) => by.name !== name) : [];
    const place = add && at ? this.held.sort.indexOf(at) : others.length;
    if (next !== "none") others.splice(place, 0, { name, descending: next === "descending" });
    this.held.sort = others;
    this.keep();
  }
}

const ruler = document.createElement("canvas").getContext("2d");

function widest(texts, font) {
  ruler.font = font;
  let px = 0;
  for (const text of texts) px = Math.max(px, ruler.measureText(text).width);
  return px;
}

// Pixels that a column needs: its longest text in a sample of rows, its total, the longest word of its heading, and
// what its filter says while it is empty. All digits are equally wide.
export function needed(column, values, size, { total, example, font }) {
  const step = Math.max(1, Math.floor(size / SAMPLE));
  const texts = new Set();
  for (let row = 0; row < size; row += step) texts.add(values.shown(row).replace(/\d/g, "0"));
  const cells = Math.max(widest(texts, font), widest([total], `600 ${font}`)) + CELL_PX;
  const head = widest(column.label.split(" "), `600 ${font}`) + HEAD_PX[values.numeric ? "number" : "text"];
  return Math.max(Math.min(cells, NATURAL_PX + CELL_PX), head, widest([example], font) + FIELD_PX);
}
