// Alerts: a form of one rule, and for whom it would have fired. Python does what is asked, or says why not.

import { announce, element, isolated, numbers, style } from "./base.js";

const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

class Part {
  constructor(model, host) {
    this.model = model;
    this.words = model.get("words");
    this.root = element("section", { class: "tollbook-numbers tollbook-alerts", "aria-label": model.get("label") });
    this.said = element("p", { class: "tollbook-numbers-said", role: "status" });
    this.fault = element("p", { class: "tollbook-numbers-fault", role: "alert" });
    host.append(this.root);
    this.build();
    this.draw();
    this.tell();
  }

  get told() { return this.model.get("told"); }

  button(label, attributes, press) {
    const made = element("button", { type: "button", ...attributes }, label);
    made.addEventListener("click", press);
    return made;
  }

  tell() {
    this.said.textContent = this.model.get("said");
    this.fault.textContent = this.model.get("fault");
    this.said.hidden = !this.said.textContent;
    this.fault.hidden = !this.fault.textContent;
    if (this.said.textContent) announce(this.said.textContent);
  }
}

class Form extends Part {
  build() {
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
    const count = numbers(this.model.get("language")).format(fired);
    const press = () => this.model.send({ kind: "subject", subject: name });
    const label = filled(this.words.fired, { subject: "\u0000", count }).split("\u0000");
    const made = this.button("", { "aria-pressed": String(name === chosen) }, press);
    made.append(label[0], isolated(name), label[1] ?? "");
    return made;
  }
}

const PARTS = { form: Form, replay: Replay };

function render({ model, el }) {
  let part = null;
  const draw = () => part?.draw();
  const tell = () => part?.tell();
  model.on("change:told", draw);
  for (const name of ["said", "fault"]) model.on(`change:${name}`, tell);
  Promise.all([style("numbers.css"), style("alerts.css")]).then(() => {
    part = new PARTS[model.get("part")](model, el);
    part.root.dataset.drawn = "";
  });
  return () => {
    model.off("change:told", draw);
    for (const name of ["said", "fault"]) model.off(`change:${name}`, tell);
  };
}

export default { render };
