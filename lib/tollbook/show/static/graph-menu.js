// The button of a card that opens a menu of what can be done with its graph.

import { element } from "./base.js";
import { roving } from "./popup.js";

const GAP_PX = 4;

// `items` are made anew at each opening: [label, action] each.
export function menu({ label, items }) {
  const button = element("button", { type: "button", class: "tollbook-graph-more", "aria-label": label, title: label, "aria-haspopup": "menu", "aria-expanded": "false" }, "⋯");
  const list = element("div", { class: "tollbook-graph-menu", role: "menu", "aria-label": label, popover: "auto", "data-lm-suppress-shortcuts": "true" });
  const entries = () => [...list.children];

  function place() {
    const from = button.getBoundingClientRect();
    const wanted = getComputedStyle(button).direction === "rtl" ? from.left : from.right - list.offsetWidth;
    list.style.left = `${Math.max(GAP_PX, wanted)}px`;
    const fits = from.bottom + GAP_PX + list.offsetHeight < innerHeight;
    list.style.top = `${fits ? from.bottom + GAP_PX : Math.max(GAP_PX, from.top - GAP_PX - list.offsetHeight)}px`;
  }

  function open() {
    list.replaceChildren(...items().map(([text, action]) => {
      const entry = element("button", { type: "button", role: "menuitem", tabindex: "-1" }, text);
      entry.addEventListener("click", () => { close(); action(); });
      return entry;
    }));
    list.showPopover();
    button.setAttribute("aria-expanded", "true");
    place();
    entries()[0].focus();
  }

  function close() {
    list.hidePopover();
    button.focus();
  }

  // Pressing the button closes an open menu before the click comes: it must not open again.
  let wasOpen = false;
  button.addEventListener("pointerdown", () => { wasOpen = list.matches(":popover-open"); });
  button.addEventListener("click", () => {
    if (list.matches(":popover-open")) close();
    else if (!wasOpen) open();
    wasOpen = false;
  });
  button.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown") return;
    event.preventDefault();
    open();
  });
  list.addEventListener("keydown", (event) => {
    if (event.key === "Tab") close();
    else roving(event, entries());
  });
  list.addEventListener("beforetoggle", (event) => { button.setAttribute("aria-expanded", String(event.newState === "open")); });
  list.addEventListener("toggle", (event) => {
    if (event.newState === "closed") list.replaceChildren();
  });
  return [button, list];
}
