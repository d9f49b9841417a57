// The bar of controls above a page's figures. Everything chosen here goes through `choose`, so it is in the address.

import address from "./address.js";
import { choose, element, joined, numbers, separated, style, whenChosen } from "./base.js";
import { moment } from "./clock.js";
import { labelled, many, zone } from "./controls_list.js";
import { icon, range } from "./controls_range.js";
import { roving } from "./popup.js";

const CROSS = "m4 4 8 8m0-8-8 8";
const ALWAYS_SEEN = ["tabs", "range"];
const FILTERS = ["many", "one", "text", "number", "toggle"];
let made = 0;

function tabs(field, bar) {
  const buttons = field.options.map(({ value, label }) => {
    const one = element("button", { type: "button", role: "tab", "data-value": value }, label);
    one.addEventListener("click", () => choose({ [field.name]: value }));
    return one;
  });
  const list = element("div", { class: "tollbook-tabs", role: "tablist", "aria-label": field.label }, ...buttons);
  list.addEventListener("keydown", (event) => roving(event, buttons)?.click());
  return { el: list, show: () => {
    for (const one of buttons) {
      const held = one.dataset.value === bar.values()[field.name];
      one.setAttribute("aria-selected", String(held));
      one.tabIndex = held ? 0 : -1;
    }
  } };
}

function input(field, bar, box) {
  made += 1;
  box.id = `tollbook-control-${made}`;
  box.addEventListener("change", () => choose({ [field.name]: box.value.trim() }));
  box.addEventListener("keydown", (event) => event.stopPropagation());
  return {
    el: element("div", { class: "tollbook-control tollbook-labelled", title: field.hint || null }, element("label", { for: box.id, class: "tollbook-name-of" }, field.label), box),
    show: () => { if (document.activeElement !== box || box.tagName === "SELECT") box.value = bar.values()[field.name]; },
  };
}

function one(field, bar) {
  const options = field.options.map(({ value, label }) => element("option", { value }, label));
  const other = element("option", { hidden: true });
  const select = element("select", { class: "tollbook-field" }, ...options, other);
  const made = input(field, bar, select);
  // What stands in the address may be none of those offered, as when each graph has its own.
  return { ...made, show: () => {
    const value = bar.values()[field.name];
    other.value = value;
    other.textContent = labelled(field, value, bar.words.various);
    select.value = value;
  } };
}

function text(field, bar) {
  return input(field, bar, element("input", { type: "search", dir: "auto", class: "tollbook-field", placeholder: field.placeholder || null, spellcheck: "false" }));
}

function number(field, bar) {
  return input(field, bar, element("input", { type: "number", class: "tollbook-field short", min: field.least, max: field.most, step: field.step }));
}

function toggle(field, bar) {
  const button = element("button", { type: "button", class: "tollbook-button tollbook-toggle", title: field.hint || null }, element("span", { class: "tollbook-knob", "aria-hidden": "true" }), field.label);
  const on = () => bar.values()[field.name] === field.on;
  button.addEventListener("click", () => choose({ [field.name]: on() ? field.off : field.on }));
  return { el: element("div", { class: "tollbook-control" }, button), show: () => button.setAttribute("aria-pressed", String(on())) };
}

const KINDS = { tabs, one, many, range, zone, text, toggle, number };

// What is set apart from its default, each to be taken back by itself.
function chips(bar) {
  const row = element("ul", { class: "tollbook-chips", "aria-label": bar.words.filters });
  const defaults = bar.get("defaults");
  const chip = (words, change) => {
    const button = element("button", { type: "button", class: "tollbook-chip", "aria-label": bar.words.remove.replace("{name}", words) }, element("bdi", {}, words), icon(CROSS));
    button.addEventListener("click", () => { choose(change); row.querySelector("button")?.focus(); });
    return element("li", {}, button);
  };
  const each = (field) => {
    const value = bar.values()[field.name];
    if (value === defaults[field.name]) return [];
    const back = { [field.name]: defaults[field.name] };
    if (field.kind === "toggle") return [chip(field.label, back)];
    if (field.kind !== "many") return [chip(`${field.label}: ${field.options ? labelled(field, value, bar.words.various) : value || bar.words.all}`, back)];
    const names = separated(value);
    const without = (name) => ({ [field.name]: joined(names.filter((other) => other !== name)) });
    if (names.length > 6) return [chip(`${field.label}: ${bar.words.chosen.replace("{count}", numbers(bar.language).format(names.length))}`, back)];
    return names.length ? names.map((name) => chip(`${field.label}: ${labelled(field, name)}`, without(name))) : [chip(`${field.label}: ${bar.words.all}`, back)];
  };
  function show() {
    const set = bar.filters.filter(({ name }) => bar.values()[name] !== defaults[name]);
    const shown = set.flatMap(each);
    if (shown.length > 1) {
      const clear = element("button", { type: "button", class: "tollbook-chip clear" }, bar.words.clear);
      clear.addEventListener("click", () => choose(Object.fromEntries(set.map(({ name }) => [name, defaults[name]]))));
      shown.push(element("li", {}, clear));
    }
    row.replaceChildren(...shown);
    row.hidden = !shown.length;
    return set.length;
  }
  return { el: row, show };
}

async function render({ model, el }) {
  await style("controls.css");
  let values = model.get("values");
  const fields = model.get("fields");
  const bar = {
    words: model.get("words"), language: model.get("language"), get: (name) => model.get(name), values: () => values,
    filters: fields.filter((field) => FILTERS.includes(field.kind)),
    unfold: () => { if (folded.offsetParent) fold(false); },
  };
  const parts = fields.map((field) => ({ ...KINDS[field.kind](field, bar), kind: field.kind }));
  const seen = parts.filter(({ kind }) => ALWAYS_SEEN.includes(kind));
  const rest = parts.filter(({ kind }) => !ALWAYS_SEEN.includes(kind));
  const active = chips(bar);
  const asOf = element("p", { class: "tollbook-as-of" });
  const more = element("div", { class: "tollbook-more", id: `tollbook-more-${made += 1}` }, ...rest.map((part) => part.el));
  const folded = element("button", { type: "button", class: "tollbook-button tollbook-fold", "aria-controls": more.id });
  const slot = element("div");

  function fold(closed) {
    more.classList.toggle("folded", closed);
    folded.setAttribute("aria-expanded", String(!closed));
  }
  fold(true);
  folded.addEventListener("click", () => fold(!more.classList.contains("folded")));
  el.classList.add("tollbook-bar-host");
  el.append(element("section", { class: "tollbook-bar", "aria-label": bar.words.bar },
    element("div", { class: "tollbook-row" }, ...seen.map((part) => part.el), rest.length ? folded : null, more, asOf), active.el, slot));

  function show() {
    for (const part of parts) part.show();
    const count = active.show();
    folded.textContent = count ? `${bar.words.filters} (${numbers(bar.language).format(count)})` : bar.words.filters;
    const at = Date.parse(model.get("as_of"));
    const clock = fields.some((field) => field.kind === "zone") ? values.zone : "UTC";
    asOf.textContent = at ? `${bar.words.as_of.replace("{at}", moment(at, clock, bar.language))} ${clock.replaceAll("_", " ")}` : bar.words.no_figures;
  }

  const stopAddress = address.render({ model, el: slot });
  const stopChosen = whenChosen((chosen) => { values = chosen; show(); });
  const instants = ["as_of", "first", "latest"].map((name) => `change:${name}`);
  for (const name of instants) model.on(name, show);
  show();
  return () => {
    stopAddress();
    stopChosen();
    for (const name of instants) model.off(name, show);
    for (const part of parts) part.stop?.();
  };
}

export default { render };
