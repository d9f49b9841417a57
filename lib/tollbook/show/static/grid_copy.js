// Copying the selection, and files of it. Files are made by Python: the page names rows and columns, no figures.

import { announce, offer } from "./base.js";

const RISKY = /^[=+\-@\t\r\n]/;

// A text that a spreadsheet would take for a formula gets an apostrophe; one with tabs or lines, quotes.
function cell(text, numeric) {
  const safe = !numeric && RISKY.test(text) ? `'${text}` : text;
  return /[\t\r\n"]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export class Copying {
  constructor(grid) {
    this.grid = grid;
    grid.box.addEventListener("copy", (event) => {
      if (event.target !== grid.box && !grid.box.contains(event.target)) return;
      if (event.target.matches?.("input")) return;
      event.clipboardData.setData("text/plain", this.text(false));
      event.preventDefault();
      this.tell();
    });
  }

  // Lines of cells between tabs: what lies between two areas is empty.
  text(headers) {
    const { selection, table } = this.grid;
    const columns = selection.columns();
    const parts = columns.map(({ name }) => ({ values: table.values.get(name), mask: selection.rowsOf(name) }));
    const lines = headers ? [columns.map((column) => cell(this.heading(column), false)).join("\t")] : [];
    for (const row of selection.rows()) {
      lines.push(parts.map(({ values, mask }) => (mask[row] ? cell(values.exact(row), values.numeric) : "")).join("\t"));
    }
    return lines.join("\n");
  }

  heading(column) {
    if (column.kind === "instant" || column.timed) return `${column.label} (${this.grid.model.get("zone")})`;
    if ((column.kind === "duration" || column.kind === "seconds") && !column.label.includes("(s)")) return `${column.label} (s)`;
    const codes = column.kind === "money" && column.currency ? this.grid.sums.currencies(column, this.grid.selection.rows(), null) : [];
    return codes.length === 1 ? `${column.label} (${codes[0]})` : column.label;
  }

  async copy(headers) {
    if (!this.grid.selection.areas.length) return;
    const text = this.text(headers);
    try {
      if (navigator.clipboard) await navigator.clipboard.writeText(text);
      else if (!this.byEvent(text)) throw new Error();
      this.tell();
    } catch {
      this.grid.say(this.grid.words.not_copied);
    }
  }

  // Where pages have no clipboard of their own: addresses that are neither https nor this machine.
  byEvent(text) {
    const put = (event) => { event.clipboardData.setData("text/plain", text); event.preventDefault(); event.stopImmediatePropagation(); };
    document.addEventListener("copy", put, { capture: true, once: true });
    return document.execCommand("copy");
  }

  tell() {
    const { words, selection, sums } = this.grid;
    this.grid.say(words.copied.replace("{count}", sums.number(selection.cells())));
  }

  // Where areas do not make one rectangle, each column's rows follow as a part of their own.
  file(format) {
    const { selection, model, words } = this.grid;
    if (!selection.areas.length) return;
    const columns = selection.columns().map(({ name }) => name);
    const rows = selection.rows();
    const buffers = [rows.buffer];
    const parts = [];
    if (selection.areas.length > 1) {
      for (const name of columns) {
        const mask = selection.rowsOf(name);
        parts.push([name]);
        buffers.push(rows.filter((row) => mask[row]).buffer);
      }
    }
    this.grid.say(words.preparing);
    model.send({ kind: "export", format, columns, parts, revision: model.get("revision") }, undefined, buffers);
  }

  saved({ name, type }, [data]) {
    offer({ name, type }, data);
    const said = this.grid.words.saved.replace("{name}", name);
    this.grid.say(said);
    announce(said);
  }
}
