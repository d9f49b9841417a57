// A row of buttons that open and close graphs below it. Which are open is the page's choice `graphs`.

import { choose, element, isolated, joined, separated, style, whenChosen } from "./base.js";

async function render({ model, el }) {
  await style("tiles.css");
  const title = element("h2", {}, model.get("words").label);
  const buttons = model.get("graphs").map(({ name, title: label }) => element("button", { type: "button", "data-name": name }, isolated(label)));
  el.append(element("section", { class: "tollbook-more-graphs", "aria-label": title.textContent }, title, ...buttons));
  let opened = separated(globalThis.tollbookChosen?.().graphs ?? model.get("opened"));

  function show() {
    for (const button of buttons) button.setAttribute("aria-pressed", String(opened.includes(button.dataset.name)));
  }

  for (const button of buttons) {
    const { name } = button.dataset;
    button.addEventListener("click", () => {
      choose({ graphs: joined(opened.includes(name) ? opened.filter((one) => one !== name) : [...opened, name]) });
    });
  }
  show();
  return whenChosen((chosen) => {
    opened = separated(chosen.graphs ?? "");
    show();
  });
}

export default { render };
