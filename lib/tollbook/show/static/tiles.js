// The strip of large figures: each with its change against the span before, and its course as a small line.

import { element, isolated, style } from "./base.js";
import { counted, words as said } from "./graph-live.js";

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 28;

function drawing(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

// Pieces of the line between gaps, as paths over a width of one unit a step.
function runs(values, top) {
  const place = (value, i) => `${i} ${(HEIGHT - 2 - (value / top) * (HEIGHT - 4)).toFixed(2)}`;
  const found = [];
  values.forEach((value, i) => {
    if (value === null) return;
    if (i > 0 && values[i - 1] !== null) found[found.length - 1].push(place(value, i));
    else found.push([place(value, i)]);
  });
  // A point that stands alone is a dot: a line of no length with round ends.
  return found.map((points) => `M${points.join("L")}${points.length > 1 ? "" : "h0"}`).join("");
}

function course(values) {
  const known = values.filter((value) => value !== null);
  const box = drawing("svg", { class: "tollbook-tile-course", viewBox: `0 0 ${Math.max(1, values.length - 1)} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true", focusable: "false" });
  if (known.length) box.append(drawing("path", { d: runs(values.map((value) => (value === null ? null : Math.max(0, value))), Math.max(...known) || 1), "vector-effect": "non-scaling-stroke" }));
  return box;
}

function change({ text, was, good, up }, words) {
  const meant = { yes: words.better, no: words.worse }[good];
  const arrow = meant ? element("span", { "aria-hidden": "true" }, up ? "▲ " : "▼ ") : null;
  const said = element("span", { class: "tollbook-tile-said" }, [words.before, meant].filter(Boolean).join(", "));
  return element("span", { class: `tollbook-tile-change ${{ yes: "good", no: "bad" }[good] ?? ""}`, title: `${text} ${words.before}. ${was}` }, arrow, isolated(text), " ", said);
}

const current = ({ words, count }) => words.replace("{count}", count);

function tile(told, words) {
  const value = element("strong", { title: told.exact || null }, isolated(told.value), told.more ? element("small", {}, ` + ${told.more}`) : null);
  return element("li", { class: "tollbook-tile", "data-metric": told.name },
    element("span", { class: "tollbook-tile-label", title: told.meaning }, told.label),
    value,
    change(told.change, words),
    element("small", { class: "tollbook-tile-parts" }, isolated(told.parts || "\u00a0"), ...(told.now ? [told.parts ? " · " : "", element("span", { class: "tollbook-tile-now" }, current(told.now))] : [])),
    course(told.course));
}

async function render({ model, el }) {
  await style("tiles.css");
  const words = model.get("words");
  const list = element("ul", { class: "tollbook-tiles", "aria-label": words.tiles });
  const fault = element("p", { class: "tollbook-alert", role: "alert", hidden: true });
  el.append(list, fault);

  function show() {
    fault.textContent = model.get("fault");
    fault.hidden = !fault.textContent;
    list.replaceChildren(...model.get("tiles").map((told) => tile(told, words)));
  }

  // Calls in progress go on by themselves with the page's stream.
  function hear({ detail }) {
    if (detail.channels === null) return;
    model.get("tiles").forEach(({ now }, i) => {
      const place = list.children[i]?.querySelector(".tollbook-tile-now");
      if (place && now?.whose) place.textContent = current({ ...now, count: said(counted(detail, now.whose), model.get("language")) });
    });
  }

  document.addEventListener("tollbook:live", hear);
  model.on("change:tiles", show);
  model.on("change:fault", show);
  show();
  return () => {
    document.removeEventListener("tollbook:live", hear);
    model.off("change:tiles", show);
    model.off("change:fault", show);
  };
}

export default { render };
