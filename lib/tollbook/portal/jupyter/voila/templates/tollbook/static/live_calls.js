// The page of the calls in progress: tables that are filled anew with each event of the stream.
(() => {
  const main = document.querySelector(".tollbook-calls-now");
  const filter = main.querySelector("input");
  const by = main.querySelector(".tollbook-live-by");
  const count = main.querySelector(".tollbook-live-count");
  const table = main.querySelector(".tollbook-live-calls");
  const columns = [...table.querySelectorAll("th")].map((head) => head.dataset.column);
  const states = { answered: main.dataset.answered, ringing: main.dataset.ringing };
  let told;

  function cell(text) {
    const made = document.createElement("td");
    const own = document.createElement("bdi");
    own.textContent = text;
    made.append(own);
    return made;
  }

  function row(texts) {
    const made = document.createElement("tr");
    made.append(...texts.map(cell));
    return made;
  }

  const since = (at) => {
    const seconds = Math.max(0, Math.round((Date.now() - Date.parse(at)) / 1000));
    const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
    return parts.map((part) => String(part).padStart(2, "0")).join(":");
  };
  const words = (call, column) => column === "state" ? states[call.state] : column === "started_at" ? (call.started_at ? since(call.started_at) : "–") : call[column] ?? "–";

  const LISTED = 10;
  const filled = (name, call) => call[name] ?? "–";

  // The calls of one value together, those with most first; the number is that of all of them, also of those not listed.
  function grouped(calls) {
    if (!by.value) return [[null, calls]];
    const groups = Map.groupBy ? Map.groupBy(calls, (call) => filled(by.value, call)) : new Map([...new Set(calls.map((call) => filled(by.value, call)))].map((name) => [name, calls.filter((call) => filled(by.value, call) === name)]));
    return [...groups].sort(([one, of], [other, others]) => others.length - of.length || one.localeCompare(other));
  }

  function heading(name, calls) {
    const counts = told[`by_${by.value}`]?.find((one) => filled(by.value, one) === name);
    const number = filter.value.trim() ? calls.length : Math.max(calls.length, counts?.channels ?? 0);
    const cell = document.createElement("th");
    cell.scope = "rowgroup";
    cell.colSpan = columns.length;
    const own = document.createElement("bdi");
    own.textContent = name;
    cell.append(own, ` ${number}${counts?.configured ? ` / ${counts.configured}` : ""}`);
    const made = document.createElement("tr");
    made.append(cell);
    return made;
  }

  function body([name, calls]) {
    const made = document.createElement("tbody");
    made.append(...(name === null ? [] : [heading(name, calls)]), ...calls.map((call) => row(columns.map((column) => words(call, column)))));
    return made;
  }

  function show() {
    if (!told?.calls) return;
    for (const group of main.querySelectorAll("[data-by]")) {
      const kind = group.dataset.by;
      const rows = told[`by_${kind}`].filter(({ channels, configured }) => channels || configured).slice(0, kind === "called" ? LISTED : undefined);
      group.tBodies[0].replaceChildren(...rows.map((one) => row([filled(kind, one), one.channels, (kind === "called" ? one.answered : one.configured) ?? "–"])));
    }
    const wanted = filter.value.trim().toLowerCase();
    const fits = (call) => ["customer", "carrier", "caller", "called", "destination"].some((name) => (call[name] ?? "").toLowerCase().includes(wanted));
    const calls = wanted ? told.calls.filter(fits) : told.calls;
    count.textContent = `${main.dataset.calls}: ${calls.length < told.channels ? `${calls.length} / ${told.channels}` : told.channels ?? "–"}`;
    for (const old of [...table.tBodies]) old.remove();
    table.append(...grouped(calls).map(body));
  }

  function choose() {
    const url = new URL(location.href);
    if (by.value) url.searchParams.set("by", by.value);
    else url.searchParams.delete("by");
    history.replaceState(null, "", url);
    show();
  }

  const asked = new URLSearchParams(location.search).get("by") ?? "";
  if ([...by.options].some(({ value }) => value === asked)) by.value = asked;
  told = JSON.parse(document.getElementById("tollbook-live-told").textContent);
  document.addEventListener("tollbook:live", (event) => { told = event.detail; show(); });
  filter.addEventListener("input", show);
  by.addEventListener("change", choose);
  show();
})();
