// Which cells are selected. An area is columns by name and a mask over all rows, so that sorting keeps it together.

export class Selection {
  constructor(grid) {
    this.grid = grid;
    this.areas = [];
    this.anchor = null;
  }

  clear() {
    this.areas = [];
    this.anchor = null;
  }

  // The rectangle from the anchor to a cell; `add` leaves the areas that there are, `extend` the anchor.
  to(place, column, { extend = false, add = false } = {}) {
    if (!extend || !this.anchor) this.anchor = { place, column };
    const kept = add ? this.areas : extend ? this.areas.slice(0, -1) : [];
    this.areas = [...kept, this.rectangle(this.anchor, { place, column })];
  }

  rectangle(from, to) {
    const { order, shown } = this.grid;
    const [top, bottom] = [Math.min(from.place, to.place), Math.max(from.place, to.place)];
    const [left, right] = [Math.min(from.column, to.column), Math.max(from.column, to.column)];
    const rows = new Uint8Array(this.grid.table.size);
    for (let place = Math.max(0, top); place <= bottom && place < order.length; place += 1) rows[order[place]] = 1;
    return { rows, columns: new Set(shown.slice(left, right + 1).map(({ name }) => name)) };
  }

  all() {
    this.between(0, 0, this.grid.order.length - 1, this.grid.shown.length - 1);
  }

  row(from, to, options = {}) {
    this.between(from, 0, to, this.grid.shown.length - 1, options);
  }

  column(from, to) {
    this.between(0, from, this.grid.order.length - 1, to);
  }

  between(top, left, bottom, right, { add = false } = {}) {
    const area = this.rectangle({ place: top, column: left }, { place: bottom, column: right });
    this.areas = add ? [...this.areas, area] : [area];
    this.anchor = { place: top, column: left };
  }

  has(row, name) {
    return this.areas.some((area) => area.rows[row] && area.columns.has(name));
  }

  // The rows of a column that are selected, as a mask; null where none is.
  rowsOf(name) {
    const areas = this.areas.filter((area) => area.columns.has(name));
    if (areas.length < 2) return areas.length ? areas[0].rows : null;
    const joined = new Uint8Array(this.grid.table.size);
    for (const { rows } of areas) for (let row = 0; row < rows.length; row += 1) joined[row] |= rows[row];
    return joined;
  }

  columns() {
    return this.grid.shown.filter(({ name }) => this.areas.some((area) => area.columns.has(name)));
  }

  rows() {
    return this.grid.order.filter((row) => this.areas.some((area) => area.rows[row]));
  }

  cells() {
    let count = 0;
    for (const { name } of this.columns()) {
      const rows = this.rowsOf(name);
      for (const row of this.grid.order) count += rows[row];
    }
    return count;
  }

  // What the filters took away and columns that are hidden are no longer selected.
  settle() {
    const seen = new Uint8Array(this.grid.table.size);
    for (const row of this.grid.order) seen[row] = 1;
    const names = new Set(this.grid.shown.map(({ name }) => name));
    this.areas = this.areas.map(({ rows, columns }) => ({
      rows: rows.map((held, row) => held & seen[row]), columns: new Set([...columns].filter((name) => names.has(name))),
    })).filter(({ rows, columns }) => columns.size && rows.includes(1));
    this.anchor = null;
  }

  // The same cells in new figures, by the keys of their rows.
  carried(keys, places) {
    this.areas = this.areas.map(({ rows, columns }) => {
      const moved = new Uint8Array(this.grid.table.size);
      rows.forEach((held, row) => { if (held && places.has(keys(row))) moved[places.get(keys(row))] = 1; });
      return { rows: moved, columns };
    });
  }
}

const EDGE_PX = 4;

// Dragging with a mouse or a pen; a finger scrolls, and its tap selects.
export function pointing(grid) {
  const { box, selection } = grid;
  let drag = null;

  function cellAt(x, y) {
    const view = grid.viewport();
    const inside = document.elementFromPoint(Math.min(view.right - 2, Math.max(view.left + 2, x)), Math.min(view.bottom - 2, Math.max(view.top + 2, y)));
    return inside && box.contains(inside) ? placed(inside) : null;
  }

  // Where a cell stands; column -1 is the margin of its row.
  function placed(inside) {
    const line = inside.closest("[data-place]");
    const cell = inside.closest("[data-index]");
    return line && { place: Number(line.dataset.place), column: cell ? Number(cell.dataset.index) : -1 };
  }

  function down(event) {
    const cell = placed(event.target);
    if (!cell || event.target.closest("a, input, button")) return;
    const { place, column } = cell;
    if (event.button === 2 && column >= 0 && selection.has(grid.order[place], grid.shown[column].name)) return;
    if (event.button > 2 || event.button === 1) return;
    const add = (event.ctrlKey || event.metaKey) && event.button === 0;
    pick(place, column, { add, extend: event.shiftKey });
    if (event.pointerType === "touch" || event.button !== 0) return;
    drag = { x: event.clientX, y: event.clientY, rows: column < 0, from: selection.anchor.place };
    box.setPointerCapture(event.pointerId);
    event.preventDefault();
  }

  function pick(place, column, { add = false, extend = false } = {}) {
    box.focus({ preventScroll: true });
    if (column < 0) {
      const from = extend && selection.anchor ? selection.anchor.place : place;
      selection.row(from, place, { add });
      grid.active = { place, column: Math.max(0, grid.active.column) };
    } else {
      selection.to(place, column, { add, extend });
      grid.active = { place, column };
    }
    grid.selected();
  }

  function follow() {
    const cell = cellAt(drag.x, drag.y);
    if (!cell) return;
    if (drag.rows) selection.row(drag.from, cell.place);
    else if (cell.place !== grid.active.place || cell.column !== grid.active.column) selection.to(cell.place, Math.max(0, cell.column), { extend: true });
    else return;
    grid.active = { place: cell.place, column: Math.max(0, cell.column) };
    grid.selected();
  }

  // At an edge the grid moves on by itself.
  function push() {
    if (!drag) return;
    const view = grid.viewport();
    const beyond = (at, low, high) => (at < low + EDGE_PX ? at - low - EDGE_PX : at > high - EDGE_PX ? at - high + EDGE_PX : 0);
    const [dx, dy] = [beyond(drag.x, view.left, view.right), beyond(drag.y, view.top, view.bottom)];
    if (drag.moved && (dx || dy)) { box.scrollBy(dx / 2, dy / 2); grid.paint(); follow(); }
    requestAnimationFrame(push);
  }

  function move(event) {
    if (!drag) return;
    const first = !drag.moved;
    Object.assign(drag, { x: event.clientX, y: event.clientY, moved: true });
    follow();
    if (first) requestAnimationFrame(push);
  }

  function up() {
    if (!drag) return;
    drag = null;
    // JupyterLab takes the focus for its cell when the button is released.
    box.focus({ preventScroll: true });
  }

  box.addEventListener("pointerdown", down);
  box.addEventListener("pointermove", move);
  box.addEventListener("pointerup", up);
  box.addEventListener("pointercancel", up);
  return { pick };
}
