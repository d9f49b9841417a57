// Menus of cells, rows and headings. They stay inside the widget: a menu elsewhere would lose the focus to a notebook.

import { element } from "./base.js";

const EDGE_PX = 8;

export class Menu {
  constructor(grid) {
    this.grid = grid;
    this.el = element("div", { class: "tollbook-grid-menu", role: "menu", popover: "manual", tabindex: "-1", "data-lm-suppress-shortcuts": "true" });
    this.el.addEventListener("keydown", (event) => this.key(event));
    this.el.addEventListener("contextmenu", (event) => event.preventDefault());
    this.away = (event) => { if (!this.el.contains(event.target)) this.close(false); };
  }

  // Entries are {label, keys, run, href, download, disabled, checked}; null is a line between them.
  open(label, entries, x, y) {
    this.close(false);
    this.el.setAttribute("aria-label", label);
    this.el.replaceChildren(...entries.map((entry) => (entry ? this.item(entry) : element("div", { role: "separator" }))));
    this.el.showPopover();
    const rtl = getComputedStyle(this.el).direction === "rtl";
    const left = rtl ? x - this.el.offsetWidth : x;
    this.el.style.left = `${Math.max(EDGE_PX, Math.min(left, document.documentElement.clientWidth - this.el.offsetWidth - EDGE_PX))}px`;
    this.el.style.top = `${Math.max(EDGE_PX, Math.min(y, window.innerHeight - this.el.offsetHeight - EDGE_PX))}px`;
    document.addEventListener("pointerdown", this.away, true);
    this.items()[0]?.focus();
  }

  item({ label, keys, run, href, download, disabled, checked }) {
    const role = checked === undefined ? "menuitem" : "menuitemcheckbox";
    const attributes = { role, tabindex: "-1", "aria-disabled": disabled ? "true" : null, "aria-checked": checked === undefined ? null : String(checked), "aria-keyshortcuts": keys ? keys.replaceAll("Ctrl", "Control") : null };
    const parts = [element("span", {}, label), keys ? element("kbd", { "aria-hidden": "true" }, keys) : null];
    const made = href ? element("a", { ...attributes, href, download: download || null }, ...parts) : element("button", { type: "button", ...attributes }, ...parts);
    made.addEventListener("click", (event) => {
      if (disabled) { event.preventDefault(); return; }
      this.close(!href);
      run?.();
    });
    return made;
  }

  items() {
    return [...this.el.querySelectorAll("[role^=menuitem]")];
  }

  close(focus = true) {
    document.removeEventListener("pointerdown", this.away, true);
    if (!this.el.matches(":popover-open")) return;
    this.el.hidePopover();
    if (focus) this.grid.box.focus({ preventScroll: true });
  }

  key(event) {
    const items = this.items();
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    event.stopPropagation();
    if (event.key === "Escape" || event.key === "Tab") {
      event.preventDefault();
      this.close();
    } else if (to !== undefined && items.length) {
      event.preventDefault();
      items[(to + items.length) % items.length].focus();
    } else if (event.key === " ") {
      event.preventDefault();
      document.activeElement.click();
    }
  }
}

// What can be done with the selection, and with the row that the menu was opened on.
export function cellEntries(grid, place) {
  const { words, copying, selection } = grid;
  const row = grid.order[place];
  const ticks = grid.table.checkable ? [{ label: words.tick, keys: "Space", checked: grid.ticks.has(row), disabled: !grid.ticks.may(row), run: () => grid.ticks.turn(row) }, { label: words.tick_all, run: () => grid.ticks.all() }] : [];
  const own = rowEntries(grid, place);
  const open = grid.linkAt(place, grid.active.column);
  return [
    ...(open ? [{ label: words.open, keys: "Enter", href: open }, null] : []),
    { label: words.copy, keys: "Ctrl+C", run: () => copying.copy(false) },
    { label: words.copy_headers, keys: "Ctrl+Shift+C", run: () => copying.copy(true) },
    { label: words.csv, run: () => copying.file("csv") },
    { label: words.xlsx, run: () => copying.file("xlsx") },
    null,
    { label: words.select_all, keys: "Ctrl+A", run: () => { selection.all(); grid.selected(); } },
    { label: words.select_row, keys: "Shift+Space", run: () => { selection.row(place, place); grid.selected(); } },
    { label: words.select_column, keys: "Ctrl+Space", run: () => { selection.column(grid.active.column, grid.active.column); grid.selected(); } },
    ...(ticks.length ? [null, ...ticks] : []),
    ...(own.length ? [null, ...own] : []),
  ];
}

export function rowEntries(grid, place) {
  const row = grid.order[place];
  return grid.model.get("row_actions").flatMap((action) => {
    if (!action.href) return [{ label: action.label, run: () => grid.ticks.act(action.name, [row]) }];
    const href = grid.table.links.get(action.href)?.at(row);
    const there = !action.among || (grid.table.links.get(action.among)?.at(row) ?? "").split(" ").includes(action.name);
    return href && there ? [{ label: action.label, href: grid.address(`${href}${action.suffix}`), download: action.download }] : [];
  });
}

export function columnEntries(grid, column) {
  const { words, layout } = grid;
  const place = grid.shown.indexOf(column);
  const change = (run) => () => { run(); grid.arrange(); };
  const lay = (run) => () => { run(); grid.lay(); };
  const pinned = layout.isPinned(column);
  const peers = grid.shown.filter((other) => layout.isPinned(other) === pinned);
  const at = peers.indexOf(column);
  return [
    { label: words.ascending, run: change(() => layout.sort(column, false, "ascending")) },
    { label: words.descending, run: change(() => layout.sort(column, false, "descending")) },
    { label: words.add_ascending, run: change(() => layout.sort(column, true, "ascending")) },
    { label: words.unsorted, run: change(() => layout.sort(column, true, "none")) },
    null,
    { label: words.select_column, run: () => { grid.selection.column(place, place); grid.selected(); } },
    { label: words.wider, run: lay(() => layout.widen(column, grid.widths[place], 1)) },
    { label: words.narrower, run: lay(() => layout.widen(column, grid.widths[place], -1)) },
    { label: words.fit, run: lay(() => layout.fit(column)) },
    { label: words.earlier, disabled: at === 0, run: lay(() => layout.move(grid.table.columns, column, peers[at - 1])) },
    { label: words.later, disabled: at === peers.length - 1, run: lay(() => layout.move(grid.table.columns, column, after(grid, peers[at + 1]))) },
    { label: pinned ? words.unpin : words.pin, run: lay(() => layout.pin(column, !pinned)) },
    { label: words.hide, disabled: grid.shown.length === 1, run: lay(() => layout.hide(column, true)) },
  ];
}

// The column that follows another in the whole order, hidden ones too.
export function after(grid, column) {
  const all = grid.layout.arranged(grid.table.columns);
  return all[all.indexOf(column) + 1];
}
