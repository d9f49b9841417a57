// The span that a page shows: at a click, by dates and times, and moved by its own length.

import { choose, element, numbers } from "./base.js";
import { DAY, HOUR, back, day, instant, parsed, stretch, wall, written } from "./clock.js";
import { popup } from "./popup.js";

const QUARTER_S = 900;
const SOON_MS = 300;
const ARROWS = { earlier: "M10 3 5 8l5 5", later: "m6 3 5 5-5 5", wider: "M7 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8Zm3 7 4 4M5 7h4" };

export function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [name, value] of Object.entries({ viewBox: "0 0 16 16", width: 16, height: 16, fill: "none", stroke: "currentColor", "stroke-width": 1.7, "aria-hidden": "true" })) svg.setAttribute(name, value);
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

class Range {
  constructor(field, bar) {
    this.field = field;
    this.bar = bar;
  }

  get zone() { return this.bar.values()[this.field.zone] || "UTC"; }
  get start() { return this.bar.values()[this.field.name] || this.field.empty; }
  get end() { return this.bar.values()[this.field.until]; }
  get latest() { return Date.parse(this.bar.get("latest")) || Math.floor(Date.now() / HOUR) * HOUR; }
  get first() { return Date.parse(this.bar.get("first")) || this.latest - DAY; }

  // What is shown now, as two instants.
  span() {
    const end = this.end ? parsed(this.end, this.zone) : this.latest;
    const length = back(this.start);
    return [length ? end - length : this.start ? parsed(this.start, this.zone) : this.first, end];
  }

  set(start, end) {
    choose({ [this.field.name]: start, [this.field.until]: end });
  }

  // By its own length, but not past the latest figures.
  move(by) {
    const [start, end] = this.span();
    const moved = by > 0 ? Math.min(end + (end - start), Math.max(end, this.latest)) : start;
    this.set(written(moved - (end - start)), written(moved));
  }

  // Twice as long around its middle, but not past the latest figures; an end that follows them still does.
  widen() {
    const [start, end] = this.span();
    const more = Math.max(Math.floor((end - start) / 2 / (QUARTER_S * 1000)), 1) * QUARTER_S * 1000;
    const until = Math.min(end + more, Math.max(end, this.latest));
    this.set(written(until - (end - start) - 2 * more), this.end && written(until));
  }

  // The start and end that a span at a click stands for.
  preset(name) {
    if (name === "all") return ["", ""];
    if (back(name) && !this.field.days) return [name, ""];
    const from = back(name) ? day(this.latest, this.zone, 1 - back(name) / DAY) : this.calendar(name, 0);
    const until = back(name) ? day(this.latest, this.zone, 1) : this.calendar(name, 1);
    const [start, end] = [instant(from, this.zone), instant(until, this.zone)];
    // A span that the data have not filled yet stays open, so that it follows them.
    return [written(start), start < this.latest && this.latest <= end ? "" : written(end)];
  }

  // First day of the calendar's span, or (ends) the day after its last.
  calendar(name, ends) {
    const today = day(Date.now(), this.zone);
    const [year, month, date] = today.split("-").map(Number);
    const at = (...parts) => new Date(Date.UTC(...parts)).toISOString().slice(0, 10);
    const monday = date - ((new Date(`${today}T00:00Z`).getUTCDay() + 6) % 7);
    return {
      today: () => at(year, month - 1, date + ends),
      yesterday: () => at(year, month - 1, date - 1 + ends),
      week: () => at(year, month - 1, monday + 7 * ends),
      month: () => at(year, month - 1 + ends, 1),
      last_month: () => at(year, month - 2 + ends, 1),
      year: () => at(year + ends, 0, 1),
    }[name]();
  }

  current() {
    return this.field.presets.find(({ value }) => {
      const [start, end] = this.preset(value);
      return (start || this.field.empty) === this.start && end === this.end;
    });
  }

  words() {
    const known = this.current();
    if (known) return known.label;
    const { words, language } = this.bar;
    const length = back(this.start);
    if (length && !this.end) {
      const days = this.start.endsWith("d");
      return words[days ? "days_back" : "hours_back"].replace("{count}", numbers(language).format(length / (days ? DAY : HOUR)));
    }
    const [start, end] = this.span();
    return start < end ? stretch(start, end, this.zone, language) : `${this.start} – ${this.end}`;
  }
}

// A date and, unless whole days are chosen, a time of 24 hours, which a browser's own field may not show.
function whenBox(at, range, label) {
  const [date, time] = wall(at, range.zone).split("T");
  const dateBox = element("input", { type: "date", class: "tollbook-field", value: date, "aria-label": label });
  const timeBox = element("input", { class: "tollbook-field", value: time, "aria-label": `${label}: ${range.bar.words.time}`, inputmode: "numeric", maxlength: 5, dir: "ltr", placeholder: "13:00" });
  const boxes = element("div", { class: "tollbook-when" }, dateBox, range.field.days ? null : timeBox);
  const clock = () => (range.field.days ? "00:00" : timeBox.value.trim().padStart(5, "0"));
  return {
    el: element("div", { class: "tollbook-when-row" }, element("span", { "aria-hidden": "true" }, label), boxes),
    at: () => (dateBox.value && /^([01]\d|2[0-3]):[0-5]\d$/.test(clock()) ? instant(`${dateBox.value}T${clock()}`, range.zone) : NaN),
  };
}

function custom(range, close) {
  const { field, bar } = range;
  const [start, end] = range.span();
  const from = whenBox(start, range, bar.words.from);
  const until = whenBox(field.days ? end - 1 : end, range, field.days ? bar.words.through : bar.words.until);
  const refused = element("p", { class: "tollbook-refused", role: "alert", hidden: true }, bar.words.backwards);
  const form = element("form", { class: "tollbook-custom", novalidate: true },
    from.el, until.el,
    element("p", { class: "tollbook-quiet" }, bar.words.on_clock.replace("{zone}", range.zone.replaceAll("_", " "))),
    refused,
    element("button", { type: "submit", class: "tollbook-button primary" }, bar.words.show));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const begin = from.at();
    const stop = field.days ? instant(day(until.at(), range.zone, 1), range.zone) : until.at();
    refused.hidden = begin < stop;
    if (!(begin < stop)) return;
    range.set(written(begin), written(stop));
    close();
  });
  return form;
}

export function range(field, bar) {
  const held = new Range(field, bar);
  const value = element("span", { class: "tollbook-value" });
  const button = element("button", { type: "button", class: "tollbook-button tollbook-span" }, element("span", { class: "tollbook-name-of" }, field.label), value);
  const onPaper = element("span", { class: "tollbook-stretch" });
  button.append(onPaper);

  function fill(panel, close) {
    const now = held.current()?.value;
    const presets = field.presets.map(({ value: name, label }) => {
      const one = element("button", { type: "button", class: "tollbook-option", "aria-pressed": String(name === now) }, label);
      one.addEventListener("click", () => { held.set(...held.preset(name)); close(); });
      return one;
    });
    panel.classList.add("tollbook-spans");
    panel.append(element("div", { class: "tollbook-list" }, ...presets), custom(held, close));
    return presets.find((one) => one.getAttribute("aria-pressed") === "true") || presets[0];
  }

  const { panel } = popup(button, field.label, fill);
  const arrow = (name, act) => {
    const one = element("button", { type: "button", class: `tollbook-button tollbook-icon ${name}`, "aria-label": bar.words[name], title: bar.words[name] }, icon(ARROWS[name]));
    one.addEventListener("click", () => { if (one.getAttribute("aria-disabled") !== "true") act(); });
    return one;
  };
  const earlier = arrow("earlier", () => held.move(-1));
  const later = arrow("later", () => held.move(1));
  const wider = arrow("wider", () => held.widen());

  // The span in full is seen on paper and by a pointer that rests: a browser takes a while to load what it needs for a date.
  let soon = 0;
  function whole(tell) {
    clearTimeout(soon);
    soon = setTimeout(tell, SOON_MS);
  }

  function show() {
    const [start, end] = held.span();
    value.textContent = held.words();
    whole(() => { onPaper.textContent = button.title = start < end ? `${stretch(start, end, held.zone, bar.language)}, ${held.zone}` : ""; });
    earlier.setAttribute("aria-disabled", String(start <= held.first));
    later.setAttribute("aria-disabled", String(end >= held.latest));
    wider.setAttribute("aria-disabled", String(start <= held.first && end >= held.latest));
  }
  return { el: element("div", { class: "tollbook-control tollbook-group", role: "group", "aria-label": field.label }, earlier, button, later, wider, panel), show };
}
