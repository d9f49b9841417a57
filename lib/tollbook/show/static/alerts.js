// Alerts: a form of one rule, and for whom it would have fired. Python does what is asked, or says why not.

import { element, isolated } from "./base.js";
import { Part, drawn, filled } from "./part.js";

class Form extends Part {
  build() {
    this.root.classList.add("tollbook-alerts");
    this.fields = element("div", { class: "tollbook-alerts-fields" });
    this.buttons = element("div", { class: "tollbook-numbers-form" });
    this.hint = element("p", { class: "tollbook-numbers-hint" }, this.words.read_only);
    this.root.append(this.fields, this.buttons, this.hint, this.said, this.fault);
  }

  draw() {
    const { fields = [], alert, may, units = {} } = this.told;
    this.inputs = new Map(fields.map((field) => [field.name, this.input(field)]));
    this.fields.replaceChildren(...fields.map((field) => this.labelled(field)));
    const area = this.inputs.get("area");
    const unit = () => { for (const one of this.fields.querySelectorAll(".tollbook-alerts-unit")) one.textContent = units[area.value] || ""; };
    area?.addEventListener("change", unit);
    unit();
    const send = (kind) => this.model.send({ kind, values: this.values() });
    const remove = () => { if (confirm(this.words.sure)) this.model.send({ kind: "remove" }); };
    this.buttons.replaceChildren(...[
      may ? this.button(alert ? this.words.save : this.words.enter, { class: "primary" }, () => send("save")) : null,
      this.button(this.words.try, {}, () => send("try")),
      may && alert ? this.button(this.words.test, {}, () => this.model.send({ kind: "test" })) : null,
      may && alert ? this.button(this.words.remove, { class: "tollbook-alerts-last" }, remove) : null,
    ].filter(Boolean));
    this.hint.hidden = may;
  }

  values() {
    return Object.fromEntries([...this.inputs].map(([name, input]) => [name, input.value]));
  }

  input({ name, value, options, hint }) {
    if (options.length) {
      const list = element("select", { name }, ...options.map((one) => element("option", { value: one.value }, one.label)));
      list.value = value;
      return list;
    }
    const made = element("input", { type: "text", name, autocomplete: "off", placeholder: hint, size: 12 });
    made.value = value;
    return made;
  }

  labelled({ name, label, wide }) {
    const figure = name === "threshold" || name === "reset";
    const head = element("span", {}, label, figure ? " " : null, figure ? element("i", { class: "tollbook-alerts-unit", dir: "ltr" }) : null);
    return element("label", { class: wide ? "tollbook-alerts-wide" : null }, head, this.inputs.get(name));
  }
}

class Replay extends Part {
  build() {
    this.root.classList.add("tollbook-alerts");
    this.summary = element("p", { class: "tollbook-numbers-sums" });
    this.rule = element("p", { class: "tollbook-numbers-hint" });
    this.list = element("ul", { class: "tollbook-numbers-free" });
    this.root.append(this.summary, this.rule, this.list, this.said, this.fault);
  }

  draw() {
    const { summary = "", rule = "", subjects = [], subject } = this.told;
    this.summary.textContent = summary;
    this.rule.textContent = rule;
    this.rule.hidden = !rule;
    this.list.hidden = !subjects.length;
    this.list.replaceChildren(...subjects.map((one) => element("li", {}, this.one(one, subject))));
  }

  one({ name, fired }, chosen) {
    const count = this.count(fired);
    const press = () => this.model.send({ kind: "subject", subject: name });
    const label = filled(this.words.fired, { subject: "\u0000", count }).split("\u0000");
    const made = this.button("", { "aria-pressed": String(name === chosen) }, press);
    made.append(label[0], isolated(name), label[1] ?? "");
    return made;
  }
}

const PARTS = { form: Form, replay: Replay };

export default { render: drawn(PARTS, "numbers.css", "alerts.css") };
