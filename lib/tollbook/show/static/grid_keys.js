// The keyboard: one tab stop, and everything from there. Places -2 and -1 are the names and the filters above the rows.

import { columnEntries } from "./grid_menu.js";

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export function keys(grid) {
  const { box, selection } = grid;
  const mod = (event) => event.ctrlKey || event.metaKey;

  function target(event) {
    const { place, column } = grid.active;
    const [lastRow, lastColumn] = [grid.order.length - 1, grid.shown.length - 1];
    const page = Math.max(1, Math.floor((grid.viewport().bottom - grid.viewport().top) / grid.rowPx) - 1);
    const move = MOVES[event.key];
    if (move && mod(event)) return { place: move[0] ? (move[0] < 0 ? 0 : lastRow) : place, column: move[1] ? (ahead(move[1]) < 0 ? 0 : lastColumn) : column };
    if (move) return { place: place + move[0], column: column + ahead(move[1]) };
    if (event.key === "PageUp" || event.key === "PageDown") return { place: Math.max(0, place + (event.key === "PageUp" ? -page : page)), column };
    if (event.key === "Home") return { place: mod(event) ? 0 : place, column: 0 };
    if (event.key === "End") return { place: mod(event) ? lastRow : place, column: lastColumn };
    return null;
  }

  const ahead = (step) => (grid.rtl() ? -step : step);

  function move(event, to) {
    const least = event.shiftKey ? 0 : -2;
    const next = {
      place: Math.max(least, Math.min(to.place, grid.order.length - 1)),
      column: Math.max(0, Math.min(to.column, grid.shown.length - 1)),
    };
    if (!grid.order.length) next.place = Math.min(next.place, -1);
    if (next.place >= 0) selection.to(next.place, next.column, { extend: event.shiftKey });
    grid.activate(next);
    if (next.place >= 0) grid.selected();
  }

  function menu() {
    const { place, column } = grid.active;
    const at = grid.activeElement()?.getBoundingClientRect() || box.getBoundingClientRect();
    const x = grid.rtl() ? at.right - 8 : at.left + 8;
    if (place < 0) grid.menu.open(grid.words.column_menu.replace("{name}", grid.shown[column].label), columnEntries(grid, grid.shown[column]), x, at.bottom);
    else grid.cellMenu(x, at.bottom);
  }

  function inHead(event) {
    const { place, column } = grid.active;
    if (place === -2 && (event.key === "Enter" || event.key === " ")) {
      grid.layout.sort(grid.shown[column], event.shiftKey);
      grid.arrange();
      return true;
    }
    const written = event.key.length === 1 && !mod(event) && event.key !== " ";
    if (place === -1 && (event.key === "Enter" || event.key === "F2" || written)) {
      grid.activeElement()?.querySelector("input").focus();
      return !written;
    }
    return false;
  }

  function space(event) {
    const { place, column } = grid.active;
    if (mod(event)) selection.column(column, column);
    else if (event.shiftKey && place >= 0) selection.row(place, place);
    else if (place >= 0 && grid.table.checkable) { grid.ticks.turn(grid.order[place]); return; }
    else return;
    grid.selected();
  }

  function letter(event) {
    const key = event.key.toLowerCase();
    if (key === "a") { selection.all(); grid.selected(); return true; }
    // Ctrl+C alone is the browser's own copying, which `copy` answers.
    if (key === "c" && event.shiftKey) { grid.copying.copy(true); return true; }
    return false;
  }

  box.addEventListener("keydown", (event) => {
    if (event.target !== box || event.altKey) return;
    const to = target(event);
    if ((event.key === "F10" && event.shiftKey) || event.key === "ContextMenu") menu();
    else if (to) move(event, to);
    else if (grid.active.place < 0 && inHead(event)) { /* done */ } else if (event.key === " ") space(event);
    else if (event.key === "Enter" && grid.active.place >= 0) grid.activeElement()?.querySelector("a[href]")?.click();
    else if (event.key === "Escape") { selection.clear(); grid.selected(); } else if (!(mod(event) && letter(event))) return;
    event.preventDefault();
    event.stopPropagation();
  });
}
