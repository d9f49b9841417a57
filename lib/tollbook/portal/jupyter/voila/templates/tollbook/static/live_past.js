// The graph of the page of the calls in progress: the last hours as they are known, and on from there by the stream.
(() => {
  const SPAN_S = 3 * 3600;
  const HIGH = 160;
  const WIDE = 1000;
  const root = document.documentElement;
  const place = document.querySelector(".tollbook-live-past");
  const path = place.querySelector("path");
  const [from, to] = place.querySelectorAll("time");
  const most = place.querySelector("span");
  const zone = document.querySelector(".tollbook-clock").dataset.zone;
  const clock = new Intl.DateTimeFormat(root.lang === "ar" ? "ar-u-nu-latn" : root.lang, { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  let points = [];
  let asked = false;

  function show() {
    const now = Date.now() / 1000;
    points = points.filter(([at]) => at >= now - SPAN_S);
    if (!points.length) return;
    const top = Math.max(1, ...points.map(([, channels]) => channels));
    const x = (at) => (WIDE * (at - now + SPAN_S)) / SPAN_S;
    const y = (channels) => HIGH - 4 - ((HIGH - 8) * channels) / top;
    // A number holds until the next.
    path.setAttribute("d", points.map(([at, channels], i) => i ? `H${x(at).toFixed(1)}V${y(channels).toFixed(1)}` : `M${x(at).toFixed(1)} ${y(channels).toFixed(1)}`).join("") + `H${WIDE}`);
    from.textContent = clock.format((now - SPAN_S) * 1000);
    to.textContent = clock.format(now * 1000);
    most.textContent = `0 – ${top}`;
    place.dataset.points = String(points.length);
  }

  document.addEventListener("tollbook:live", async ({ detail }) => {
    if (detail.channels !== null) points.push([Date.parse(detail.at) / 1000, detail.channels]);
    if (!asked) {
      asked = true;
      const answer = await fetch(place.dataset.past).catch(() => null);
      if (answer?.ok) points = [...(await answer.json()).points, ...points].sort(([one], [other]) => one - other);
    }
    show();
  });
})();
