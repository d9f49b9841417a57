// Rows that are ticked, and the buttons for what is done with them. Python decides what may be done.

import { announce, element } from "./base.js";
import { keyOf } from "./grid_values.js";

export class Ticks {
  constructor(grid) {
    this.grid = grid;
    this.held = new Set();
    this.el = element("div", { class: "tollbook-grid-actions", role: "group", "aria-label": grid.words.actions });
    this.renew();
  }

  // A page may offer other actions with other rows.
  renew() {
    this.buttons = this.grid.model.get("actions").map((action) => {
      const button = element("button", { type: "button", class: `tollbook-grid-button${action.among ? "" : " primary"}`, "data-action": action.name, title: action.hint || null });
      button.addEventListener("click", () => { const rows = this.rowsOf(action); if (rows.length) this.act(action.name, rows); });
      return { action, button };
    });
    this.el.replaceChildren(...this.buttons.map(({ button }) => button));
    this.el.hidden = !this.buttons.length;
  }

  // The ticked ones, or all that the filters leave of those the action is for.
  rowsOf(action) {
    if (!action.among) return [...this.held];
    const marked = this.grid.table.marks.get(action.among);
    return marked ? [...this.grid.order].filter((row) => marked[row]) : [];
  }

  has(row) { return this.held.has(row); }

  may(row) { return Boolean(this.grid.table.checkable?.[row]); }

  turn(row, on = !this.held.has(row)) {
    if (!this.may(row)) return;
    if (on) this.held.add(row);
    else this.held.delete(row);
    this.changed();
  }

  // All rows that the filters leave; once they are all ticked, none.
  all() {
    const rows = [...this.grid.order].filter((row) => this.may(row));
    const on = !rows.every((row) => this.held.has(row));
    for (const row of rows) if (on) this.held.add(row); else this.held.delete(row);
    this.changed();
  }

  changed() {
    this.show();
    announce(this.grid.words.ticked.replace("{count}", this.grid.sums.number(this.held.size)));
    this.grid.paint(true);
  }

  show() {
    const { sums, corner, order } = this.grid;
    for (const { action, button } of this.buttons) {
      const { length } = this.rowsOf(action);
      button.textContent = `${action.label} (${sums.number(length)})`;
      button.disabled = length === 0;
    }
    if (!corner) return;
    let [may, ticked] = [0, 0];
    for (const row of order) if (this.may(row)) { may += 1; ticked += Number(this.held.has(row)); }
    corner.checked = may > 0 && ticked === may;
    corner.indeterminate = ticked > 0 && ticked < may;
    corner.disabled = !may;
  }

  // The page hears the keys of the rows; Python gets their numbers and looks them up itself.
  act(name, rows) {
    const { model, box, table } = this.grid;
    const keys = rows.map((row) => Object.fromEntries([...table.keys].map(([key, values]) => [key, values.at(row)])));
    model.send({ kind: "action", action: name, rows, revision: model.get("revision") });
    box.dispatchEvent(new CustomEvent("tollbook:action", { bubbles: true, detail: { grid: model.get("key"), action: name, rows: keys } }));
  }

  // The same rows in new figures, by their keys; `before` is the table that there was.
  carried(before, places) {
    const found = [...this.held].map((row) => places.get(keyOf(before, row))).filter((row) => row !== undefined);
    this.held = new Set(found.filter((row) => this.may(row)));
  }
}
