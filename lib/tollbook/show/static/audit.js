// The audit: the pages before and after this one, files of all entries, and one entry opened with its values side by side.

import { announce, choose, element, isolated, style } from "./base.js";

const ENTRY = "entry";

function button(label, act) {
  const made = element("button", { type: "button", class: "tollbook-button" }, label);
  made.addEventListener("click", () => { if (made.getAttribute("aria-disabled") !== "true") act(); });
  return made;
}

function facts(pairs) {
  return element("dl", { class: "tollbook-call-facts" }, ...pairs.map(([label, value]) => (
    element("div", {}, element("dt", {}, label), element("dd", {}, isolated(value)))
  )));
}

// One line of values: what was not there is said in words, and what is another is marked by more than its colour.
function line({ name, before, after, changed }, words) {
  const value = (text, tag) => (text === null
    ? element("td", { class: "tollbook-audit-none" }, words.none)
    : element("td", {}, element(changed ? tag : "span", {}, isolated(text))));
  return element("tr", { class: changed ? "tollbook-audit-changed" : null }, element("th", { scope: "row" }, isolated(name)), value(before, "del"), value(after, "ins"));
}

function changes(told, words) {
  if (!told.length) return element("p", {}, words.nothing);
  const heads = [words.name, words.before, words.after].map((label) => element("th", { scope: "col" }, label));
  const table = element("table", {}, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...told.map((one) => line(one, words))));
  return element("div", { class: "tollbook-call-tries tollbook-audit-changes", role: "region", tabindex: "0", "aria-label": words.changes }, table);
}

function dialog(model, words) {
  const title = element("h2", { id: `tollbook-audit-${Math.random().toString(36).slice(2)}` });
  const cross = button(words.close, () => el.close());
  const body = element("div", { class: "tollbook-call-body" });
  const el = element("dialog", { class: "tollbook-calls tollbook-call tollbook-audit-entry", "aria-labelledby": title.id, "data-lm-suppress-shortcuts": "true" },
    element("div", { class: "tollbook-call-head" }, title, cross), body);
  let from = null;

  function show() {
    const told = model.get("opened");
    if (!told.number) {
      if (el.open) el.close();
      return;
    }
    title.textContent = told.title;
    body.replaceChildren(facts(told.facts), element("h3", {}, words.changes), changes(told.changes, words));
    if (!el.open) {
      from = document.activeElement;
      el.showModal();
    }
    body.scrollTop = 0;
  }

  function closed() {
    if (!model.get("opened").number) return;
    choose({ [ENTRY]: "" });
    from?.focus();
  }

  el.addEventListener("close", closed);
  el.addEventListener("click", (event) => { if (event.target === el) el.close(); });
  model.on("change:opened", show);
  // Beside the cells, not in one: cells move once their session is connected, and what moves is closed.
  document.body.append(el);
  show();
  return () => { model.off("change:opened", show); el.removeEventListener("close", closed); el.remove(); };
}

// A link to an entry opens it on this page, unless the reader wants another.
function follow(event) {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const to = new URL(link.href, location.href);
  const number = to.searchParams.get(ENTRY);
  if (!number || to.origin !== location.origin || to.pathname !== location.pathname) return;
  event.preventDefault();
  choose({ [ENTRY]: number });
}

async function render({ model, el }) {
  await Promise.all([style("controls.css"), style("calls.css"), style("audit.css")]);
  const words = model.get("words");
  const inPortal = document.body.classList.contains("tollbook-page");
  const count = element("span", { class: "tollbook-calls-count" });
  const fault = element("p", { class: "tollbook-alert", role: "alert", hidden: true });
  const files = ["csv", "xlsx"].map((kind) => element("a", { class: "tollbook-button", download: `audit.${kind}`, "data-kind": kind }, words[kind]));
  const go = (place) => choose({ place });
  const turns = [
    button(words.newest, () => go("")),
    button(words.newer, () => go(model.get("newer"))),
    button(words.older, () => go(model.get("older"))),
    button(words.oldest, () => go("before:0")),
  ];
  const stop = dialog(model, words);
  el.classList.add("tollbook-calls", "tollbook-audit");
  el.append(fault, element("div", { class: "tollbook-calls-tools" },
    count, element("nav", { class: "tollbook-calls-pages", "aria-label": words.pages }, ...turns),
    inPortal ? element("span", { class: "tollbook-audit-files" }, ...files) : null));

  // Other conditions start at the newest again; whoever changes them need not know of pages.
  function restart({ detail }) {
    const asked = Object.keys(detail.values).filter((name) => model.get("names_of_query").includes(name));
    if (asked.length && !asked.includes("place")) detail.values.place = "";
  }

  function show() {
    const there = [model.get("newer"), model.get("newer"), model.get("older"), model.get("older")];
    turns.forEach((turn, at) => turn.setAttribute("aria-disabled", String(!there[at])));
    for (const file of files) file.href = `audit.${file.dataset.kind}${model.get("query") ? `?${model.get("query")}` : ""}`;
    const known = model.get("count");
    count.textContent = known || words.counting;
    if (known) announce(known);
    else model.send({ kind: "count" });
    fault.textContent = model.get("fault");
    fault.hidden = !fault.textContent;
  }

  let waiting = false;
  function soon() {
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => { waiting = false; show(); });
  }
  const parts = ["newer", "older", "count", "query", "fault"];
  document.addEventListener("tollbook:choose", restart, { capture: true });
  document.addEventListener("click", follow, { capture: true });
  for (const name of parts) model.on(`change:${name}`, soon);
  show();
  return () => {
    document.removeEventListener("tollbook:choose", restart, { capture: true });
    document.removeEventListener("click", follow, { capture: true });
    for (const name of parts) model.off(`change:${name}`, soon);
    stop();
  };
}

export default { render };
