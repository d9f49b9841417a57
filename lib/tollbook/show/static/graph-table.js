// A graph's figures as a table, and as text to copy or save. Python makes all of it, when it is asked for.

import { element, isolated } from "./base.js";

// The table that Python holds for what is drawn now.
export function asked(model) {
  const there = model.get("table");
  if (there.rows) return Promise.resolve(there);
  return new Promise((done) => {
    const heard = () => {
      if (!model.get("table").rows) return;
      model.off("change:table", heard);
      done(model.get("table"));
    };
    model.on("change:table", heard);
    model.send({ kind: "table" });
  });
}

// Whatever leaves the page in any form is asked of Python first, which notes it, or refuses and says why.
export function taken(model, form) {
  return new Promise((done) => {
    const heard = (message) => {
      if (message.kind !== "taken" || message.form !== form) return;
      model.off("msg:custom", heard);
      done(message);
    };
    model.on("msg:custom", heard);
    model.send({ kind: "take", form });
  });
}

export function tableOf({ columns, rows }, caption) {
  const side = (i) => (columns[i].figure ? "tollbook-figure" : null);
  const head = element("tr", {}, ...columns.map((column, i) => element("th", { scope: "col", class: side(i) }, isolated(column.label))));
  const body = rows.map((row) => element("tr", {}, ...row.map((cell, i) => (
    i ? element("td", { class: side(i) }, isolated(cell)) : element("th", { scope: "row" }, isolated(cell))
  ))));
  return element("table", {}, element("caption", {}, caption), element("thead", {}, head), element("tbody", {}, ...body));
}
