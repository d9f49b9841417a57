// Instants on the clock of an IANA zone, and back. An instant is a number of milliseconds; addresses hold ISO texts.

export const HOUR = 3600000;
export const DAY = 24 * HOUR;
const formats = new Map();

export function dates(language, options) {
  const key = `${language} ${JSON.stringify(options)}`;
  const spoken = { en: "en-GB", ar: "ar-u-nu-latn" }[language] || language;
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(spoken, { hourCycle: "h23", calendar: "gregory", ...options }));
  return formats.get(key);
}

// How far the zone's clock is ahead of UTC at an instant.
export function offset(at, zone) {
  if (zone === "UTC") return 0;
  const whole = Math.floor(at / 1000) * 1000;
  const options = { timeZone: zone, year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" };
  const part = Object.fromEntries(dates("en", options).formatToParts(whole).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second) - whole;
}

// `2026-10-05T13:00` as the zone's clock showed it.
export function wall(at, zone) {
  return new Date(at + offset(at, zone)).toISOString().slice(0, 16);
}

// When the zone's clock showed this; of an hour that it showed twice the first, of one that it left out the next.
export function instant(shown, zone) {
  const local = Date.parse(`${shown.length === 10 ? `${shown}T00:00` : shown}Z`);
  const guess = local - offset(local, zone);
  const early = local - offset(guess - 3 * HOUR, zone);
  return early + offset(early, zone) === local ? early : local - offset(guess, zone);
}

// An ISO text of the address; one that names no zone is on the page's clock. NaN where it is none.
export function parsed(text, zone) {
  const known = /^\d{4}-\d{2}-\d{2}(T.*)?$/.test(text);
  if (!known) return NaN;
  return /(Z|[+-]\d{2}:?\d{2})$/.test(text.slice(10)) ? Date.parse(text) : instant(text, zone);
}

export function written(at) {
  return new Date(at).toISOString().replace(/(:00)?\.000Z$/, "Z");
}

// `-24h` or `-7d` in milliseconds; null where the text is no such thing.
export function back(text) {
  const found = /^-(\d{1,4})([hd])$/.exec(text);
  return found ? Number(found[1]) * (found[2] === "h" ? HOUR : DAY) : null;
}

// The day of an instant on the zone's clock, moved by so many days, as `2026-10-05`.
export function day(at, zone, days = 0) {
  return new Date(Date.parse(`${wall(at, zone).slice(0, 10)}T00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

// `+05:45`, from UTC.
export function ahead(at, zone) {
  const minutes = Math.round(offset(at, zone) / 60000);
  const two = (number) => String(number).padStart(2, "0");
  return `${minutes < 0 ? "−" : "+"}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
}

export function moment(at, zone, language) {
  return dates(language, { timeZone: zone, day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" }).format(at);
}

// `5–11 Oct 2026` of whole days, else with the hours.
export function stretch(start, end, zone, language) {
  const midnights = wall(start, zone).endsWith("T00:00") && wall(end, zone).endsWith("T00:00");
  const time = midnights ? {} : { hour: "2-digit", minute: "2-digit" };
  const format = dates(language, { timeZone: zone, day: "numeric", month: "short", year: "numeric", ...time });
  return format.formatRange(start, midnights ? end - 1 : end);
}
