// The pointer over a drawing, by mouse or keyboard: it tells every line's figure at a place, and marks a span.

import { element } from "./base.js";
import { canNarrow, narrow, whole } from "./graph-state.js";
import { hideTip, showTip } from "./graph-tip.js";

const QUARTER_MS = 900000;
const DRAG_PX = 5;
const iso = (ms) => new Date(ms).toISOString().replace(".000Z", "Z");

// Where a drawing's plot lies within `box`, without its axes.
function frame(box, host) {
  const plot = host.querySelector("svg .role-frame.root path.background")?.getBoundingClientRect();
  const outer = box.getBoundingClientRect();
  return plot && { left: plot.left - outer.left, top: plot.top - outer.top, width: plot.width, height: plot.height };
}

export function pointer({ box, host, words, label }) {
  const band = element("div", { class: "tollbook-band", hidden: true });
  const mark = element("div", { class: "tollbook-mark", hidden: true });
  const plot = element("div", {
    class: "tollbook-plot", role: "slider", tabindex: "0", "aria-label": `${label}: ${words.figures}`,
    "aria-valuemin": "1", "aria-valuemax": "1", "aria-valuenow": "1", "aria-valuetext": "–",
  }, mark, band);
  box.append(plot);
  let data = null;
  let view = null;
  let at = -1;
  let drag = null;
  let anchor = null;

  // Each stop: its place and length along the axis, in pixels of the plot.
  function place(stop) {
    if (data.time) {
      const scale = view.scale("x");
      return [scale(stop.from), scale(stop.until) - scale(stop.from)];
    }
    const scale = view.scale("y");
    return [scale(stop.key), scale.bandwidth()];
  }

  function stopAt(event) {
    const area = plot.getBoundingClientRect();
    const along = data.time ? event.clientX - area.left : event.clientY - area.top;
    const found = data.stops.findIndex((stop) => { const [from, length] = place(stop); return along >= from && along < from + length; });
    return found >= 0 ? found : Math.max(0, Math.min(data.stops.length - 1, along < 0 ? 0 : data.stops.length - 1));
  }

  function stretch(part, from, length) {
    part.hidden = false;
    const sizes = data.time ? { left: `${from}px`, width: `${length}px`, top: "0", height: "100%" } : { top: `${from}px`, height: `${length}px`, left: "0", width: "100%" };
    Object.assign(part.style, sizes);
  }

  function show(index, spot) {
    at = index;
    const stop = data.stops[index];
    if (!stop) return hide();
    const [from, length] = place(stop);
    stretch(band, from, length);
    const told = data.told(stop);
    plot.setAttribute("aria-valuenow", String(index + 1));
    plot.setAttribute("aria-valuetext", `${told.heading}: ${told.lines.map((line) => [line.label, line.words, line.parts && `(${line.parts})`, line.before && `${words.before} ${line.before}`].filter(Boolean).join(" ")).join(", ")}`);
    const area = plot.getBoundingClientRect();
    showTip(told, words, spot || { x: area.left + (data.time ? from + length : 40), y: area.top + (data.time ? 20 : from) });
  }

  function hide() {
    at = -1;
    band.hidden = true;
    hideTip();
  }

  function unmark() {
    drag = anchor = null;
    mark.hidden = true;
  }

  // Places where a span may be cut: pieces of time that start on a quarter of an hour, and both ends.
  const utc = (moved) => moved - data.clock.offset_ms;
  function edges() {
    const { start_ms: start, end_ms: end } = data.clock;
    const inner = data.stops.map((stop) => utc(stop.from)).filter((ms) => ms > start && ms < end && ms % QUARTER_MS === 0);
    return [start, ...inner, end];
  }

  // The edges nearest to two places in pixels, at least one piece apart.
  function cut(one, two) {
    const all = edges();
    const scale = view.scale("x");
    const near = (px) => all.reduce((best, ms, i) => (Math.abs(scale(ms + data.clock.offset_ms) - px) < Math.abs(scale(all[best] + data.clock.offset_ms) - px) ? i : best), 0);
    const [low, high] = [near(Math.min(one, two)), near(Math.max(one, two))];
    const last = high > low ? high : low + 1;
    return last < all.length ? [all[low], all[last]] : [all[low - 1], all[low]];
  }

  function marked([start, end], spot) {
    const scale = view.scale("x");
    const from = scale(start + data.clock.offset_ms);
    stretch(mark, from, scale(end + data.clock.offset_ms) - from);
    if (!spot) return;
    hide();
    showTip({ heading: data.span(start, end), lines: [] }, words, spot);
  }

  function down(event) {
    if (event.button || !data?.time || !canNarrow()) return;
    plot.setPointerCapture(event.pointerId);
    drag = { from: event.clientX - plot.getBoundingClientRect().left, span: null };
  }

  function move(event) {
    if (!data?.stops.length) return;
    const x = event.clientX - plot.getBoundingClientRect().left;
    if (drag && (drag.span || Math.abs(x - drag.from) > DRAG_PX)) {
      drag.span = cut(drag.from, x);
      marked(drag.span, { x: event.clientX, y: event.clientY });
    } else if (!drag) show(stopAt(event), { x: event.clientX, y: event.clientY });
  }

  function up() {
    const span = drag?.span;
    unmark();
    if (span) choose(span);
  }

  function choose([start, end]) {
    hide();
    narrow(iso(start), iso(end));
  }

  // Shift and an arrow mark a span from where the pointer was, enter shows it.
  function step(by, extend) {
    const last = data.stops.length - 1;
    const from = at >= 0 ? at : by > 0 ? -1 : last + 1;
    const next = Math.max(0, Math.min(last, from + by));
    if (!extend) unmark();
    else if (data.time && canNarrow()) {
      anchor ??= at < 0 ? next : at;
      const [low, high] = [Math.min(anchor, next), Math.max(anchor, next)];
      const scale = view.scale("x");
      marked(cut(scale(data.stops[low].from), scale(data.stops[high].until)));
    }
    show(next);
  }

  function enter() {
    if (anchor === null) return;
    const [low, high] = [Math.min(anchor, at), Math.max(anchor, at)];
    const scale = view.scale("x");
    const span = cut(scale(data.stops[low].from), scale(data.stops[high].until));
    unmark();
    choose(span);
  }

  function escape() {
    if (drag || anchor !== null) return unmark();
    hide();
    whole();
  }

  function key(event) {
    if (!data?.stops.length) return;
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity };
    if (event.key in steps) step(steps[event.key], event.shiftKey);
    else if (event.key === "Enter") enter();
    else if (event.key === "Escape") escape();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  const heard = { pointerdown: down, pointermove: move, pointerup: up, pointercancel: unmark, pointerleave: () => { if (!drag) hide(); }, dblclick: () => { hide(); whole(); }, keydown: key, blur: () => { unmark(); hide(); } };
  for (const [name, callback] of Object.entries(heard)) plot.addEventListener(name, callback);

  // Called with each new drawing: the plot may have moved, and stands at another place in time. Where is looked up
  // once all that is drawn now is there.
  let waiting = 0;
  function follow(drawnView, given) {
    view = drawnView;
    data = given;
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(settle);
  }

  function settle() {
    const area = frame(box, host);
    if (!area) return;
    Object.assign(plot.style, Object.fromEntries(Object.entries(area).map(([side, px]) => [side, `${px}px`])));
    plot.setAttribute("aria-valuemax", String(Math.max(1, data.stops.length)));
    plot.classList.toggle("tollbook-plot-time", data.time && canNarrow());
    if (at >= data.stops.length) hide();
  }

  return { follow, hide };
}
