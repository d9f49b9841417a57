// What the pointer needs of a graph's rows: the stops along its axis, and each line's figure at a stop.

import { rows } from "./vega.js";

const KEY = (row) => row.t ?? row.label;

function byStop(columns) {
  const found = new Map();
  for (const row of rows(columns || {})) {
    if (!found.has(KEY(row))) found.set(KEY(row), new Map());
    found.get(KEY(row)).set(row.series, row);
  }
  return found;
}

// Made when it is first asked for: most graphs are only looked at.
function once(make) {
  let made;
  return () => (made ??= make());
}

function instants(language, zone) {
  const options = { weekday: "short", day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const tag = { en: "en-GB", ar: "ar-u-nu-latn" }[language] || language;
  try {
    return new Intl.DateTimeFormat(tag, { ...options, timeZone: zone });
  } catch {
    return new Intl.DateTimeFormat(tag, { ...options, timeZone: "UTC" });
  }
}

export function figures({ tables, legend, clock, only, language, name }) {
  const time = "zone" in clock;
  const now = once(() => byStop(tables.lines));
  const earlier = once(() => ("before" in tables ? byStop(tables.before) : null));
  const last = clock.end_ms + clock.offset_ms;
  const stops = once(() => {
    const keys = [...new Set((tables.lines?.t ?? tables.lines?.label ?? []))].filter((key) => !time || key < last);
    if (time) keys.sort((a, b) => a - b);
    return keys.map((key, i) => ({ key, from: key, until: keys[i + 1] ?? last }));
  });
  const said = once(() => instants(language, clock.zone));
  const shown = () => (legend.length ? legend.filter((line) => !only().length || only().includes(line.name)) : null);

  function line(stop, { name: series, label, colour }) {
    const { words = "–", parts } = now().get(stop.key)?.get(series) ?? {};
    return { label, colour, words: words ?? "–", parts, before: earlier()?.get(stop.key)?.get(series)?.words };
  }

  function told(stop) {
    const lines = shown() ?? [...now().get(stop.key).values()].map((row) => ({ name: row.series, label: name }));
    const heading = time ? `${said().format(stop.from - clock.offset_ms)} · ${clock.zone}` : stop.key;
    return { heading, lines: lines.map((one) => line(stop, one)), before: "before" in tables };
  }

  const span = (start, end) => said().formatRange(start, end);

  return { time, clock, told, span, get stops() { return stops(); } };
}
