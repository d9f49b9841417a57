// One call opened, in a dialog beside its page: Escape, the cross or the browser's way back closes it.

import { choose, element, isolated } from "./base.js";

function facts(pairs) {
  return element("dl", { class: "tollbook-call-facts" }, ...pairs.map(([label, value]) => (
    element("div", {}, element("dt", {}, label), element("dd", {}, isolated(value)))
  )));
}

function tries({ columns, rows }, label) {
  const kind = (at) => (columns[at].figure ? "figure" : null);
  const heads = columns.map((column, at) => element("th", { scope: "col", class: kind(at) }, column.label));
  const lines = rows.map((cells) => element("tr", {}, ...cells.map((text, at) => element("td", { class: kind(at) }, isolated(text)))));
  const table = element("table", {}, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...lines));
  return element("div", { class: "tollbook-call-tries", role: "region", tabindex: "0", "aria-label": label }, table);
}

function rating({ title, amount, steps, note }) {
  return element("section", { class: "tollbook-call-rating" },
    element("h4", {}, element("span", {}, title), element("strong", {}, amount)),
    element("ol", {}, ...steps.map((step) => element("li", {}, step))),
    note ? element("p", {}, note) : null);
}

function invoice({ text, href }) {
  return element("p", { class: "tollbook-call-invoice" }, href ? element("a", { href }, text) : text);
}

export function dialog(model, words) {
  const title = element("h2", { id: `tollbook-call-${Math.random().toString(36).slice(2)}` });
  const cross = element("button", { type: "button", class: "tollbook-button" }, words.close);
  const body = element("div", { class: "tollbook-call-body" });
  const el = element("dialog", { class: "tollbook-calls tollbook-call", "aria-labelledby": title.id, "data-lm-suppress-shortcuts": "true" },
    element("div", { class: "tollbook-call-head" }, title, cross), body);
  const close = () => el.close();

  function show() {
    const told = model.get("opened");
    if (!told.place) {
      if (el.open) el.close();
      return;
    }
    title.textContent = told.title;
    body.replaceChildren(
      facts(told.facts),
      ...(told.tries ? [
        element("h3", {}, told.words.tries),
        told.tries.rows.length ? tries(told.tries, told.words.tries) : element("p", {}, told.none),
      ] : []),
      element("h3", {}, told.words.rating), ...told.ratings.map(rating),
      element("h3", {}, told.words.invoice), invoice(told.invoice),
    );
    if (!el.open) el.showModal();
    body.scrollTop = 0;
  }

  function closed() {
    const { place } = model.get("opened");
    if (!place) return;
    choose({ call: "" });
    [...document.querySelectorAll("[data-place]")].find(({ dataset }) => dataset.place === place)?.focus();
  }

  cross.addEventListener("click", close);
  el.addEventListener("close", closed);
  el.addEventListener("click", (event) => { if (event.target === el) close(); });
  model.on("change:opened", show);
  // Beside the cells, not in one: cells move once their session is connected, and what moves is closed.
  document.body.append(el);
  show();
  return { stop: () => { model.off("change:opened", show); el.removeEventListener("close", closed); el.remove(); } };
}
