// Sums over rows of a grid: exact for money, and ratios from sums. A figure is {value, text, hint}; without a value it says why.

import { amount, divided, shower } from "./grid_values.js";

const NONE = "–";

export class Sums {
  constructor(grid) {
    this.grid = grid;
    this.words = grid.words;
    this.language = grid.language;
    this.whole = new WeakMap();
  }

  values(name) {
    return this.grid.table.values.get(name);
  }

  label(name) {
    return this.grid.table.columns.find((column) => column.name === name)?.label || name;
  }

  unknown(reason) {
    return { text: NONE, hint: reason, missing: true };
  }

  // {sum, count, missing, least, most} of a column over rows in `order` that `mask` has; without one, all of them,
  // which are added up once.
  over(name, order, mask) {
    if (mask) return this.added(name, order, mask);
    if (!this.whole.has(order)) this.whole.set(order, new Map());
    const known = this.whole.get(order);
    if (!known.has(name)) known.set(name, this.added(name, order, null));
    return known.get(name);
  }

  added(name, order, mask) {
    const values = this.values(name);
    const { data, nulls, money } = values;
    let [sum, count, least, most] = [money ? 0n : 0, 0, null, null];
    let missing = 0;
    for (let place = 0; place < order.length; place += 1) {
      const row = order[place];
      if (mask && !mask[row]) continue;
      const value = data[row];
      if (money ? nulls && nulls[row] : value !== value) { missing += 1; continue; }
      sum += value;
      count += 1;
      if (least === null || value < least) least = value;
      if (most === null || value > most) most = value;
    }
    return { name, sum, count, missing, least, most, money, places: values.places };
  }

  // The codes of the currencies of rows.
  currencies(column, order, mask) {
    if (!column.currency) return [];
    const { codes, texts } = this.values(column.currency);
    const seen = new Uint8Array(texts.length + 1);
    for (let place = 0; place < order.length; place += 1) if (!mask || mask[order[place]]) seen[codes[order[place]]] = 1;
    return texts.filter((_, code) => seen[code]);
  }

  severally(column, order, mask) {
    const codes = this.currencies(column, order, mask);
    return codes.length > 1 ? this.unknown(this.words.currencies.replace("{codes}", codes.join(", "))) : null;
  }

  shown(column, value, places) {
    if (typeof value === "bigint") return amount(value, places, this.language);
    return shower(column.kind === "money" ? "number" : column.kind, this.language)(value);
  }

  // The sum of a column; it says of how many cells it is where some have none.
  sum(column, order, mask) {
    const severally = this.severally(column, order, mask);
    if (severally) return severally;
    const all = this.over(column.name, order, mask);
    if (!all.count) return this.unknown(this.lacking(column.name, all.missing));
    return { value: all.sum, text: this.shown(column, all.sum, all.places), hint: this.partial(all), partial: all.missing > 0 };
  }

  partial({ count, missing }) {
    if (!missing) return "";
    return this.words.known.replace("{count}", this.number(count + missing)).replace("{missing}", this.number(missing));
  }

  lacking(name, count) {
    return this.words.missing.replace("{name}", this.label(name)).replace("{count}", this.number(count));
  }

  number(count) {
    return shower("integer", this.language)(count);
  }

  // A ratio of its sums: what the selection as a whole has. Unknown where a part of it is.
  ratio(column, order, mask) {
    const parts = column.of.map((name) => this.over(name, order, mask));
    const told = column.unless.map((name) => this.over(name, order, mask)).find(({ sum, missing }) => sum || missing);
    if (told) return this.unknown(`${this.label(told.name)}: ${this.number(told.sum)}`);
    const lacks = column.unless.length ? null : parts.find(({ missing }) => missing);
    if (lacks) return this.unknown(this.lacking(lacks.name, lacks.missing));
    const severally = column.of.map((name) => this.severally(this.of(name), order, mask)).find(Boolean);
    if (severally) return severally;
    const [top, bottom] = parts;
    if (!bottom.sum) return this.unknown(this.words.nothing);
    const value = quotient(top, bottom) * column.scale;
    const texts = parts.map(({ name, sum, places }) => this.part(name, sum, places));
    const hint = this.words.true_hint.replace("{numerator}", texts[0]).replace("{denominator}", texts[1]);
    return { value, text: this.shown(column, value), hint };
  }

  // A column that is only a part of others is known by their currency.
  of(name) {
    const own = this.grid.table.columns.find((column) => column.name === name);
    return own || { name, currency: this.grid.table.columns.find((column) => column.of?.includes(name) && column.currency)?.currency };
  }

  part(name, sum, places) {
    if (typeof sum === "bigint") return amount(sum, places, this.language);
    const kind = this.of(name).kind || (Number.isInteger(sum) ? "integer" : "number");
    return shower(kind === "percent" ? "number" : kind, this.language)(sum);
  }

  // The total of all rows that are shown, as it stands below a column.
  total(column, order) {
    if (column.summed === false) return null;
    if (column.of) return this.ratio(column, order, null);
    return this.values(column.name).numeric ? this.sum(column, order, null) : null;
  }

  // The mean of the cells of some columns of one unit; money is divided exactly.
  average(column, sums) {
    const count = sums.reduce((all, each) => all + each.count, 0);
    if (!count) return this.unknown(this.words.nothing);
    const places = Math.max(...sums.map((each) => each.places || 0));
    if (sums[0].money) return { text: amount(divided(joined(sums, places), BigInt(count)), places, this.language), hint: this.words.rounded_hint };
    const mean = sums.reduce((all, each) => all + each.sum, 0) / count;
    const kind = column.kind === "integer" ? { kind: "number" } : column;
    return { text: this.shown(kind, mean), hint: this.words.average_hint };
  }
}

// Sums of columns of money with decimals of their own, as whole numbers of the smallest.
export function joined(sums, places, field = "sum") {
  return sums.reduce((all, each) => all + scaled(each[field], places - each.places), 0n);
}

export function scaled(value, decimals) {
  return value * 10n ** BigInt(decimals);
}

// Exact to twelve decimals where both are money, so that no share depends on the size of its parts.
function quotient(top, bottom) {
  if (!top.money && !bottom.money) return top.sum / bottom.sum;
  const whole = (part) => (part.money ? scaled(part.sum, 9 - part.places) : BigInt(Math.round(part.sum * 1e9)));
  return Number(divided(whole(top) * 10n ** 12n, whole(bottom))) / 1e12;
}
