// The controls that open a list: many of many, and the zone of the clock.

import { choose, element, joined, numbers, separated } from "./base.js";
import { ahead } from "./clock.js";
import { popup, roving } from "./popup.js";

const MOST = 200;
let made = 0;

function matching(options, text) {
  const wanted = text.trim().toLowerCase();
  return options.filter(({ value, label }) => `${label} ${value}`.toLowerCase().includes(wanted));
}

// A box to search in above a list that `row(option)` draws.
function searchable(panel, bar, label, options, row) {
  const box = element("input", { type: "search", class: "tollbook-field", placeholder: bar.words.search, "aria-label": `${bar.words.search}: ${label}` });
  const list = element("div", { class: "tollbook-list" });
  const words = element("p", { class: "tollbook-quiet", role: "status" });
  const items = () => [...list.querySelectorAll("input, button")];
  function show() {
    const found = matching(options(), box.value);
    list.replaceChildren(...found.slice(0, MOST).map(row));
    words.textContent = found.length > MOST ? bar.words.more.replace("{count}", numbers(bar.language).format(found.length - MOST))
      : found.length ? "" : bar.words.nothing_found;
  }
  box.addEventListener("input", show);
  box.addEventListener("keydown", (event) => { if (event.key === "ArrowDown") { event.preventDefault(); items()[0]?.focus(); } });
  list.addEventListener("keydown", (event) => { if (event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End") roving(event, items()); });
  panel.append(box, list, words);
  show();
  return { box, show };
}

export function labelled(field, value, otherwise = value) {
  return field.options.find((option) => option.value === value)?.label ?? otherwise;
}

// Check boxes; each tick holds at once, and all of one opening are one step back.
export function many(field, bar) {
  const value = element("span", { class: "tollbook-value" });
  const button = element("button", { type: "button", class: "tollbook-button", title: field.hint || null }, element("span", { class: "tollbook-name-of" }, field.label), value);
  const names = () => separated(bar.values()[field.name]);

  function fill(panel) {
    let stepped = false;
    const set = (wanted) => { choose({ [field.name]: joined(wanted) }, { replace: stepped }); stepped = true; };
    const options = () => {
      const known = new Set(field.options.map((option) => option.value));
      return [...names().filter((name) => !known.has(name)).map((name) => ({ value: name, label: name })), ...field.options];
    };
    const row = (option) => {
      made += 1;
      const box = element("input", { type: "checkbox", id: `tollbook-option-${made}` });
      box.checked = names().includes(option.value);
      box.addEventListener("change", () => {
        const others = names().filter((name) => name !== option.value);
        set(box.checked ? [...others, option.value] : others);
        everyone.checked = !names().length;
      });
      const count = option.count === null || option.count === undefined ? null : element("span", { class: "tollbook-count" }, numbers(bar.language).format(option.count));
      return element("label", { class: "tollbook-option", for: box.id }, box, element("bdi", {}, option.label), count);
    };
    const everyone = element("input", { type: "checkbox" });
    everyone.checked = !names().length;
    everyone.addEventListener("change", () => { set([]); everyone.checked = true; list.show(); });
    const list = searchable(panel, bar, field.label, options, row);
    list.box.after(element("label", { class: "tollbook-option tollbook-all" }, everyone, bar.words.all));
    return list.box;
  }

  const { panel } = popup(button, field.label, fill);
  function show() {
    const chosen = names();
    value.textContent = !chosen.length ? bar.words.all : chosen.length === 1 ? labelled(field, chosen[0])
      : bar.words.chosen.replace("{count}", numbers(bar.language).format(chosen.length));
    button.classList.toggle("active", chosen.length > 0);
  }
  return { el: element("div", { class: "tollbook-control" }, button, panel), show };
}

// UTC, the account's and this device's first; each with how far it is ahead now.
export function zone(field, bar) {
  const value = element("span", { class: "tollbook-value" });
  const button = element("button", { type: "button", class: "tollbook-button" }, element("span", { class: "tollbook-name-of" }, field.label), value);

  function fill(panel, close) {
    const device = Intl.DateTimeFormat().resolvedOptions().timeZone; // takes a while, and few ask
    const now = Date.now();
    const current = bar.values()[field.name];
    const known = new Set(field.zones);
    const first = [...new Set([...field.first, ...(known.has(device) ? [device] : []), current])];
    const all = [...first, ...field.zones.filter((name) => !first.includes(name))].map((name) => ({ value: name, label: name.replaceAll("_", " ") }));
    const row = ({ value: name, label }) => {
      const mark = name === device ? element("small", {}, bar.words.yours) : null;
      const one = element("button", { type: "button", class: "tollbook-option", "aria-pressed": String(name === current), "data-zone": name },
        element("bdi", {}, label), mark, element("span", { class: "tollbook-count", dir: "ltr" }, ahead(now, name)));
      one.addEventListener("click", () => { choose({ [field.name]: name }); close(); });
      return one;
    };
    return searchable(panel, bar, field.label, () => all, row).box;
  }

  const { panel, open } = popup(button, field.label, fill);
  const asked = () => { bar.unfold(); open(); };
  document.addEventListener("tollbook:zone", asked);
  return {
    el: element("div", { class: "tollbook-control" }, button, panel),
    show: () => { value.textContent = bar.values()[field.name].replaceAll("_", " "); },
    stop: () => document.removeEventListener("tollbook:zone", asked),
  };
}
