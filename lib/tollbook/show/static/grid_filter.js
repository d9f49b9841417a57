// What a reader writes into a filter: `>10`, `<=1.234,5`, `5..9`, `>1:30:00`, `90s..2h`, a part of a text.

import { numbers } from "./base.js";

const UNITS = { h: 3600, m: 60, s: 1 };
const TESTS = {
  ">": (value, limit) => value > limit, ">=": (value, limit) => value >= limit,
  "<": (value, limit) => value < limit, "<=": (value, limit) => value <= limit,
};

function latin(text) {
  return text.replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660)).replaceAll("٫", ".").replaceAll("٬", ",").replaceAll("−", "-");
}

// A number as the reader's language or a machine writes it, as plain digits with a point; null where it is none.
export function plain(text, language) {
  const parts = numbers(language).formatToParts(1234567.5);
  const sign = (type) => parts.find((part) => part.type === type)?.value;
  const group = sign("group") || ",";
  const written = latin(text).trim().replace(/^\+/, "").replace(/(?<=\d)[\s\u00a0\u202f'’](?=\d{3}(\D|$))/g, "");
  const spaced = /\s/.test(group) ? "" : `\\${group}`;
  const local = sign("decimal");
  const grouped = spaced && new RegExp(`^-?\\d{1,3}(${spaced}\\d{3})+(\\${local}\\d+)?$`).test(written);
  const clean = grouped ? written.replaceAll(group, "") : written;
  const digits = clean.replace(local, ".");
  return /^-?(\d+\.?\d*|\.\d+)$/.test(digits) ? digits : null;
}

function seconds(text, language) {
  const clock = /^(-?)(\d+):([0-5]\d):([0-5]\d)$/.exec(latin(text).replace(/[.,\s](?=\d{3}:)/g, ""));
  if (clock) return String((clock[1] ? -1 : 1) * (clock[2] * 3600 + clock[3] * 60 + Number(clock[4])));
  const parts = [...text.matchAll(/(\d[\d.,]*)\s*([hms])/g)];
  if (!parts.length || text.replace(/(\d[\d.,]*)\s*([hms])/g, "").trim()) return plain(text, language);
  const counts = parts.map(([, count, unit]) => [plain(count, language), unit]);
  return counts.some(([count]) => count === null) ? null : String(counts.reduce((sum, [count, unit]) => sum + count * UNITS[unit], 0));
}

// Reads a limit in what the column's keys count: seconds, shares of 1, or whole numbers of money's last decimal.
function reader(column, values, language) {
  const timed = column.kind === "duration" || column.kind === "seconds";
  return (text) => {
    const bare = column.kind === "percent" ? text.replace(/\s*%$/, "") : text;
    const digits = timed ? seconds(bare, language) : plain(bare, language);
    if (digits === null) return null;
    const decimals = (digits.split(".")[1] || "").length;
    if (values.money) return { limit: Number(`${digits}e${values.places}`), half: 0.5 * 10 ** (values.places - decimals) };
    if (column.kind === "percent") return { limit: Number(digits) / 100, half: 0.005 * 10 ** -decimals };
    return { limit: Number(digits), half: 0.5 * 10 ** -decimals };
  };
}

function sized(values) {
  if (!values.money) return values.keys();
  return Float64Array.from(values.data, (value, row) => (values.nulls && values.nulls[row] ? NaN : Number(value)));
}

function ofNumbers(text, column, values, language) {
  const read = reader(column, values, language);
  const keys = sized(values);
  const compared = /^(>=|<=|>|<)\s*(.*)$/.exec(text);
  if (compared) {
    if (!compared[2]) return { waits: true };
    const found = read(compared[2]);
    const test = TESTS[compared[1]];
    return found ? { test: (row) => test(keys[row], found.limit) } : { wrong: true };
  }
  const [from, to, more] = text.split("..");
  if (to !== undefined) {
    const ends = [read(from), read(to)];
    if (!to || !from) return { waits: true };
    return ends[0] && ends[1] && more === undefined ? { test: (row) => keys[row] >= ends[0].limit && keys[row] <= ends[1].limit } : { wrong: true };
  }
  const exact = text.startsWith("=");
  const wanted = exact ? text.slice(1).trim() : text;
  if (!wanted || wanted === "-") return { waits: true };
  const found = read(wanted);
  if (!found) return { wrong: true };
  // As exact as it is written: 40 is what rounds to 40, 40.00 what rounds to that. With = money is equal or is not.
  if (exact && values.money) return { test: (row) => keys[row] === found.limit };
  return { test: (row) => Math.abs(keys[row] - found.limit) <= found.half * (1 + 1e-9) };
}

// Each text is looked at once, however often it stands in the column.
function ofTexts(text, values) {
  const compared = /^(>=|<=|>|<)\s*(.*)$/.exec(text);
  const [from, to] = text.split("..");
  let fits = (each) => each.includes(text);
  if (compared && values.ordered) {
    if (!compared[2]) return { waits: true };
    // 2026-10-05 compared with a day is that day as a whole.
    fits = (each) => TESTS[compared[1]](each.slice(0, compared[2].length), compared[2]);
  } else if (to && values.ordered) {
    fits = (each) => each.slice(0, from.trim().length) >= from.trim() && each.slice(0, to.trim().length) <= to.trim();
  } else if (text.startsWith("=")) {
    if (text === "=") return { waits: true };
    fits = (each) => each === text.slice(1).trim();
  }
  const held = Uint8Array.from([...values.texts, ""], (each, code) => Number(code < values.texts.length && fits(each.toLowerCase())));
  return { test: (row) => held[values.codes[row]] === 1 };
}

// {test} for a row; {waits} while it is being written; {wrong} where it means nothing.
export function filter(written, column, values, language) {
  const text = written.trim().toLowerCase();
  if (!text) return { waits: true };
  if (text === "–") return { test: (row) => values.at(row) === null };
  return values.numeric ? ofNumbers(text, column, values, language) : ofTexts(text, values);
}

// What stands in a filter that is empty.
export function example(values, words) {
  return values?.numeric ? ">10" : words.contains;
}

export function hint(column, words) {
  if (column.kind === "duration" || column.kind === "seconds") return words.filter_duration;
  if (column.kind === "instant") return words.filter_instant;
  return column.kind === "text" || column.kind === "link" ? words.filter_text : words.filter_number;
}
