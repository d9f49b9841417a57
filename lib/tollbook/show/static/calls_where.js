// Conditions: comparisons in groups of which all or any must hold, nested. What is built here goes to the address
// as JSON; Python reads it strictly and says what it cannot take.

import { choose, element, joined, separated, whenChosen } from "./base.js";

const DEEPEST = 4;
const NO_VALUE = ["is_empty", "is_not_empty"];

function select(label, options, value) {
  const made = element("select", { class: "tollbook-field", "aria-label": label },
    ...options.map((option) => element("option", { value: option.value }, option.label)));
  if (options.some((option) => option.value === value)) made.value = value;
  return made;
}

function input(label, value, field, many) {
  const numeric = ["whole", "seconds", "amount"].includes(field.kind) && !many;
  return element("input", {
    class: "tollbook-field", "aria-label": label, value, spellcheck: "false", autocomplete: "off", inputmode: numeric ? "decimal" : null,
    placeholder: field.kind === "instant" ? "2026-10-05T13:00" : many || null,
  });
}

// What is compared with: nothing, one value, two, a choice, or a list.
function values(field, op, given, words) {
  if (NO_VALUE.includes(op)) return { els: [], read: () => undefined };
  if (op === "between") {
    const pair = [words.from, words.to].map((label, at) => input(label, given?.[at] ?? "", field));
    return { els: pair, read: () => pair.map((one) => one.value.trim()) };
  }
  const first = Array.isArray(given) ? given[0] : given;
  if (op === "in") {
    const one = input(words.value, joined([given].flat().filter(Boolean)), field, words.list);
    return { els: [one], read: () => separated(one.value).map((text) => text.trim()) };
  }
  const one = field.choices.length ? select(words.value, field.choices, first) : input(words.value, first ?? "", field);
  return { els: [one], read: () => one.value.trim() };
}

export function builder(model, words) {
  const fields = model.get("fields");
  const known = Object.fromEntries(fields.map((field) => [field.name, field]));
  const labels = model.get("operators");
  const holder = element("div");
  const summary = element("summary");
  const el = element("details", { class: "tollbook-where" }, summary);
  let root;
  let applied = null;

  function action(label, act, kind = "") {
    const made = element("button", { type: "button", class: `tollbook-button ${kind}` }, label);
    made.addEventListener("click", act);
    return made;
  }

  function comparison(told, parent) {
    const line = element("div", { class: "tollbook-where-line" });
    const field = select(words.field, fields.map(({ name, label }) => ({ value: name, label })), told.field);
    const op = element("select", { class: "tollbook-field", "aria-label": words.operator });
    const place = element("span", { class: "tollbook-where-values" });
    let held;
    function operators(wanted) {
      const offered = known[field.value].operators;
      op.replaceChildren(...offered.map((name) => element("option", { value: name }, labels[name])));
      op.value = offered.includes(wanted) ? wanted : offered[0];
    }
    function refill(given) {
      held = values(known[field.value], op.value, given, words);
      place.replaceChildren(...held.els);
    }
    operators(told.op);
    refill(told.value);
    field.addEventListener("change", () => { operators(op.value); refill(undefined); });
    op.addEventListener("change", () => refill(held.read()));
    const part = { el: line, focus: () => field.focus(), read: () => {
      const value = held.read();
      return { field: field.value, op: op.value, ...(value === undefined ? {} : { value }) };
    } };
    line.append(field, op, place, action(words.remove, () => parent.drop(part)));
    return part;
  }

  function group(told, parent, depth) {
    const how = select(words.conditions, ["all", "any"].map((name) => ({ value: name, label: words[name] })), told.any ? "any" : "all");
    const list = element("div", { class: "tollbook-where-parts" });
    let parts = [];
    const self = {
      el: element("fieldset", { class: "tollbook-where-group" }, element("legend", {}, words.conditions)),
      focus: () => how.focus(),
      read: () => ({ [how.value]: parts.map((part) => part.read()) }),
      isEmpty: () => !parts.length,
      drop(part) {
        const at = parts.indexOf(part);
        parts = parts.filter((other) => other !== part);
        part.el.remove();
        (parts[at] || parts[at - 1] || self).focus();
      },
      add(what) {
        const part = what.all || what.any ? group(what, self, depth + 1) : comparison(what, self);
        parts.push(part);
        list.append(part.el);
        return part;
      },
    };
    const blank = () => ({ field: "called", op: "starts_with", value: "" });
    self.el.append(
      element("div", { class: "tollbook-where-line" }, how, parent ? action(words.remove_group, () => parent.drop(self)) : null), list,
      element("div", { class: "tollbook-where-line" }, action(words.add, () => self.add(blank()).focus()),
        depth < DEEPEST ? action(words.add_group, () => self.add({ any: [blank()] }).focus()) : null),
    );
    for (const part of told.any || told.all || []) self.add(part);
    return self;
  }

  // A text that no builder wrote may be anything; Python has refused it already.
  function parsed(text) {
    try {
      const told = JSON.parse(text || "{}");
      return told.field ? { all: [told] } : told;
    } catch {
      return {};
    }
  }

  function load(text) {
    root = group(parsed(text), null, 0);
    holder.replaceChildren(root.el);
    summary.textContent = words.more_conditions;
    el.classList.toggle("set", Boolean(text));
    if (text) el.open = true;
  }

  function apply() {
    const where = root.isEmpty() ? "" : JSON.stringify(root.read());
    applied = { from: held, to: where };
    choose({ where });
  }

  const actions = element("div", { class: "tollbook-where-line" },
    action(words.apply, apply, "primary"), action(words.clear, () => { load(""); choose({ where: "" }); }));
  holder.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input")) apply();
    event.stopPropagation();
  });
  el.append(element("div", { class: "tollbook-where-body" }, holder, actions));
  let held = globalThis.tollbookChosen?.().where ?? new URLSearchParams(location.search).get("where") ?? "";
  load(held);
  // What Python refused comes back as it was; what the reader wrote stays, to be mended. Going back is another thing.
  const forget = () => { applied = null; };
  window.addEventListener("popstate", forget, { capture: true });
  const stopHearing = whenChosen(({ where }) => {
    if (where === held) return;
    held = where;
    const refused = applied && where === applied.from;
    if (where !== applied?.to) applied = null;
    if (refused) return;
    if (root.isEmpty() || JSON.stringify(root.read()) !== where) load(where);
    el.classList.toggle("set", Boolean(where));
  });
  const stop = () => { stopHearing(); window.removeEventListener("popstate", forget, { capture: true }); };
  return { el, stop };
}
