// The page's choices in its address: written when something is chosen, read when the reader goes back or forward.

import { element } from "./base.js";

const EVERY_MS = 15000;

function render({ model, el }) {
  const refused = element("p", { class: "tollbook-alert", role: "alert", hidden: true });
  el.append(refused);
  const names = () => Object.keys(model.get("defaults"));

  function fromAddress() {
    const query = new URLSearchParams(location.search);
    return Object.fromEntries(names().map((name) => [name, query.get(name) ?? model.get("defaults")[name]]));
  }

  // In JupyterLab the address is not the notebook's.
  const ours = document.body.classList.contains("tollbook-page");

  // A reader with a zone of their own is sent to it by an address that names none: theirs always names one.
  const says = (name, value) => value !== model.get("defaults")[name] || (name === "zone" && document.documentElement.dataset.ownZone);

  function toAddress(values, replace) {
    if (!ours) return;
    const url = new URL(location.href);
    for (const name of names()) {
      if (says(name, values[name])) url.searchParams.set(name, values[name]);
      else url.searchParams.delete(name);
    }
    if (url.href !== location.href) history[replace ? "replaceState" : "pushState"](null, "", url);
  }

  function tell(values) {
    model.set("values", values);
    model.save_changes();
  }

  function chosen(event) {
    const known = Object.entries(event.detail.values).filter(([name]) => names().includes(name));
    const values = { ...model.get("values"), ...Object.fromEntries(known.map(([name, value]) => [name, String(value)])) };
    toAddress(values, event.detail.replace);
    tell(values);
  }

  // Python has the last word: what it refused goes from the address again.
  function settled() {
    refused.textContent = model.get("fault");
    refused.hidden = !refused.textContent;
    toAddress(model.get("values"), true);
    document.dispatchEvent(new CustomEvent("tollbook:chosen", { detail: model.get("values") }));
  }

  const moved = () => { if (ours) tell(fromAddress()); };
  const tick = setInterval(() => { if (document.visibilityState === "visible") model.send({ kind: "tick" }); }, EVERY_MS);
  document.addEventListener("tollbook:choose", chosen);
  window.addEventListener("popstate", moved);
  model.on("change:values", settled);
  model.on("change:fault", settled);
  globalThis.tollbookChosen = () => model.get("values");
  return () => {
    clearInterval(tick);
    document.removeEventListener("tollbook:choose", chosen);
    window.removeEventListener("popstate", moved);
    model.off("change:values", settled);
    model.off("change:fault", settled);
  };
}

export default { render };
