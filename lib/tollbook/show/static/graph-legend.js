// The legend: a button a line. A click leaves that line alone, again brings all back, shift adds or removes one.

import { element, isolated } from "./base.js";
import { clicked } from "./graph-state.js";

export function legend({ words, changed }) {
  const list = element("div", { class: "tollbook-legend", role: "group", "aria-label": words.legend });
  let names = [];
  let shown = [];

  function press(event) {
    const button = event.target.closest("button");
    if (button) changed(clicked(shown, names, button.dataset.name, event.shiftKey));
  }

  // A browser clicks a button by enter, but does not say that shift was held.
  function key(event) {
    if (event.key !== "Enter" || !event.shiftKey) return;
    event.preventDefault();
    press(event);
  }

  function entry({ name, label, colour }) {
    const swatch = element("span", { class: "tollbook-swatch", style: `background:${colour}`, "aria-hidden": "true" });
    const text = element("span", { class: "tollbook-legend-name" }, isolated(label));
    return element("button", { type: "button", "data-name": name, title: `${label}. ${words.legend_hint}` }, swatch, text);
  }

  function fill(series, before) {
    const focused = list.contains(document.activeElement) ? document.activeElement.dataset.name : null;
    names = series.map(({ name }) => name);
    const dashed = element("span", { class: `tollbook-legend-before${series.length ? "" : " tollbook-tick"}` }, element("span", { class: "tollbook-swatch", "aria-hidden": "true" }), words.before);
    list.replaceChildren(...series.map(entry), ...(before ? [dashed] : []));
    list.hidden = !before && series.length < 2;
    list.querySelector(`button[data-name="${CSS.escape(focused ?? "")}"]`)?.focus();
    show(shown);
  }

  function show(chosen) {
    shown = chosen;
    list.classList.toggle("tollbook-some", chosen.length > 0);
    for (const button of list.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(!chosen.length || chosen.includes(button.dataset.name)));
    }
  }

  list.addEventListener("click", press);
  list.addEventListener("keydown", key);
  return { list, fill, show };
}
