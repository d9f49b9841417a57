// A page of calls: which columns, which come first, the pages before and after, and one call opened.

import { announce, choose, element, isolated, joined, style, whenChosen } from "./base.js";
import { dialog } from "./calls_one.js";
import { builder } from "./calls_where.js";
import { popup } from "./popup.js";

const START = "started_at";

function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

function button(label, act, attributes = {}) {
  const made = element("button", { type: "button", class: "tollbook-button", ...attributes }, label);
  made.addEventListener("click", () => { if (made.getAttribute("aria-disabled") !== "true") act(); });
  return made;
}

function allow(one, yes) {
  one.setAttribute("aria-disabled", String(!yes));
}

// A list of boxes to tick; the usual columns come back with one button.
function columnsButton(model, words) {
  const opener = element("button", { type: "button", class: "tollbook-button" }, words.columns);
  const { panel } = popup(opener, words.columns, (inside) => {
    let names = model.get("columns").map(({ name }) => name);
    const boxes = model.get("offered").map(({ name, label, hint }) => {
      const box = element("input", { type: "checkbox", value: name });
      box.checked = names.includes(name);
      box.addEventListener("change", () => {
        names = names.filter((other) => other !== name);
        if (box.checked) names = [...names, name];
        choose({ columns: joined(names) });
      });
      return element("label", { title: hint }, box, element("span", {}, label));
    });
    const usual = button(words.usual, () => { choose({ columns: "" }); panel.hidePopover(); opener.focus(); });
    inside.append(element("div", { class: "tollbook-calls-boxes", role: "group", "aria-label": words.columns }, ...boxes), usual);
    return boxes[0].querySelector("input");
  });
  document.body.append(panel); // as with a call opened: in a cell it would be closed when cells move
  return { el: element("div", { class: "tollbook-control" }, opener), stop: () => panel.remove() };
}

function head(model, words) {
  const newest = model.get("order") === "newest";
  return model.get("columns").map(({ name, label, hint, figure }) => {
    const attributes = { scope: "col", title: hint, class: figure ? "figure" : null };
    if (name !== START) return element("th", attributes, label);
    const turn = button(label, () => choose({ order: newest ? "oldest" : "newest" }), { class: "tollbook-calls-turn", title: words.sort });
    turn.append(element("span", { "aria-hidden": "true" }, newest ? " ▼" : " ▲"));
    return element("th", { ...attributes, "aria-sort": newest ? "descending" : "ascending" }, turn);
  });
}

function row(cells, place, columns, words) {
  const start = columns.findIndex(({ name }) => name === START);
  return element("tr", {}, ...cells.map((text, at) => {
    const kind = columns[at].figure ? "figure" : null;
    if (at !== 0) return element("td", { class: kind, "data-column": columns[at].name }, isolated(text));
    const open = button(isolated(text), () => choose({ call: place }), { class: "tollbook-calls-open", "data-place": place });
    open.setAttribute("aria-label", filled(words.open, { at: start >= 0 ? cells[start] : text }));
    return element("td", { class: kind, "data-column": columns[at].name }, open);
  }));
}

async function render({ model, el }) {
  await Promise.all([style("controls.css"), style("calls.css")]);
  const words = model.get("words");
  const inPortal = document.body.classList.contains("tollbook-page");
  const note = element("p", { class: "tollbook-calls-note" });
  const fault = element("p", { class: "tollbook-alert", role: "alert", hidden: true });
  const count = element("span", { class: "tollbook-calls-count" });
  const download = element("a", { class: "tollbook-button", download: "calls.csv" }, words.download);
  const where = builder(model, words);
  const chooser = columnsButton(model, words);
  const thead = element("tr");
  const tbody = element("tbody");
  const table = element("table", {}, element("caption", {}, model.get("label")), element("thead", {}, thead), tbody);
  const frame = element("div", { class: "tollbook-calls-frame", role: "region", tabindex: "0", "aria-label": model.get("label") }, table);
  const empty = element("p", { class: "tollbook-calls-empty", hidden: true });
  const turns = {
    first: button("", () => go("")),
    before: button("", () => go(model.get("before"))),
    after: button("", () => go(model.get("after"))),
    last: button("", () => choose({ order: model.get("order") === "newest" ? "oldest" : "newest", place: "" })),
  };
  const pages = element("nav", { class: "tollbook-calls-pages", "aria-label": words.pages }, ...Object.values(turns));
  const one = dialog(model, words);
  el.classList.add("tollbook-calls");
  el.append(
    where.el,
    element("div", { class: "tollbook-calls-tools" }, count, note, chooser.el, inPortal ? download : null),
    fault, frame, empty, pages,
  );

  function go(place) {
    frame.setAttribute("aria-busy", "true");
    choose({ place });
  }

  // Other conditions start at the first call again; whoever changes them need not know of pages.
  function restart({ detail }) {
    const asked = Object.keys(detail.values).filter((name) => model.get("names_of_query").includes(name));
    if (asked.length && !asked.includes("place")) detail.values.place = "";
    if (asked.length) frame.setAttribute("aria-busy", "true");
  }

  function showPages() {
    const newest = model.get("order") === "newest";
    const labels = newest ? ["newest", "newer", "older", "oldest"] : ["oldest", "older", "newer", "newest"];
    Object.values(turns).forEach((turn, at) => { turn.textContent = words[labels[at]]; });
    allow(turns.first, Boolean(model.get("before")));
    allow(turns.before, Boolean(model.get("before")));
    allow(turns.after, Boolean(model.get("after")));
    allow(turns.last, Boolean(model.get("after")));
  }

  function show() {
    const held = document.activeElement?.dataset?.place;
    const columns = model.get("columns");
    const places = model.get("places");
    thead.replaceChildren(...head(model, words));
    tbody.replaceChildren(...model.get("rows").map((cells, at) => row(cells, places[at], columns, words)));
    if (held) [...tbody.querySelectorAll("[data-place]")].find(({ dataset }) => dataset.place === held)?.focus();
    frame.hidden = !places.length;
    empty.hidden = Boolean(places.length);
    empty.textContent = model.get("searched") ? words.searching : model.get("empty");
    note.textContent = model.get("note");
    download.href = model.get("download");
    frame.removeAttribute("aria-busy");
    showPages();
    showCount();
  }

  // The page comes first; how many there are in all is asked for when it stands.
  function showCount() {
    const known = model.get("count");
    count.textContent = model.get("searched") || known || words.counting;
    if (model.get("searched")) model.send({ kind: "more" });
    else if (!known) model.send({ kind: "count" });
    else announce(known);
  }

  function showFault() {
    fault.textContent = model.get("fault");
    fault.hidden = !fault.textContent;
    frame.removeAttribute("aria-busy");
  }

  const parts = ["columns", "rows", "order", "empty", "note", "download", "before", "after"];
  let waiting = false;
  function soon() {
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => { waiting = false; show(); });
  }
  document.addEventListener("tollbook:choose", restart, { capture: true });
  // Python may refuse what was chosen, and then nothing of the table changes.
  const stop = whenChosen(() => frame.removeAttribute("aria-busy"));
  for (const name of parts) model.on(`change:${name}`, soon);
  model.on("change:count", showCount);
  model.on("change:searched", soon);
  model.on("change:fault", showFault);
  show();
  showFault();
  return () => {
    document.removeEventListener("tollbook:choose", restart, { capture: true });
    stop();
    for (const name of parts) model.off(`change:${name}`, soon);
    model.off("change:count", showCount);
    model.off("change:searched", soon);
    model.off("change:fault", showFault);
    where.stop();
    chooser.stop();
    one.stop();
  };
}

export default { render };
