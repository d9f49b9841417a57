// Calls in progress go on by themselves: with each event of the page's stream every line gets one more point.

const MOST = 900;

// Of whom a line is: nobody named, all calls; else "customer" or "carrier", and ids (null: not told).
export function counted(told, [kind, ...names]) {
  if (!kind) return told.channels;
  return (told[`by_${kind}`] ?? []).reduce((sum, row) => sum + (names.includes(row[kind]) ? row.channels : 0), 0);
}

export const words = (number, language) => new Intl.NumberFormat(language === "ar" ? "ar-u-nu-latn" : language).format(number);

// `now()` gives the graph's tables and clock with what was heard since they were made; `changed` is called after each event.
export function goingOn(model, changed) {
  let heard = [];

  function hear({ detail }) {
    const { lines, offset_ms } = model.get("live");
    if (!lines || detail.channels === null || !detail.at) return;
    const t = Date.parse(detail.at) + offset_ms;
    if (t <= (heard.at(-1)?.t ?? model.get("live").t)) return;
    heard.push({ t, values: Object.fromEntries(Object.entries(lines).map(([name, whose]) => [name, counted(detail, whose)])) });
    heard = heard.slice(-MOST);
    changed();
  }

  // Rows that were made anew tell what was heard until then themselves.
  function made() {
    heard = heard.filter(({ t }) => t > (model.get("live").t ?? Infinity));
  }

  function now() {
    const [tables, clock] = [model.get("tables"), model.get("clock")];
    const { lines, t: from, offset_ms } = model.get("live");
    if (!heard.length || !lines) return { tables, clock };
    const last = heard.at(-1);
    const end = Math.max(last.t, clock.end_ms + offset_ms);
    const { lines: old } = tables;
    // The row at the end only repeats the last one, for the step to be seen.
    const kept = old.t.map((t, i) => (t <= from ? i : -1)).filter((i) => i >= 0);
    const rows = Object.keys(lines).filter((name) => old.series.includes(name)).flatMap((series) =>
      [...heard, { ...last, t: end }].map(({ t, values }) => ({ t, series, value: values[series], words: words(values[series], model.get("language")), parts: null })));
    const columns = Object.fromEntries(Object.keys(old).map((name) => [name, [...kept.map((i) => old[name][i]), ...rows.map((row) => row[name] ?? null)]]));
    return { tables: { ...tables, lines: columns, span: { t: [tables.span.t[0], end] } }, clock: { ...clock, end_ms: end - offset_ms } };
  }

  document.addEventListener("tollbook:live", hear);
  model.on("change:live", made);
  return { now, end: () => { document.removeEventListener("tollbook:live", hear); model.off("change:live", made); } };
}
