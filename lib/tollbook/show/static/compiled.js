// What Vega makes of a document depends on nothing else, and takes long: a browser keeps it from page to page, and
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

const keyOf = (document, library) => `${VERSION}${library} ${JSON.stringify(document)}`;

// What JSON cannot hold is made each time, and so is what `view.mjs` has no transform for.
function written(dataflow, usual) {
  let whole = true;
  const text = JSON.stringify(dataflow, function (name, value) {
    const own = this[name];
    const lost = typeof own === "function" || own instanceof Date || own instanceof RegExp || (typeof own === "number" && !Number.isFinite(own));
    const unusual = name === "operators" && own.some(({ type }) => type && type !== "operator" && !(type.toLowerCase() in usual));
    if (lost || unusual) whole = false;
    return value;
  });
  return whole ? text : null;
}

// What was kept of the document for this library, or null.
export function compiled(document, library) {
  held ??= opened();
  const key = keyOf(document, library);
  return held.has(key) ? stored((store) => JSON.parse(store.getItem(key))) : null;
}

// Keeps what was made of the document, and gives it back; `usual` are the transforms that `view.mjs` has.
export function keep(document, library, dataflow, usual) {
  const text = written(dataflow, usual);
  if (text) stored((store) => {
    for (const old of [...held].slice(0, Math.max(0, held.size - MOST + 1))) {
      store.removeItem(old);
      held.delete(old);
    }
    const key = keyOf(document, library);
    store.setItem(key, text);
    held.add(key);
  });
  return dataflow;
}
