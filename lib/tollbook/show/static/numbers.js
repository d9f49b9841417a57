// Number blocks: a map of who has what, numbers to take, and a file of extensions. Python does what is asked, or says why not.

import { element, isolated } from "./base.js";
import { Intake, Part, drawn, filled } from "./part.js";

class Blocks extends Part {
  build() {
    this.sums = element("p", { class: "tollbook-numbers-sums" });
    this.strip = element("div", { class: "tollbook-numbers-strip", "aria-hidden": "true" });
    this.list = element("ul", { class: "tollbook-numbers-list" });
    [this.customer, this.whose] = this.chooser();
    const digits = { inputmode: "numeric", size: 12, dir: "ltr" };
    let first, last, start, size;
    [this.first, first] = this.field(this.words.first, digits);
    [this.last, last] = this.field(this.words.last, digits);
    const press = this.button(this.words.allocate, { class: "primary" }, () => this.model.send({
      kind: "allocate", customer: this.customer.value, start: this.first.value, end: this.last.value }));
    [this.start, start] = this.field(this.words.start, digits);
    [this.size, size] = this.field(this.words.size, digits);
    const set = this.button(this.words.set, {}, () => this.model.send({ kind: "set up", start: this.start.value, size: this.size.value }));
    this.range = element("div", { class: "tollbook-numbers-form" }, start, size, set);
    this.next = element("p", { class: "tollbook-numbers-hint" });
    this.form = element("div", { class: "tollbook-numbers-form" }, this.whose, first, last, press, this.next);
    this.root.append(this.sums, this.strip, this.form, this.range, this.said, this.fault, this.list);
  }

  draw() {
    const { segments = [], may, next, start = "", size = "" } = this.told;
    const held = segments.filter(({ kind }) => kind === "block");
    const [used, free] = ["used", "free"].map((name) => held.reduce((sum, one) => sum + one[name], 0));
    this.sums.textContent = held.length
      ? filled(this.words.sums, { blocks: this.count(held.length), numbers: this.count(used + free), share: this.share(used, used + free) })
      : this.words.empty;
    this.strip.replaceChildren(...segments.map((one) => this.piece(one)));
    this.strip.hidden = !held.length;
    this.list.replaceChildren(...segments.map((one) => this.line(one, may)));
    this.form.hidden = this.range.hidden = !may;
    // What somebody is just typing stays.
    [this.start.defaultValue, this.size.defaultValue] = [start, size];
    this.choices(this.customer, this.whose, "");
    this.next.textContent = next ? filled(this.words.next, { span: next }) : "";
    [this.first.placeholder, this.last.placeholder] = next ? next.split("-") : ["", ""];
  }

  // As wide as it has numbers, and as dark as it is full.
  piece({ kind, start, end, used, free, customer }) {
    const grow = Math.min(Number(end) - Number(start) + 1, 1e9);
    const full = kind === "block" ? Math.round((100 * used) / (used + free)) : 0;
    return element("span", { class: `tollbook-numbers-${kind}`, style: `flex-grow:${grow};--full:${full}%`, title: kind === "block" ? `${start}-${end} ${customer}` : `${start}-${end}` });
  }

  line(one, may) {
    const span = `${one.start}-${one.end}`;
    if (one.kind === "gap") return element("li", { class: "tollbook-numbers-none" }, filled(this.words.gap, one));
    const all = one.used + one.free;
    const bar = element("span", { class: "tollbook-numbers-bar", "aria-hidden": "true" }, element("i", { style: `inline-size:${(100 * one.used) / all}%` }));
    const words = filled(this.words.filled, { used: this.count(one.used), free: this.count(one.free), share: this.share(one.used, all) });
    const release = may ? this.button(this.words.release, { "aria-label": filled(this.words.release_of, one) }, () => this.model.send({ kind: "release", id: one.id })) : null;
    const name = element("b", {}, isolated(span));
    return element("li", {}, name, element("span", { class: "tollbook-numbers-who" }, isolated(one.customer)), bar, element("span", { class: "tollbook-numbers-words" }, words), release);
  }
}

class Taking extends Part {
  build() {
    [this.customer, this.whose] = this.chooser();
    this.customer.addEventListener("change", () => this.model.send({ kind: "free", customer: this.customer.value }));
    let number, name;
    [this.number, number] = this.field(this.words.number, { inputmode: "numeric", size: 26, placeholder: this.words.take_next });
    [this.name, name] = this.field(this.words.name, { size: 20 });
    const press = this.button(this.words.take, { class: "primary" }, () => this.ask("take"));
    const rename = this.button(this.words.rename, {}, () => this.ask("rename"));
    this.form = element("div", { class: "tollbook-numbers-form" }, this.whose, number, name, press, rename);
    this.head = element("h3", {}, this.words.free);
    this.list = element("ul", { class: "tollbook-numbers-free" });
    this.hint = element("p", { class: "tollbook-numbers-hint" });
    this.root.append(this.form, this.said, this.fault, this.head, this.list, this.hint);
  }

  ask(kind) {
    this.model.send({ kind, customer: this.customer.value, number: this.number.value, name: this.name.value });
    this.number.value = "";
    this.name.value = "";
  }

  draw() {
    const { numbers: free = [], more, why, may, customer } = this.told;
    this.choices(this.customer, this.whose, customer);
    if (customer) this.customer.value = customer;
    const pick = (number) => { this.number.value = number; this.name.focus(); };
    this.list.replaceChildren(...free.map((number) => element("li", {}, may ? this.button(number, { dir: "ltr" }, () => pick(number)) : isolated(number))));
    this.form.hidden = !may;
    this.hint.textContent = why || (more ? filled(this.words.more, { count: this.count(free.length) }) : "");
  }
}

// Below it files of what there is, which can be read in again.
class Files extends Intake {
  build() {
    super.build();
    const files = ["csv", "xlsx"].map((format) => this.button(format.toUpperCase(), {}, () => this.model.send({ kind: "write", format })));
    this.root.append(element("p", { class: "tollbook-numbers-files" }, element("span", {}, this.words.write), ...files));
  }
}

const PARTS = { map: Blocks, take: Taking, intake: Files };

export default { render: drawn(PARTS, "numbers.css") };
