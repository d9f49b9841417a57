// What graphs read from and write to the page's choices: lines that the legend leaves, what lines are of, the span.

import { choose, joined, separated } from "./base.js";

// In JupyterLab there may be no page with an address: then graphs follow each other here.
let alone = {};

export const held = () => globalThis.tollbookChosen?.() ?? alone;

export function pick(values, options) {
  if (globalThis.tollbookChosen) return choose(values, options);
  alone = { ...alone, ...values };
  document.dispatchEvent(new CustomEvent("tollbook:chosen", { detail: alone }));
}

// `only` names each line after what it is a line of: carrier:north,carrier:south.
export function onlyOf(text, by) {
  const start = `${by}:`;
  return separated(text || "").filter((item) => item.startsWith(start)).map((item) => item.slice(start.length));
}

export function withOnly(text, by, names) {
  const others = separated(text || "").filter((item) => !item.startsWith(`${by}:`));
  return joined([...others, ...names.map((name) => `${by}:${name}`)]);
}

// `by` is what all graphs' lines are of, and items such as asr:customer set one graph apart.
export function withBy(text, graph, by) {
  const items = separated(text || "").filter((item) => !item.startsWith(`${graph}:`));
  const all = items.find((item) => !item.includes(":"));
  return joined(by === all ? items : [...items, `${graph}:${by}`]);
}

// One line alone; all again when it was alone; with shift one more or one less.
export function clicked(names, all, name, shift) {
  if (!shift) return names.length === 1 && names[0] === name ? [] : [name];
  const shown = names.length ? names : all;
  const next = all.filter((one) => (one === name ? !shown.includes(one) : shown.includes(one)));
  return next.length === all.length ? [] : next;
}

const PLACE = `tollbook-home ${location.pathname}`;
const same = (a, b) => a.start === b.start && a.end === b.end;

function memory() {
  try {
    return JSON.parse(sessionStorage.getItem(PLACE));
  } catch {
    return null;
  }
}

// The span before the first one that was marked in a graph; none once the reader chose another in some other way.
export function home() {
  const known = memory();
  return known && same(known.marked, held()) ? known.home : null;
}

export function narrow(start, end) {
  const { start: from = "", end: until = "" } = held();
  sessionStorage.setItem(PLACE, JSON.stringify({ home: home() || { start: from, end: until }, marked: { start, end } }));
  pick({ start, end });
}

export function whole() {
  const back = home();
  if (!back) return false;
  sessionStorage.removeItem(PLACE);
  pick(back);
  return true;
}

export const canNarrow = () => Boolean(globalThis.tollbookChosen && "start" in held());
