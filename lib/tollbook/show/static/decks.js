// Rate decks: the one that is open, how two versions differ, and a file that becomes a new one. Python does what is asked.

import { announce, element, isolated } from "./base.js";
import { Part, drawn, filled } from "./part.js";

// How many of each kind, with its sign; the colours are those of the grid.
function chips(part, counts = []) {
  return counts.map(([kind, words, count]) => element("li", { "data-kind": kind }, isolated(words), " ", element("b", {}, part.count(count))));
}

class Open extends Part {
  build() {
    this.title = element("p", { class: "tollbook-numbers-sums" });
    this.found = element("ul", { class: "tollbook-decks-steps" });
    this.note = element("p", { class: "tollbook-numbers-hint" });
    const save = (format, label) => this.button(label, {}, () => this.model.send({ kind: "download", format }));
    this.form = element("div", { class: "tollbook-numbers-form", role: "group", "aria-label": this.words.download }, save("csv", this.words.as_csv), save("xlsx", this.words.as_xlsx));
    this.root.append(this.title, this.found, this.note, this.form, this.said, this.fault);
  }

  draw() {
    const { title, lines = [], note } = this.told;
    this.title.textContent = title || this.words.none;
    this.found.replaceChildren(...lines.map((line) => element("li", {}, line)));
    this.found.hidden = !lines.length;
    this.note.textContent = note || "";
    this.note.hidden = !note;
    this.form.hidden = !title;
  }
}

class Counts extends Part {
  build() {
    this.title = element("p", { class: "tollbook-numbers-sums" });
    this.list = element("ul", { class: "tollbook-decks-counts" });
    this.note = element("p", { class: "tollbook-numbers-hint" });
    this.root.append(this.title, this.list, this.note, this.said, this.fault);
  }

  draw() {
    this.title.textContent = this.told.title;
    this.list.replaceChildren(...chips(this, this.told.counts));
    this.note.textContent = this.told.note || "";
    this.note.hidden = !this.told.note;
  }
}

class Intake extends Part {
  build() {
    this.owner = element("select", {});
    const whose = element("label", {}, element("span", {}, this.words.owner), this.owner);
    const needed = { size: 24, placeholder: this.words.if_needed };
    let currency, card;
    [this.currency, currency] = this.field(this.words.currency, { ...needed, maxlength: 3 });
    [this.card, card] = this.field(this.words.card, needed);
    this.input = element("input", { type: "file", accept: ".csv,.xlsx,.json" });
    this.input.addEventListener("change", () => this.send());
    const file = element("label", {}, element("span", {}, this.words.file), this.input);
    this.form = element("div", { class: "tollbook-numbers-form" }, whose, currency, card, file);
    this.planned = element("p", { class: "tollbook-numbers-sums", role: "status" });
    this.list = element("ul", { class: "tollbook-decks-counts" });
    this.note = element("p", { class: "tollbook-decks-warning" });
    const enter = this.button(this.words.enter, { class: "primary" }, () => this.model.send({ kind: "enter" }));
    const drop = this.button(this.words.drop, {}, () => this.model.send({ kind: "drop" }));
    this.ways = element("div", { class: "tollbook-numbers-form" }, enter, drop, element("p", { class: "tollbook-numbers-hint" }, this.words.dry));
    this.root.append(this.form, this.planned, this.list, this.note, this.ways, this.said, this.fault);
  }

  // In pieces, as more than 1 MiB at once would end the connection.
  async send() {
    const [file] = this.input.files;
    if (!file) return;
    const { largest, piece } = this.told;
    if (file.size > largest) this.refuse(filled(this.words.too_large, { most: this.count(Math.floor(largest / 1024 / 1024)) }));
    else {
      this.refuse("");
      this.planned.textContent = this.words.reading;
      const said = { kind: "piece", name: file.name, size: file.size, deck: this.owner.value, currency: this.currency.value, card: this.card.value };
      for (let at = 0; at < Math.max(file.size, 1); at += piece) this.model.send({ ...said, at }, undefined, [await file.slice(at, at + piece).arrayBuffer()]);
    }
    this.input.value = "";
  }

  refuse(why) {
    this.fault.textContent = why;
    this.fault.hidden = !why;
    this.said.hidden = true;
  }

  tell() {
    super.tell();
    if (this.planned && this.model.get("fault")) this.planned.textContent = this.told.planned || "";
  }

  draw() {
    const { may, owners = [], deck, file, planned, counts, note } = this.told;
    const kept = owners.some(([name]) => name === this.owner.value) ? this.owner.value : deck;
    this.owner.replaceChildren(...owners.map(([value, label]) => element("option", { value }, label)));
    if (kept) this.owner.value = kept;
    this.form.hidden = !may;
    this.planned.textContent = planned || "";
    this.list.replaceChildren(...(file ? chips(this, counts) : []));
    this.note.textContent = note || "";
    this.note.hidden = !note;
    this.ways.hidden = !(file && may);
  }
}

const PARTS = { open: Open, counts: Counts, intake: Intake };

export default { render: drawn(PARTS, "numbers.css", "decks.css") };
