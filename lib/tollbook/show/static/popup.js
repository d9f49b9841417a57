// A button that opens a panel beside it: Escape or a click elsewhere closes it and the button has the focus again.

import { element } from "./base.js";

const GAP = 6;
const EDGE = 8;
let made = 0;

// `fill(panel, close)` makes what is in it, anew at each opening, and returns what gets the focus.
export function popup(button, label, fill) {
  made += 1;
  const panel = element("div", {
    id: `tollbook-popup-${made}`, class: "tollbook-popup", role: "dialog", "aria-label": label, popover: "auto", "data-lm-suppress-shortcuts": "true",
  });
  const close = () => { panel.hidePopover(); button.focus(); };

  function place() {
    const from = button.getBoundingClientRect();
    const width = panel.offsetWidth;
    const wanted = getComputedStyle(button).direction === "rtl" ? from.right - width : from.left;
    panel.style.left = `${Math.max(EDGE, Math.min(wanted, document.documentElement.clientWidth - width - EDGE))}px`;
    const below = window.innerHeight - from.bottom - GAP - EDGE;
    panel.style.top = `${from.bottom + GAP}px`;
    panel.style.maxHeight = `${Math.max(below, 160)}px`;
    if (below < 160) panel.style.top = `${Math.max(EDGE, window.innerHeight - 160 - EDGE)}px`;
  }

  function open() {
    panel.replaceChildren();
    const first = fill(panel, close);
    panel.showPopover();
    place();
    (first || panel.querySelector("button, input, select"))?.focus();
  }

  button.setAttribute("aria-haspopup", "dialog");
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-controls", panel.id);
  // Pressing the button closes an open panel before the click comes: it must not open again.
  let wasOpen = false;
  button.addEventListener("pointerdown", () => { wasOpen = panel.matches(":popover-open"); });
  button.addEventListener("click", () => {
    if (panel.matches(":popover-open")) close();
    else if (!wasOpen) open();
    wasOpen = false;
  });
  panel.addEventListener("beforetoggle", (event) => { button.setAttribute("aria-expanded", String(event.newState === "open")); });
  window.addEventListener("resize", () => { if (panel.matches(":popover-open")) place(); });
  return { panel, open, close };
}

// Arrow keys, Home and End move among the items of a list or a row.
export function roving(event, items) {
  const at = items.indexOf(document.activeElement);
  const ahead = getComputedStyle(event.currentTarget).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
  const behind = ahead === "ArrowLeft" ? "ArrowRight" : "ArrowLeft";
  const wanted = {
    ArrowDown: at + 1, [ahead]: at + 1, ArrowUp: at - 1, [behind]: at - 1, Home: 0, End: items.length - 1,
  }[event.key];
  if (wanted === undefined || !items.length) return null;
  event.preventDefault();
  const item = items[(wanted + items.length) % items.length];
  item.focus();
  return item;
}
