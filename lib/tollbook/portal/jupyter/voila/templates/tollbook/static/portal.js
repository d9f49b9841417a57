// A page while it is made: what is shown, when Voila's script comes, and a notice when its session is gone.
globalThis.tollbookPage = (() => {
  const PATIENCE_MS = 3000;
  const QUIET_MS = 4000;
  const LONGEST_QUIET_MS = 60000;
  const QUIET_PER_MS = 5;
  const AGAIN_MS = 5000;
  const FOR_VOILA = 'script[type="application/vnd.voila.cell-output+json"]';
  const told = () => document.getElementById("jupyter-config-data");
  const config = () => JSON.parse(told().textContent);
  const xsrf = () => document.cookie.match(/(?:^|; )_xsrf=([^;]*)/)?.[1] ?? "";
  const asked = location.href;
  const wait = (ms) => new Promise((done) => { setTimeout(done, ms); });

  function added(tag, attributes, before) {
    return new Promise((done) => {
      const made = Object.assign(document.createElement(tag), attributes);
      made.addEventListener("load", done, { once: true });
      made.addEventListener("error", done, { once: true });
      if (before) before.before(made);
      else document.head.append(made);
    });
  }

  // Voila's script begins with the window's load event, which is over when it comes.
  function replayLoad() {
    const add = window.addEventListener.bind(window);
    window.addEventListener = (type, listener, ...options) => {
      if (type === "load" && document.readyState === "complete") setTimeout(listener);
      else add(type, listener, ...options);
    };
  }

  // Reading needs no session. It is there before its reader reaches for anything, or when the page has come to rest:
  // then it takes nothing away from others that are still being drawn.
  let want;
  const wanted = new Promise((done) => { want = done; });
  for (const sign of ["pointermove", "pointerdown", "keydown", "wheel", "touchstart"]) addEventListener(sign, want, { once: true, passive: true, capture: true });
  // Where drawing took long the machine has other work, and is left to it for longer.
  const rested = async () => {
    await wait(Math.min(LONGEST_QUIET_MS, Math.max(QUIET_MS, QUIET_PER_MS * performance.now())));
    await new Promise((done) => { if (globalThis.requestIdleCallback) requestIdleCallback(done); else done(); });
  };

  // A page that was remembered has no session yet.
  async function begun() {
    if (config().kernelId) return;
    const reply = await fetch(asked, { method: "POST", headers: { "X-XSRFToken": xsrf(), Accept: "application/json" } });
    // Only where all places are taken the server says when to ask again.
    const full = reply.status === 503 && reply.headers.has("Refresh");
    document.getElementById("session-waiting").hidden = !full;
    if (full) {
      await wait(AGAIN_MS);
      await begun();
      return;
    }
    if (!reply.ok) throw new Error(`${reply.status} ${reply.statusText}`);
    const { config: given, outputs } = await reply.json();
    const places = [...document.querySelectorAll(FOR_VOILA)];
    if (places.length !== outputs.length) throw new Error("the page has changed");
    places.forEach((place, i) => { place.textContent = JSON.stringify(outputs[i]); });
    told().textContent = JSON.stringify(given);
  }

  // JupyterLab's own looks go before ours, so that ours win.
  async function connect({ styles, before, scripts }) {
    const ours = document.querySelector(`link[rel=stylesheet][href="${before}"]`);
    replayLoad();
    await Promise.all(styles.map((href) => added("link", { rel: "stylesheet", href }, ours)));
    for (const src of scripts) await added("script", { src });
    watch();
  }

  // Everything has come. What readers see is drawn first; only then the large script is loaded that connects it.
  async function complete(assets) {
    document.getElementById("loading").remove();
    await Promise.race([globalThis.tollbookEarly.settled(), wait(PATIENCE_MS)]);
    await new Promise((done) => { requestAnimationFrame(() => setTimeout(done)); });
    await Promise.race([wanted, rested()]);
    try {
      await begun();
    } catch (error) {
      console.warn("no session", error);
      ended();
      return;
    }
    await connect(assets);
  }

  function ended() { document.getElementById("session-ended").hidden = false; }

  function watch() {
    new MutationObserver((changes) => {
      if (changes.some(({ target }) => target.classList.contains("jupyter-widgets-disconnected"))) ended();
    }).observe(document.body, { subtree: true, attributeFilter: ["class"] });
  }

  // Voila ends the session of a page that is left, but only once its script runs.
  addEventListener("pagehide", () => {
    if (!told()) return;
    const { baseUrl, kernelId } = config();
    if (!kernelId) return;
    const body = new FormData();
    body.append("_xsrf", xsrf());
    navigator.sendBeacon(`${baseUrl}voila/api/shutdown/${kernelId}`, body);
  });

  window.voila_heartbeat = window.voila_process = window.voila_finish = window.display_cells = window.update_loading_text = () => {};
  return { complete, want };
})();
