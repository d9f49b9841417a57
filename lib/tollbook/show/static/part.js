// Parts of a page that ask Python for something and are told what became of it: forms, and files that are looked at before they are entered.

import { announce, element, numbers, offer, style } from "./base.js";

export const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

export class Part {
  constructor(model, host) {
    this.model = model;
    this.words = model.get("words");
    this.language = model.get("language");
    this.root = element("section", { class: "tollbook-numbers", "aria-label": model.get("label") });
    this.said = element("p", { class: "tollbook-numbers-said", role: "status" });
    this.fault = element("p", { class: "tollbook-numbers-fault", role: "alert" });
    host.append(this.root);
    this.build();
    this.draw();
    this.tell();
  }

  get told() { return this.model.get("told"); }

  count(value) { return numbers(this.language).format(value); }

  share(used, all) { return `${numbers(this.language, { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(all ? (100 * used) / all : 0)} %`; }

  button(label, attributes, press) {
    const made = element("button", { type: "button", ...attributes }, label);
    made.addEventListener("click", press);
    return made;
  }

  field(label, attributes = {}) {
    const input = element("input", { type: "text", autocomplete: "off", ...attributes });
    return [input, element("label", {}, element("span", {}, label), input)];
  }

  // Whom something is for; where there is only one, nobody has to say so.
  chooser() {
    const list = element("select", {});
    return [list, element("label", {}, element("span", {}, this.words.customer), list)];
  }

  choices(list, label, chosen) {
    const names = this.told.customers || [];
    const kept = names.includes(list.value) ? list.value : chosen;
    list.replaceChildren(...names.map((name) => element("option", { value: name }, name)));
    if (names.includes(kept)) list.value = kept;
    label.hidden = names.length < 2;
  }

  tell() {
    this.said.textContent = this.model.get("said");
    this.fault.textContent = this.model.get("fault");
    this.said.hidden = !this.said.textContent;
    this.fault.hidden = !this.fault.textContent;
    if (this.said.textContent) announce(this.said.textContent);
  }

  // A file that was asked for.
  heard({ kind, ...file }, buffers) {
    if (kind !== "file") return;
    offer(file, buffers[0]);
    announce(filled(this.words.saved, file));
  }
}

// A file: first what it would do, then, if that is wanted, doing it. A `whole` one is entered with all its lines or not at all.
export class Intake extends Part {
  build() {
    this.input = element("input", { type: "file", accept: ".csv,.xlsx" });
    this.input.addEventListener("change", () => this.send());
    const label = element("label", {}, element("span", {}, this.words.file), this.input);
    this.planned = element("p", { class: "tollbook-numbers-sums", role: "status" });
    this.enter = this.button(this.words.enter, { class: "primary" }, () => this.model.send({ kind: "enter" }));
    this.form = element("div", { class: "tollbook-numbers-form" }, label, this.enter);
    this.root.append(this.form, this.planned, this.said, this.fault);
  }

  async send() {
    const [file] = this.input.files;
    if (!file) return;
    this.tell();
    if (file.size > this.told.largest) this.refuse(filled(this.words.too_large, { most: this.count(Math.floor(this.told.largest / 1024)) }));
    else this.model.send({ kind: "plan", name: file.name }, undefined, [await file.arrayBuffer()]);
    this.input.value = "";
  }

  refuse(why) {
    this.fault.textContent = why;
    this.fault.hidden = false;
    this.said.hidden = true;
  }

  draw() {
    const { may, file, whole, ...counts } = this.told;
    this.form.hidden = !may;
    const told = Object.fromEntries(Object.entries(counts).filter(([, value]) => typeof value === "number").map(([name, value]) => [name, this.count(value)]));
    this.planned.textContent = file ? `${filled(this.words.planned, { file, ...told })} ${this.words.dry}` : "";
    this.enter.hidden = !(file && counts.added + counts.changed) || Boolean(whole && counts.conflicts);
  }
}

// What draws a part: one of these classes, once its style sheets are there.
export function drawn(parts, ...sheets) {
  return function render({ model, el }) {
    let part = null;
    const draw = () => part?.draw();
    const tell = () => part?.tell();
    const heard = (message, buffers) => part?.heard?.(message, buffers);
    model.on("change:told", draw);
    model.on("msg:custom", heard);
    for (const name of ["said", "fault"]) model.on(`change:${name}`, tell);
    const ready = Promise.all(sheets.map(style)).then(() => {
      part = new parts[model.get("part")](model, el);
      part.root.dataset.drawn = "";
    });
    return () => {
      model.off("change:told", draw);
      model.off("msg:custom", heard);
      for (const name of ["said", "fault"]) model.off(`change:${name}`, tell);
      ready.then(() => part.gone?.());
    };
  };
}
