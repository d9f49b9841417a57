// Invoices of ticked rows: the server is asked to make them, and says of each what became of it as it is done.

import { announce, element, style } from "./base.js";

const said = (words, told) => words.replace(/\{(\w+)\}/g, (_, name) => told[name] ?? "–");

// Where the portal is; nothing in JupyterLab, where nobody can be asked.
const portal = () => document.querySelector(".tollbook-header")?.dataset.baseUrl;
const cookie = (name) => document.cookie.split("; ").find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";

// Asks, and tells each line of the answer as it comes. Chromium counts a fetch whose body is read in pieces as failed.
function made(base, rows, each) {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    let told = 0;
    const read = () => {
      if (request.status !== 200) return;
      const end = request.responseText.lastIndexOf("\n") + 1;
      for (const line of request.responseText.slice(told, end).split("\n").filter(Boolean)) each(JSON.parse(line));
      told = Math.max(told, end);
    };
    request.open("POST", `${base}summary/invoices`);
    request.setRequestHeader("Content-Type", "application/json");
    request.setRequestHeader("X-XSRFToken", cookie("_xsrf"));
    request.onprogress = read;
    request.onerror = () => fail(new Error(request.statusText || "–"));
    request.onload = () => { read(); if (request.status === 200) done(); else fail(new Error(why(request))); };
    request.send(JSON.stringify({ rows }));
  });
}

function why(request) {
  try { return JSON.parse(request.responseText).why || request.statusText; } catch { return request.statusText; }
}

// Customer and period of each row, each once: a row of a second currency is the same period.
function periods(keys) {
  const found = new Map(keys.map(({ customer, period }) => [JSON.stringify([customer, period]), { customer, period }]));
  return [...found.values()];
}

// What is asked for at once: nobody else waits for longer than that takes.
const AT_ONCE = 50;

const sorted = (texts) => [...new Set(texts)].sort();

function paper(base, words, { status, number, customer, period }) {
  const address = { issued: `invoices/${encodeURIComponent(number)}`, draft: `invoices/draft/${encodeURIComponent(customer)}/${encodeURIComponent(period)}` }[status];
  return address ? element("a", { href: base + address }, status === "issued" ? words.view : words.view_draft) : null;
}

class Making {
  constructor(model, host) {
    this.model = model;
    this.words = model.get("words");
    this.note = element("p", { class: "tollbook-summary-note" });
    this.progress = element("progress", { "aria-label": this.words.region });
    this.status = element("p", { class: "tollbook-making-status", role: "status" });
    this.list = element("ul");
    this.close = element("button", { type: "button", class: "tollbook-making-close" }, this.words.close);
    this.close.addEventListener("click", () => { this.box.hidden = true; });
    this.go = element("button", { type: "button", class: "tollbook-making-go", hidden: true }, this.words.go);
    this.go.addEventListener("click", () => { const { asked } = this; this.asked = null; if (asked) this.start(asked); });
    const head = element("div", { class: "tollbook-making-head" }, this.status, this.progress, this.go, this.close);
    this.box = element("section", { class: "tollbook-making", "aria-label": this.words.region, hidden: true }, head, this.list);
    host.append(this.note, this.box);
    this.tell();
  }

  tell() {
    this.note.textContent = this.model.get("note");
  }

  // What would be made of all that is missing; it is made once the reader says so.
  ask(keys) {
    const rows = periods(keys);
    if (this.busy || !rows.length) return;
    const names = sorted(rows.map(({ period }) => period));
    const told = { count: rows.length, customers: new Set(rows.map(({ customer }) => customer)).size, first: names[0], last: names.at(-1) };
    this.open(rows.length);
    this.progress.hidden = true;
    this.close.hidden = false;
    this.go.hidden = false;
    this.asked = keys;
    this.say(`${said(this.words.auto, told)} ${this.words.for_good}`);
    this.go.focus();
  }

  async start(keys) {
    const rows = periods(keys);
    if (this.busy || !rows.length) return;
    this.busy = true;
    this.open(rows.length);
    try {
      await this.make(rows);
    } finally {
      this.busy = false;
      this.progress.hidden = true;
      this.close.hidden = false;
      this.model.send({ kind: "made" });
    }
  }

  open(count) {
    this.box.hidden = false;
    this.close.hidden = true;
    this.go.hidden = true;
    this.list.replaceChildren();
    this.progress.hidden = false;
    Object.assign(this.progress, { max: count, value: 0 });
  }

  async make(rows) {
    const base = portal();
    if (base === undefined) return this.say(this.words.elsewhere);
    const sums = { issued: 0, draft: 0, refused: 0 };
    let done = 0;
    const next = () => { if (done < rows.length) this.say(said(this.words.making, { number: done + 1, count: rows.length })); };
    next();
    let problem = "";
    try {
      const tell = (outcome) => {
        this.add(base, outcome);
        sums[outcome.status in sums ? outcome.status : "refused"] += 1;
        this.progress.value = done += 1;
        next();
      };
      for (let at = 0; at < rows.length && done === at; at += AT_ONCE) await made(base, rows.slice(at, at + AT_ONCE), tell);
    } catch (error) {
      problem = said(this.words.failed, { why: error.message });
    }
    if (!done && problem) return this.say(problem);
    const all = said(this.words.sums, sums);
    return this.say(done < rows.length ? `${all} ${this.words.broken}` : all);
  }

  say(text) {
    this.status.textContent = text;
    announce(text);
  }

  add(base, outcome) {
    const told = { ...outcome, at: (outcome.settles_at || "").slice(0, 16).replace("T", " ") };
    // What was not made stands before what was: a report of many is read for that.
    const before = ["issued", "draft"].includes(outcome.status) ? null : this.list.querySelector("li:not(.refused, .nothing)");
    this.list.insertBefore(element("li", { class: outcome.status },
      element("span", { class: "tollbook-making-row" }, element("bdi", {}, outcome.customer), " ", element("bdi", {}, outcome.period)),
      element("span", {}, said(this.words[outcome.status], told)),
      paper(base, this.words, outcome)), before);
  }
}

async function render({ model, el }) {
  await style("summary.css");
  const making = new Making(model, el);
  const tell = () => making.tell();
  const act = ({ detail }) => { if (detail.action === model.get("action")) making.start(detail.rows); else if (detail.action === model.get("auto")) making.ask(detail.rows); };
  model.on("change:note", tell);
  document.addEventListener("tollbook:action", act);
  return () => {
    model.off("change:note", tell);
    document.removeEventListener("tollbook:action", act);
  };
}

export default { render };
