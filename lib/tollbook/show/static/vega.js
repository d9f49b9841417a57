// One chart. `spec` is Vega-Lite without its rows; `tables` holds them by column. When only the rows
// change, the drawn view stays, and with it what the reader chose in the legend.

const libraries = new Map();

function library(name) {
  if (!libraries.has(name)) {
    const config = JSON.parse(document.getElementById("jupyter-config-data").textContent);
    const folder = config.fullLabextensionsUrl || `${config.baseUrl || "/"}lab/extensions`;
    libraries.set(name, import(new URL(`${folder}/tollbook/static/${name}`, location.origin).href));
  }
  return libraries.get(name);
}

function rows(columns) {
  const names = Object.keys(columns);
  const length = names.length ? columns[names[0]].length : 0;
  return Array.from({ length }, (_, i) => Object.fromEntries(names.map((name) => [name, columns[name][i]])));
}

const INK = "var(--jp-ui-font-color1, #212121)";
const QUIET = "var(--jp-ui-font-color2, #616161)";
const RULE = "var(--jp-border-color2, #e0e0e0)";
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

// Colours are CSS variables, so a change from light to dark needs no redrawing.
const LOOK = {
  background: null,
  font: FONT,
  padding: { left: 4, right: 8, top: 6, bottom: 4 },
  view: { stroke: null },
  axis: {
    labelColor: QUIET, titleColor: QUIET, gridColor: RULE, domainColor: RULE, tickColor: RULE,
    labelFontSize: 11, titleFontSize: 11, titleFontWeight: 500, labelPadding: 6,
  },
  axisY: { domain: false, ticks: false, tickCount: 5 },
  axisX: { grid: false },
  legend: { labelColor: INK, titleColor: QUIET, labelFontSize: 12, symbolStrokeWidth: 3, symbolSize: 140 },
  title: { color: INK, fontSize: 14, fontWeight: 600, anchor: "start" },
  text: { fill: QUIET },
};

function merged(look, own) {
  const result = { ...look };
  for (const [key, value] of Object.entries(own || {})) {
    const both = value && typeof value === "object" && !Array.isArray(value) && typeof result[key] === "object";
    result[key] = both ? merged(result[key], value) : value;
  }
  return result;
}

async function render({ model, el }) {
  const { vegaEmbed } = await library(model.get("library"));
  const host = document.createElement("div");
  host.className = "tollbook-chart";
  el.append(host);
  let embedded;
  let width = 0;

  const tables = () => Object.fromEntries(Object.entries(model.get("tables")).map(([name, columns]) => [name, rows(columns)]));

  async function draw() {
    const spec = structuredClone(model.get("spec"));
    embedded?.finalize();
    embedded = await vegaEmbed(
      host,
      { ...spec, datasets: tables(), config: merged(LOOK, spec.config) },
      { renderer: "svg", actions: false, tooltip: { id: "tollbook-tooltip", disableDefaultStyle: true, sanitize: (value) => String(value).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`) } },
    );
    // Only now the legend knows how many names stand beside each other: without this its last row is cut off.
    await embedded.view.resize().runAsync();
    host.tollbookView = embedded.view;
    host.dataset.drawn = "true";
  }

  function refill() {
    if (!embedded) return;
    const { view } = embedded;
    for (const [name, values] of Object.entries(tables())) {
      view.change(name, view.changeset().remove(() => true).insert(values));
    }
    view.resize().runAsync();
  }

  // A cell may be hidden while it is made, and its width may change: draw at the first width, then follow it.
  const follow = new ResizeObserver(() => {
    const now = Math.round(host.clientWidth);
    if (!now || now === width) return;
    const first = !width;
    width = now;
    if (first) draw();
    else if (embedded && model.get("spec").width === "container") embedded.view.signal("width", now).resize().runAsync();
  });
  follow.observe(host);
  model.on("change:spec", draw);
  model.on("change:tables", refill);
  return () => {
    follow.disconnect();
    model.off("change:spec", draw);
    model.off("change:tables", refill);
    embedded?.finalize();
  };
}

export default { render };
