// The frame of every page: light or dark, the clock, what is sent from the account menu, the checklist as it is now.
(() => {
  const root = document.documentElement;
  const header = document.querySelector(".tollbook-header");
  const base = header.dataset.baseUrl;
  const language = { en: "en-GB", ar: "ar-u-nu-latn" }[root.lang] || root.lang;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const EVERY_MS = 60000;

  function show(choice) {
    const theme = choice === "system" ? (system.matches ? "dark" : "light") : choice;
    const changed = root.dataset.theme !== theme;
    root.dataset.choice = choice;
    root.dataset.theme = theme;
    document.body.dataset.jpThemeLight = String(theme === "light");
    document.body.dataset.jpThemeName = theme === "light" ? "JupyterLab Light" : "JupyterLab Dark";
    const dark = document.getElementById("tollbook-dark");
    if (dark) dark.media = theme === "dark" ? "screen" : "not all";
    for (const button of document.querySelectorAll(".tollbook-themes button")) button.setAttribute("aria-pressed", String(button.value === choice));
    if (changed) document.dispatchEvent(new CustomEvent("tollbook:theme", { detail: { theme } }));
  }
  show(root.dataset.choice);
  system.addEventListener("change", () => show(root.dataset.choice));

  const cookie = (name) => document.cookie.split("; ").find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";

  // A theme holds at once; a language needs the page anew.
  document.querySelector(".tollbook-preferences").addEventListener("submit", async (event) => {
    event.preventDefault();
    const { name, value } = event.submitter;
    if (name === "theme") show(value);
    const body = new URLSearchParams({ [name]: value, next: location.pathname + location.search });
    await fetch(event.target.action, { method: "POST", body, headers: { "X-XSRFToken": cookie("_xsrf") }, redirect: "manual" });
    if (name === "language") location.reload();
  });

  const clock = document.querySelector(".tollbook-clock");
  function tick() {
    const format = new Intl.DateTimeFormat(language, { timeZone: clock.dataset.zone, weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    clock.firstElementChild.textContent = format.format().replace(/[,،]/g, "");
    clock.lastElementChild.textContent = clock.dataset.zone.replaceAll("_", " ");
  }
  // The server has written the first; a browser takes a while to load what a date's format needs.
  setTimeout(() => { tick(); setInterval(tick, EVERY_MS); }, EVERY_MS - (Date.now() % EVERY_MS));
  if (clock.tagName === "BUTTON") {
    clock.addEventListener("click", () => document.dispatchEvent(new CustomEvent("tollbook:zone")));
    document.addEventListener("tollbook:chosen", (event) => { if (event.detail.zone) { clock.dataset.zone = event.detail.zone; tick(); } });
  }

  const outstanding = document.querySelector(".tollbook-outstanding");
  async function refresh() {
    if (document.visibilityState !== "visible" || outstanding.querySelector(":popover-open")) return;
    const answer = await fetch(`${base}outstanding`).catch(() => null);
    const text = answer?.ok ? await answer.text() : "";
    if (text && text.trim() !== outstanding.dataset.shown) {
      const focused = outstanding.contains(document.activeElement);
      outstanding.innerHTML = text;
      outstanding.dataset.shown = text.trim();
      if (focused) outstanding.querySelector("button").focus();
    }
  }
  if (outstanding) setInterval(refresh, EVERY_MS);

  // Whoever signs in next finds nothing of what was drawn for another (compiled.js).
  if (document.body.classList.contains("tollbook-door")) {
    try {
      for (const key of Object.keys(localStorage)) if (key.startsWith("tollbook-drawing ")) localStorage.removeItem(key);
    } catch { /* nothing can be stored, so nothing is */ }
  }

  // The controls stay below the header, however high that is.
  new ResizeObserver(() => root.style.setProperty("--tb-top", `${header.offsetHeight}px`)).observe(header);
})();
