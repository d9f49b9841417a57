// The head of the grid: names that sort, filters below them, edges that are dragged, and the list of columns.

import { element } from "./base.js";
import { example, hint } from "./grid_filter.js";
import { after, columnEntries } from "./grid_menu.js";
import { popup } from "./popup.js";

const MOVED_PX = 6;

function gutter(grid) {
  const cell = element("div", { role: "columnheader", class: grid.table.checkable ? "gutter ticks" : "gutter", "aria-colindex": 1 });
  if (!grid.table.checkable) {
    const all = element("button", { type: "button", tabindex: "-1", "aria-label": grid.words.select_all, title: grid.words.select_all }, element("span", { "aria-hidden": "true" }, "#"));
    all.addEventListener("click", () => { grid.selection.all(); grid.selected(); grid.box.focus(); });
    cell.append(all);
    return cell;
  }
  grid.corner = element("input", { type: "checkbox", tabindex: "-1", "aria-label": grid.words.tick_all, title: grid.words.tick_all });
  grid.corner.addEventListener("click", () => { grid.ticks.all(); grid.box.focus(); });
  cell.append(grid.corner);
  return cell;
}

// Dragging the edge of a heading makes its column wider or narrower; a double click fits it.
function edge(grid, column, place) {
  const handle = element("div", { class: "edge", "aria-hidden": "true" });
  handle.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    event.stopPropagation();
    handle.setPointerCapture(event.pointerId);
    const [from, width] = [event.clientX, grid.widths[place]];
    const sign = grid.rtl() ? -1 : 1;
    const move = (to) => { grid.layout.width(column, width + sign * (to.clientX - from)); grid.widen(); };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("pointerup", () => { handle.removeEventListener("pointermove", move); grid.lay(); }, { once: true });
  });
  handle.addEventListener("dblclick", () => { grid.layout.fit(column); grid.lay(); });
  return handle;
}

// Dragging a heading moves its column; where it would land is marked.
function carrying(grid, name, column) {
  let from = null;
  let target = null;
  let dropped = false;
  const clear = () => { for (const mark of grid.box.querySelectorAll(".before, .behind, .carried")) mark.classList.remove("before", "behind", "carried"); };

  function move(event) {
    if (!from.moved && Math.abs(event.clientX - from.x) < MOVED_PX) return;
    from.moved = true;
    clear();
    target = null;
    name.classList.add("carried");
    const over = document.elementFromPoint(event.clientX, name.getBoundingClientRect().top + 8)?.closest("[role=columnheader][data-column]");
    if (!over || over === name || !grid.box.contains(over)) return;
    const box = over.getBoundingClientRect();
    const first = (event.clientX < box.left + box.width / 2) !== grid.rtl();
    over.classList.add(first ? "before" : "behind");
    target = { column: grid.shown.find((other) => other.name === over.dataset.column), first };
  }

  function end(event) {
    for (const [kind, heard] of Object.entries(heads)) document.removeEventListener(kind, heard);
    clear();
    const lands = from.moved && event.type === "pointerup" && target;
    dropped = Boolean(from.moved);
    setTimeout(() => { dropped = false; });
    if (!lands) return;
    grid.layout.move(grid.table.columns, column, lands.first ? lands.column : after(grid, lands.column));
    grid.lay();
  }

  const heads = { pointermove: move, pointerup: end, pointercancel: end };
  // The click that ends a drag does not sort.
  name.addEventListener("click", (event) => { if (dropped) event.stopPropagation(); }, { capture: true });
  name.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.target.closest(".edge, .more")) return;
    from = { x: event.clientX };
    target = null;
    for (const [kind, heard] of Object.entries(heads)) document.addEventListener(kind, heard);
  });
}

function heading(grid, column, place) {
  const { words, layout } = grid;
  const by = layout.held.sort.findIndex(({ name }) => name === column.name);
  const state = by < 0 ? "none" : layout.held.sort[by].descending ? "descending" : "ascending";
  const values = grid.table.values.get(column.name);
  const rank = by >= 0 && layout.held.sort.length > 1 ? String(by + 1) : "";
  const arrow = state === "none" ? null : element("span", { class: "arrow", "aria-hidden": "true" }, `${state === "ascending" ? "▲" : "▼"}${rank}`);
  const sort = element("button", { type: "button", tabindex: "-1", class: "sort" }, element("span", {}, grid.heading(column)), arrow);
  const more = element("button", { type: "button", tabindex: "-1", class: "more", "aria-label": words.column_menu.replace("{name}", column.label) }, element("span", { "aria-hidden": "true" }, "⋮"));
  const cell = element("div", {
    role: "columnheader", id: grid.cellId(-2, place), "aria-colindex": place + 2, "aria-sort": state, title: column.hint || null,
    class: values?.numeric ? "number" : "", "data-column": column.name, "data-head": place,
  }, sort, more, edge(grid, column, place));
  sort.addEventListener("click", (event) => { layout.sort(column, event.shiftKey); grid.active = { place: -2, column: place }; grid.arrange(); grid.box.focus({ preventScroll: true }); });
  more.addEventListener("click", () => { const at = more.getBoundingClientRect(); grid.menu.open(more.getAttribute("aria-label"), columnEntries(grid, column), grid.rtl() ? at.right : at.left, at.bottom); });
  carrying(grid, cell, column);
  return cell;
}

function field(grid, column, place) {
  const { words } = grid;
  const told = hint(column, words);
  const input = element("input", {
    type: "search", tabindex: "-1", "aria-label": words.filter.replace("{name}", column.label), title: told, spellcheck: "false", autocomplete: "off", dir: grid.table.values.get(column.name)?.numeric ? "ltr" : null,
    placeholder: example(grid.table.values.get(column.name), words),
  });
  input.value = grid.filters.get(column.name) || "";
  input.addEventListener("input", () => { grid.filters.set(column.name, input.value); grid.filtered(); });
  input.addEventListener("focus", () => { grid.active = { place: -1, column: place }; });
  input.addEventListener("keydown", (event) => {
    event.stopPropagation();
    const back = { Enter: 0, ArrowDown: 0, ArrowUp: -2, Escape: -1 }[event.key];
    if (back === undefined) return;
    event.preventDefault();
    if (event.key === "Escape" && input.value) { input.value = ""; grid.filters.delete(column.name); grid.filtered(); return; }
    grid.box.focus({ preventScroll: true });
    grid.activate({ place: back === 0 && !grid.order.length ? -1 : back, column: place });
  });
  return element("div", { role: "gridcell", id: grid.cellId(-1, place), "aria-colindex": place + 2, "data-filter": column.name }, input);
}

export function head(grid) {
  const names = element("div", { class: "tollbook-grid-row tollbook-grid-names", role: "row", "aria-rowindex": 1 }, gutter(grid), ...grid.shown.map((column, place) => heading(grid, column, place)));
  const blank = element("div", { role: "gridcell", class: "gutter", "aria-colindex": 1 });
  const filters = element("div", { class: "tollbook-grid-row tollbook-grid-filters", role: "row", "aria-rowindex": 2 }, blank, ...grid.shown.map((column, place) => field(grid, column, place)));
  grid.top.replaceChildren(names, filters);
}

// What a filter that means nothing says of itself.
export function tellWrong(grid, wrong) {
  for (const cell of grid.top.querySelectorAll("[data-filter]")) {
    cell.firstChild.toggleAttribute("aria-invalid", false);
    if (wrong.has(cell.dataset.filter)) cell.firstChild.setAttribute("aria-invalid", "true");
  }
  grid.say([...wrong].map((name) => { const column = grid.table.columns.find((each) => each.name === name); return `${column.label}: ${hint(column, grid.words)}`; }).join(" · "), "wrong");
}

// Which columns are shown, and how they lay before the reader moved them.
export function chooser(grid) {
  const { words } = grid;
  const button = element("button", { type: "button", class: "tollbook-grid-button" }, words.columns);
  const { panel, close } = popup(button, words.columns, (list) => {
    for (const column of grid.layout.arranged(grid.table.columns)) {
      const box = element("input", { type: "checkbox" });
      box.checked = !grid.layout.isHidden(column);
      box.addEventListener("change", () => {
        if (!box.checked && grid.shown.length === 1) { box.checked = true; return; }
        grid.layout.hide(column, !box.checked);
        grid.lay();
      });
      list.append(element("label", { class: "tollbook-grid-choice" }, box, column.label));
    }
    const reset = element("button", { type: "button", class: "tollbook-grid-button" }, words.reset);
    reset.addEventListener("click", () => { grid.layout.reset(); grid.arrange(); grid.lay(); close(); });
    list.append(reset);
  });
  panel.classList.add("tollbook-grid-chooser");
  return { button, panel };
}
