// Draws widgets from their snapshots as soon as these arrive, before any session is connected. When Voila brings
// the real models, each takes over what is drawn; what the reader did meanwhile is told to it.
globalThis.tollbookEarly = (() => {
  const held = new Map();
  const config = () => JSON.parse(document.getElementById("jupyter-config-data").textContent);
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

  // What modules take for a model: a snapshot's state at first, the real model once there is one.
  class Model {
    #state; #real = null; #heard = new Map(); #set = new Set(); #sent = []; #saved = false;

    constructor(state) { this.#state = state; }

    get(name) { return this.#real ? this.#real.get(name) : this.#state[name]; }

    set(name, value) {
      if (this.#real) return this.#real.set(name, value);
      if (same(this.#state[name], value)) return undefined;
      this.#state[name] = value;
      this.#set.add(name);
      return this.#tell(`change:${name}`);
    }

    save_changes() {
      if (this.#real) return this.#real.save_changes();
      this.#saved = true;
      return globalThis.tollbookPage.want();
    }

    send(...message) {
      if (this.#real) return this.#real.send(...message);
      this.#sent.push(message);
      return globalThis.tollbookPage.want();
    }

    on(event, callback) {
      this.#heard.set(event, [...(this.#heard.get(event) ?? []), callback]);
      this.#real?.on(event, callback);
    }

    off(event, callback) {
      for (const name of event ? [event] : [...this.#heard.keys()]) {
        const callbacks = this.#heard.get(name) ?? [];
        const gone = callbacks.filter((one) => !callback || one === callback);
        this.#heard.set(name, callbacks.filter((one) => !gone.includes(one)));
        for (const one of gone) this.#real?.off(name, one);
      }
    }

    #tell(event) { for (const callback of this.#heard.get(event) ?? []) callback(); }

    // The reader's changes go before what Python has; of all else Python's is newer.
    connect(real) {
      const changed = Object.keys(this.#state).filter((name) => !this.#set.has(name) && !same(this.#state[name], real.get(name)));
      this.#real = real;
      for (const [event, callbacks] of this.#heard) for (const callback of callbacks) real.on(event, callback);
      for (const name of this.#set) real.set(name, this.#state[name]);
      if (this.#saved) real.save_changes();
      for (const message of this.#sent) real.send(...message);
      for (const name of changed) this.#tell(`change:${name}`);
    }

    disconnect() { for (const [event, callbacks] of this.#heard) for (const callback of callbacks) this.#real?.off(event, callback); }
  }

  async function render(address, model, el) {
    const { default: ours } = await import(address);
    return ours.render({ model, el });
  }

  // `script` holds a snapshot; the element before it is where its drawing goes.
  function draw(script) {
    const { key, module, state } = JSON.parse(script.textContent);
    const address = new URL(`${config().fullLabextensionsUrl}/${module}`, location.origin).href;
    const host = script.previousElementSibling;
    const model = new Model(state);
    const ready = render(address, model, host).then((cleanup) => ({ cleanup }), (error) => { console.warn(`drawing ${module}`, error); return null; });
    held.set(key, { module, address, host, model, ready });
  }

  // What moves in a page loses the keyboard and how far it is scrolled: both are given back. It waits where it is
  // until its new place is in the page, so that it is never out of sight.
  function moved(host, el) {
    const scrolled = [...host.querySelectorAll("*")].filter((one) => one.scrollLeft || one.scrollTop).map((one) => [one, one.scrollLeft, one.scrollTop]);
    el.append(host);
    restore();
    for (const [one, left, top] of scrolled) one.scrollTo({ left, top, behavior: "instant" });
  }

  // Whatever moves also closes what is open in it, and tells no one. Its reader did not close it: it opens again, and
  // the keyboard is where it was. Voila moves all cells once more, into a frame of its own.
  const open = new Set();
  let focused = null;
  function restore() {
    for (const one of open) if (one.isConnected && !one.matches(":popover-open")) one.showPopover();
    if (focused?.isConnected && document.activeElement === document.body) focused.focus({ preventScroll: true });
  }
  document.addEventListener("beforetoggle", ({ target, newState }) => { if (target.popover) open[newState === "open" ? "add" : "delete"](target); }, true);
  document.addEventListener("focusin", ({ target }) => { focused = target; });
  document.addEventListener("pointerdown", () => { focused = null; }, true);
  document.addEventListener("DOMContentLoaded", () => new MutationObserver(restore).observe(document.body, { childList: true }));

  async function attach(key, real, el) {
    const { address, host, model, ready } = held.get(key);
    held.delete(key);
    const drawn = await ready;
    if (!drawn) {
      host.remove();
      return render(address, real, el);
    }
    model.connect(real);
    let gone = false;
    const move = () => { if (el.isConnected) moved(host, el); else if (!gone) requestAnimationFrame(move); };
    move();
    return () => { gone = true; model.disconnect(); drawn.cleanup?.(); };
  }

  return {
    draw,
    // What was drawn of other figures than those of the session may have another order: it goes.
    get: (key, module) => {
      if (held.get(key)?.module === module) return { attach: (real, el) => attach(key, real, el) };
      held.get(key)?.host.remove();
      return undefined;
    },
    settled: () => Promise.all([...held.values()].map(({ ready }) => ready)),
  };
})();
