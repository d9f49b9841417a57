// The page of the calls in progress: tables that are filled anew with each event of the stream.
(() => {
  const main = document.querySelector(".tollbook-calls-now");
  const filter = main.querySelector("input");
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

  function show() {
    if (!told) return;
    for (const group of main.querySelectorAll("[data-by]")) {
      const rows = told[`by_${group.dataset.by}`].filter(({ channels, configured }) => channels || configured);
      group.tBodies[0].replaceChildren(...rows.map((one) => row([one[group.dataset.by] ?? "–", one.channels, one.configured ?? "–"])));
    }
    const wanted = filter.value.trim().toLowerCase();
    const fits = (call) => ["customer", "carrier", "caller", "called", "destination"].some((name) => (call[name] ?? "").toLowerCase().includes(wanted));
    const calls = wanted ? told.calls.filter(fits) : told.calls;
    count.textContent = calls.length < told.channels ? `${calls.length} / ${told.channels}` : String(told.channels ?? "–");
    table.tBodies[0].replaceChildren(...calls.map((call) => row(columns.map((column) => words(call, column)))));
  }
  document.addEventListener("tollbook:live", (event) => { told = event.detail; show(); });
  filter.addEventListener("input", show);
})();
