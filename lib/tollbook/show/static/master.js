// Master data: a form for one customer, carrier or contact, and files of them. Python checks, says what would change, and saves.

import { choose, element, isolated } from "./base.js";
import { Intake, Part, drawn, filled } from "./part.js";

const TYPES = { whole: { inputmode: "numeric", dir: "ltr" }, amount: { inputmode: "decimal", dir: "ltr" } };

class Form extends Part {
  build() {
    this.root.classList.add("tollbook-master");
    this.add = this.button("", { class: "primary" }, () => this.model.send({ kind: "new" }));
    this.head = element("h3", { tabindex: "-1" });
    this.fields = element("div", { class: "tollbook-master-fields" });
    this.check = element("button", { type: "submit", class: "primary" }, this.words.review);
    const close = () => this.button(this.words.close, {}, () => this.model.send({ kind: "close" }));
    this.door = this.button("", {}, () => this.model.send({ kind: this.told.door, serial: this.told.serial }));
    this.form = element("form", { novalidate: true }, this.fields, element("div", { class: "tollbook-master-bar" }, this.check, close(), this.door));
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.send("check"); });
    this.changes = element("tbody");
    const heads = [this.words.field, this.words.before, this.words.after].map((label) => element("th", { scope: "col" }, label));
    const table = element("table", {}, element("thead", {}, element("tr", {}, ...heads)), this.changes);
    this.save = this.button(this.words.save, { class: "primary" }, () => this.send("save"));
    const back = this.button(this.words.back, {}, () => this.turn(false));
    this.review = element("div", { class: "tollbook-master-review", hidden: true }, element("h4", {}, this.words.changes), element("div", { class: "tollbook-master-table", tabindex: "0", role: "group", "aria-label": this.words.changes }, table), element("div", { class: "tollbook-master-bar" }, this.save, back));
    this.root.append(this.add, this.head, this.form, this.review, this.said, this.fault);
    this.inputs = new Map();
    this.followed = (event) => this.follow(event);
    document.addEventListener("click", this.followed);
  }

  gone() { document.removeEventListener("click", this.followed); }

  // A link to a row of this page opens it here, without loading the page again.
  follow(event) {
    const link = event.target.closest?.("a[href]");
    if (!link || !link.closest(".tollbook-grid") || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const to = new URL(link.href, location.href);
    if (to.pathname !== location.pathname || !to.searchParams.get("entry")) return;
    event.preventDefault();
    choose(Object.fromEntries(to.searchParams));
  }

  send(kind) {
    const values = Object.fromEntries([...this.inputs].map(([name, { input }]) => [name, input.value]));
    const key = this.key ? this.key.input.value.trim() : this.told.name;
    this.model.send({ kind, serial: this.told.serial, key, values });
  }

  draw() {
    const { open, serial, add, may, title, door } = this.told;
    this.add.textContent = add;
    this.add.hidden = Boolean(open) || !may;
    this.head.hidden = !open;
    this.head.replaceChildren(...(open ? [isolated(title)] : []));
    this.root.hidden = !open && !may;
    this.door.hidden = !door || !may;
    this.door.textContent = door === "enable" ? this.words.enable : this.words.disable;
    if (!open) {
      this.form.hidden = this.review.hidden = true;
      if (this.serial) this.add.focus();
      this.serial = 0;
      return;
    }
    if (this.serial !== serial) this.fill();
    this.serial = serial;
    this.marked();
    this.changes.replaceChildren(...(this.told.changes || []).map(({ label, before, after }) => element("tr", {}, element("th", { scope: "row" }, label), this.cell(before), this.cell(after))));
    this.turn(Boolean(this.told.changes?.length));
  }

  cell(text) {
    return text ? element("td", {}, isolated(text)) : element("td", { class: "tollbook-master-none" }, this.words.empty);
  }

  // The changes in place of the form, or the form again.
  turn(review) {
    const moved = this.review.hidden === review;
    this.form.hidden = review;
    this.review.hidden = !review;
    if (!moved) return;
    if (review) this.save.focus();
    else if (!this.root.querySelector("[aria-invalid]")) this.check.focus({ preventScroll: true });
  }

  fill() {
    const { key, groups, values, open, name, may, lists } = this.told;
    this.inputs.clear();
    const suggestions = Object.entries(lists).map(([list, words]) => element("datalist", { id: this.id(list) }, ...words.map((value) => element("option", { value }))));
    this.key = open === "add" ? this.entry({ ...key, form: "text", options: [] }, name, may) : null;
    const made = groups.map(({ label, fields }, place) => {
      const lines = fields.map((field) => {
        const entry = this.entry(field, values[field.name] ?? "", may && !field.fixed);
        this.inputs.set(field.name, entry);
        return entry.label;
      });
      return element("fieldset", {}, element("legend", {}, label), ...(this.key && !place ? [this.key.label] : []), ...lines);
    });
    this.fields.replaceChildren(...made, ...suggestions);
    this.check.hidden = !may;
    if (this.serial === undefined) return; // as the page came: nobody has asked for it yet
    this.head.focus({ preventScroll: true });
    if (this.root.getBoundingClientRect().top < 0) this.root.scrollIntoView({ block: "start" });
  }

  id(name) { return `tollbook-master-${name}`; }

  entry({ name, label, hint, form, options, list }, value, may) {
    const described = `${this.id(name)}-why`;
    const shared = { id: this.id(`of-${name}`), "aria-describedby": described, disabled: !may, autocomplete: "off", dir: options.length ? null : "auto" };
    const input = options.length
      ? element("select", shared, ...options.map(([word, text]) => element("option", { value: word }, text)))
      : form === "lines" ? element("textarea", { ...shared, rows: 3 }) : element("input", { type: "text", ...shared, ...TYPES[form], list: list ? this.id(list) : null, spellcheck: "false" });
    input.value = value;
    const why = element("small", { class: "tollbook-master-why" });
    const more = element("small", { class: "tollbook-master-note" });
    const text = element("span", { id: described }, hint ? element("small", { class: "tollbook-master-hint" }, hint) : null, more, why);
    const made = element("div", { class: form === "lines" ? "tollbook-master-entry tollbook-master-tall" : "tollbook-master-entry" }, element("label", { for: shared.id }, label), input, text);
    return { label: made, input, why, more };
  }

  // What is wrong with each field, and what others wrote into it meanwhile.
  marked() {
    const { faults = {}, notes = {}, key } = this.told;
    let first = null;
    for (const [name, { input, why, more }] of [...(this.key ? [[key.name, this.key]] : []), ...this.inputs]) {
      why.textContent = faults[name] || "";
      more.textContent = notes[name] || "";
      if (faults[name]) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
      if (faults[name]) first ??= input;
    }
    first?.focus();
  }
}

class Files extends Intake {
  build() {
    super.build();
    this.root.classList.add("tollbook-master");
    this.hint = element("p", { class: "tollbook-numbers-hint tollbook-master-columns" });
    this.out = element("p", { class: "tollbook-master-out" }, element("span", {}, this.words.all), ...["csv", "xlsx"].map((format) => this.button(format.toUpperCase(), {}, () => this.model.send({ kind: "export", format }))));
    this.form.after(this.hint);
    this.root.append(this.out);
  }

  draw() {
    super.draw();
    this.hint.textContent = filled(this.words.columns, this.told);
    this.hint.hidden = !this.told.may;
    this.out.hidden = !this.told.export;
  }
}

const PARTS = { form: Form, intake: Files };

export default { render: drawn(PARTS, "numbers.css", "master.css") };
