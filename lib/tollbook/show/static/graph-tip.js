// What the pointer tells: one for the whole page, so that nothing is left behind.

import { element, isolated } from "./base.js";

const GAP_PX = 14;
let tip = null;

function row(line, before) {
  const swatch = element("span", { class: "tollbook-swatch", style: line.colour ? `background:${line.colour}` : "display:none" });
  const cells = [element("th", { scope: "row" }, swatch, isolated(line.label)), element("td", {}, isolated(line.words)), element("td", { class: "tollbook-tip-parts" }, isolated(line.parts || ""))];
  return element("tr", {}, ...cells, before ? element("td", { class: "tollbook-tip-before" }, isolated(line.before || "–")) : null);
}

export function showTip({ heading, lines, before }, words, { x, y }) {
  if (!tip) {
    tip = element("div", { class: "tollbook-tip", "aria-hidden": "true" });
    document.body.append(tip);
  }
  const head = before ? [element("tr", { class: "tollbook-tip-head" }, element("td", { colspan: "3" }), element("td", {}, words.before))] : [];
  tip.replaceChildren(element("p", {}, heading), element("table", {}, ...head, ...lines.map((line) => row(line, before))));
  tip.hidden = false;
  const { width, height } = tip.getBoundingClientRect();
  const left = x + GAP_PX + width > innerWidth - 4 ? Math.max(4, x - GAP_PX - width) : x + GAP_PX;
  tip.style.left = `${left}px`;
  tip.style.top = `${Math.max(4, Math.min(y + GAP_PX, innerHeight - height - 4))}px`;
}

export function hideTip() {
  if (tip) tip.hidden = true;
}
