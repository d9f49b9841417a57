// A graph as a picture that stands alone: its title, span, lines' names and drawing, in the colours of the page.

const FONT = "'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
const SVG = "http://www.w3.org/2000/svg";
const EDGE_PX = 16;
const ROW_PX = 20;

function shape(tag, attributes, text) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

// Other programs know neither the page's variables nor what colour its text has.
function resolved(text, host) {
  const look = getComputedStyle(host);
  const value = (name, other) => look.getPropertyValue(name).trim() || (other || "").trim() || look.color;
  let plain = text.replaceAll("currentColor", look.color).replaceAll("currentcolor", look.color);
  for (let depth = 0; depth < 3 && plain.includes("var("); depth += 1) {
    plain = plain.replace(/var\(\s*(--[\w-]+)\s*(?:,\s*((?:[^()]|\([^()]*\))*))?\)/g, (_, name, other) => value(name, other));
  }
  return plain.replace(/font-family="[^"]*"/g, `font-family="${FONT}"`).replace(/font: (\d+px)[^;"]*/g, `font: $1 ${FONT}`);
}

// The solid colour behind the card.
function ground(host) {
  for (let node = host; node; node = node.parentElement) {
    const colour = getComputedStyle(node).backgroundColor;
    if (colour && colour !== "transparent" && !/rgba\(.*, 0\)/.test(colour)) return colour;
  }
  return "#ffffff";
}

function keys(legend, width, from) {
  const group = shape("g", { "font-size": "12", fill: "currentColor" });
  let [x, y] = [EDGE_PX, from];
  for (const { label, colour, dashed } of legend) {
    const length = 34 + 7 * label.length;
    if (x > EDGE_PX && x + length > width - EDGE_PX) [x, y] = [EDGE_PX, y + ROW_PX];
    const mark = dashed
      ? shape("path", { d: `M${x} ${y - 6}h14`, stroke: "currentColor", "stroke-width": 2, "stroke-dasharray": "4 3", opacity: 0.55 })
      : shape("rect", { x, y: y - 8, width: 14, height: 4, rx: 2, fill: colour });
    group.append(mark, shape("text", { x: x + 20, y }, label));
    x += length;
  }
  return [group, legend.length ? y + EDGE_PX : from];
}

export async function svgOf(view, host, { title, span, legend }) {
  const drawing = new DOMParser().parseFromString(await view.toSVG(), "image/svg+xml").documentElement;
  const [inner, high] = [Number(drawing.getAttribute("width")), Number(drawing.getAttribute("height"))];
  const width = inner + 2 * EDGE_PX;
  drawing.setAttribute("x", EDGE_PX);
  drawing.setAttribute("y", "56");
  const [names, bottom] = keys(legend, width, 56 + high + EDGE_PX);
  const whole = shape("svg", { xmlns: SVG, width, height: bottom, viewBox: `0 0 ${width} ${bottom}`, "font-family": "sans-serif" });
  whole.append(
    shape("rect", { width: "100%", height: "100%", fill: ground(host) }),
    shape("text", { x: EDGE_PX, y: 26, "font-size": "16", "font-weight": "600", fill: "currentColor" }, title),
    shape("text", { x: EDGE_PX, y: 44, "font-size": "12", fill: "var(--jp-ui-font-color2, #616161)" }, span),
    drawing,
    names,
  );
  return resolved(new XMLSerializer().serializeToString(whole), host);
}

const SHARP = 2;

export async function pngOf(svg) {
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await picture.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.naturalWidth * SHARP, picture.naturalHeight * SHARP];
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => { canvas.toBlob(done, "image/png"); });
}

export function save(content, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
