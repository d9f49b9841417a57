// What Vega-Lite makes of a document depends on nothing else, and takes long: a browser keeps it from page to page, and
// until somebody is asked to sign in (frame.js), as names stand in it.

const PREFIX = "tollbook-drawing ";
const MOST = 60;
const VERSION = `${PREFIX}${new URL(".", import.meta.url).pathname} `; // of this very library and our looks
let held = null;

// Where nothing may be stored, or no more, each page makes its own.
function stored(use) {
  try {
    return use(localStorage);
  } catch {
    return null;
  }
}

function opened() {
  return stored((store) => {
    const ours = Object.keys(store).filter((key) => key.startsWith(PREFIX));
    for (const key of ours) if (!key.startsWith(VERSION)) store.removeItem(key);
    return new Set(ours.filter((key) => key.startsWith(VERSION)));
  }) ?? new Set();
}

function keep(key, vega) {
  stored((store) => {
    for (const old of [...held].slice(0, Math.max(0, held.size - MOST + 1))) {
      store.removeItem(old);
      held.delete(old);
    }
    store.setItem(key, JSON.stringify(vega));
    held.add(key);
  });
}

// `vega` is what was kept of the document, or null; `keep` takes what was made of it, and gives it back.
export function compiled(document) {
  held ??= opened();
  const key = VERSION + JSON.stringify(document);
  const found = held.has(key) ? stored((store) => store.getItem(key)) : null;
  return {
    vega: found && JSON.parse(found),
    keep: (vega) => {
      if (!found) keep(key, vega);
      return vega;
    },
  };
}
