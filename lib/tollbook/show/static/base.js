// What our widgets share: elements, styles, the page's choices, numbers as the reader writes them.

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const RIGHT_TO_LEFT = /\p{Script=Arabic}|\u200f/u; // letters, and the mark before amounts
const way = (text) => (RIGHT_TO_LEFT.test(text) ? "rtl" : "ltr");

// A figure or a name in a text of any direction: `23 / 57`, `40.35 %` and `486 Busy Here` keep their order.
export function isolated(text) {
  return element("bdi", { dir: way(text) }, text);
}

// The same as a text, for where no element can stand.
export function apart(text) {
  return document.dir === "rtl" ? `\u2066${text}\u2069` : text;
}

const styles = new Map();

// A style sheet beside this module, once a page. Waits until it holds, so that nothing is seen without it.
export function style(file) {
  if (!styles.has(file)) {
    const href = new URL(file, import.meta.url).href;
    const there = document.querySelector(`link[rel=stylesheet][href="${href}"], link[rel=stylesheet][href="${new URL(href).pathname}"]`);
    const link = there || element("link", { rel: "stylesheet", href });
    styles.set(file, link.sheet ? Promise.resolve() : new Promise((done) => {
      link.addEventListener("load", done, { once: true });
      link.addEventListener("error", done, { once: true });
      if (!there) document.head.append(link);
    }));
  }
  return styles.get(file);
}

// The only way to change what a page shows: address.js writes it to the address and tells Python.
export function choose(values, { replace = false } = {}) {
  document.dispatchEvent(new CustomEvent("tollbook:choose", { detail: { values, replace } }));
}

// Called with all values of the page whenever they have changed; returns how to stop listening.
export function whenChosen(callback) {
  const heard = (event) => callback(event.detail);
  document.addEventListener("tollbook:chosen", heard);
  return () => document.removeEventListener("tollbook:chosen", heard);
}

const formats = new Map();

export function numbers(language, options = {}) {
  const key = `${language} ${JSON.stringify(options)}`;
  if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(language === "ar" ? "ar-u-nu-latn" : language, options));
  return formats.get(key);
}

// Said by screen readers, seen by nobody.
export function announce(text) {
  let voice = document.getElementById("tollbook-voice");
  if (!voice) {
    voice = element("div", { id: "tollbook-voice", role: "status", style: "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)" });
    document.body.append(voice);
  }
  voice.textContent = text;
}

// A file that Python has made, for the reader to keep.
export function offer({ name, type }, data) {
  const address = URL.createObjectURL(new Blob([data], { type }));
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

// Names as a list in one text: separated by commas, in quotes where a name holds one.
export function joined(names) {
  return names.map((name) => (/[",\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name)).join(",");
}

export function separated(text) {
  const found = [];
  for (const [, quoted, plain] of text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)) {
    const name = quoted !== undefined ? quoted.replaceAll('""', '"') : plain;
    if (name) found.push(name);
  }
  return found;
}
