// A grid's columns as Python packs them: how a value is shown, copied, and compared. Money stays whole numbers (BigInt).

import { numbers } from "./base.js";

const ARRAYS = { u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, i4: Int32Array, i8: BigInt64Array, f8: Float64Array };
const LARGEST = BigInt(Number.MAX_SAFE_INTEGER);

function decoded(signs) {
  const made = new Uint8Array(signs.length);
  for (let at = 0; at < made.length; at += 1) made[at] = signs.charCodeAt(at);
  return made.buffer;
}

function bytes(data) {
  if (data.base64 !== undefined) return decoded(atob(data.base64));
  return data.buffer ? data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) : data;
}

export function bits(data) {
  return data ? new Uint8Array(bytes(data)) : null;
}

export function clock(seconds, language) {
  const whole = Math.round(Math.abs(seconds));
  const two = (number) => String(number).padStart(2, "0");
  const sign = seconds < 0 && whole ? "-" : "";
  return `${sign}${numbers(language).format(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

// Whole numbers of 10^-places as the exact decimal: `trimmed` for machines, else grouped as the language writes it.
export function amount(scaled, places, language) {
  const size = scaled < 0n ? -scaled : scaled;
  const unit = 10n ** BigInt(places);
  const rest = places ? String(size % unit).padStart(places, "0") : "";
  const sign = scaled < 0n ? "-" : "";
  if (language === undefined) {
    const kept = rest.replace(/0+$/, "");
    return `${sign}${size / unit}${kept && `.${kept}`}`;
  }
  return `${sign}${numbers(language).format(size / unit)}${rest && point(language) + rest}`;
}

export function point(language) {
  return numbers(language).formatToParts(1.5).find(({ type }) => type === "decimal").value;
}

// The exact quotient of two whole numbers, rounded half away from zero.
export function divided(top, bottom) {
  const negative = (top < 0n) !== (bottom < 0n);
  const [a, b] = [top < 0n ? -top : top, bottom < 0n ? -bottom : bottom];
  const result = (2n * a + b) / (2n * b);
  return negative ? -result : result;
}

const SHOWN = {
  integer: () => ({ maximumFractionDigits: 0 }),
  number: () => ({ minimumFractionDigits: 1, maximumFractionDigits: 1 }),
  seconds: () => ({ minimumFractionDigits: 1, maximumFractionDigits: 1 }),
  percent: () => ({ minimumFractionDigits: 2, maximumFractionDigits: 2 }),
};

export function shower(kind, language) {
  if (kind === "duration") return (value) => clock(value, language);
  const format = numbers(language, SHOWN[kind]());
  return kind === "percent" ? (value) => `${format.format(value * 100)} %` : (value) => format.format(value);
}

function textValues(pack, language) {
  const codes = new ARRAYS[pack.as](bytes(pack.data));
  const { texts } = pack;
  let ranks = null;
  const at = (row) => texts[codes[row]] ?? null;
  // Texts of one order of their own keep it; others go by the language's alphabet, numbers in them by their size.
  function keys() {
    if (!ranks) {
      const collator = new Intl.Collator(language, { numeric: true, sensitivity: "base" });
      const order = texts.map((_, code) => code);
      if (!pack.ordered) order.sort((a, b) => collator.compare(texts[a], texts[b]) || a - b);
      const rank = new Float64Array(texts.length + 1).fill(NaN);
      order.forEach((code, place) => { rank[code] = place; });
      ranks = Float64Array.from(codes, (code) => rank[code]);
    }
    return ranks;
  }
  return { numeric: false, texts, codes, at, keys, shown: (row) => at(row) ?? "–", exact: (row) => at(row) ?? "", ordered: pack.ordered };
}

function numberValues(pack, kind, language) {
  const data = new ARRAYS[pack.as](bytes(pack.data));
  const show = shower(kind, language);
  let keys = null;
  const at = (row) => (Number.isNaN(data[row]) ? null : data[row]);
  return {
    numeric: true, data, at, show,
    keys: () => { keys = keys || (pack.as === "f8" ? data : Float64Array.from(data)); return keys; },
    shown: (row) => (Number.isNaN(data[row]) ? "–" : show(data[row])),
    exact: (row) => (Number.isNaN(data[row]) ? "" : String(data[row])),
  };
}

function moneyValues(pack, language) {
  const data = pack.as === "digits" ? pack.data.map(BigInt) : new BigInt64Array(bytes(pack.data));
  const nulls = bits(pack.nulls);
  const { places } = pack;
  let keys = null;
  const at = (row) => (nulls && nulls[row] ? null : data[row]);
  const show = (value) => amount(value, places, language);
  function inOrder() {
    const size = (value) => (value < 0n ? -value : value);
    if (data.every((value) => size(value) <= LARGEST)) return Float64Array.from(data, (value, row) => (nulls && nulls[row] ? NaN : Number(value)));
    const order = Array.from(data, (_, row) => row).sort((a, b) => (data[a] < data[b] ? -1 : data[a] > data[b] ? 1 : 0));
    const ranks = new Float64Array(data.length);
    order.forEach((row, place) => { ranks[row] = place && data[row] === data[order[place - 1]] ? ranks[order[place - 1]] : place; });
    return ranks.map((rank, row) => (nulls && nulls[row] ? NaN : rank));
  }
  return {
    numeric: true, money: true, data, places, nulls, at, show,
    keys: () => { keys = keys || inOrder(); return keys; },
    shown: (row) => (nulls && nulls[row] ? "–" : show(data[row])),
    exact: (row) => (nulls && nulls[row] ? "" : amount(data[row], places)),
  };
}

function values(pack, kind, language) {
  if (pack.texts) return textValues(pack, language);
  return kind === "money" || pack.places !== undefined ? moneyValues(pack, language) : numberValues(pack, kind, language);
}

// The table as Python packs it, ready to be shown.
export function opened(table, language) {
  const kinds = Object.fromEntries(table.columns.map(({ name, kind }) => [name, kind]));
  const read = (packs) => new Map(Object.entries(packs || {}).map(([name, pack]) => [name, values(pack, kinds[name] || "number", language)]));
  return {
    size: table.later ? 0 : table.size, later: Boolean(table.later), columns: table.columns,
    values: read(table.values), links: read(table.links), keys: read(table.keys), checkable: bits(table.checkable),
    tones: read(table.tones), marks: new Map(Object.entries(table.marks || {}).map(([name, data]) => [name, bits(data)])),
  };
}

// What identifies a row wherever it stands; its number where nothing does.
export function keyOf(table, row) {
  if (!table.keys.size) return String(row);
  return [...table.keys.values()].map((values) => values.at(row) ?? "").join("\u0000");
}
