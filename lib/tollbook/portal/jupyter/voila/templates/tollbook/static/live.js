// Calls in progress: the number at the top, and the page of the calls, told by one stream while the page is looked at.
(() => {
  const place = document.querySelector(".tollbook-live");
  if (!place || place.dataset.source === "none") return;
  const { stream, near, over, old, partial } = place.dataset;
  const number = place.querySelector("strong");
  const says = place.querySelector(".tollbook-live-says");
  const page = document.querySelector(".tollbook-calls-now");
  const AGAIN_MS = 15000;
  const FULL_MS = 60000;
  let source;
  let again;

  function show(told) {
    number.textContent = `${told.channels ?? "–"}${told.configured === null ? "" : ` / ${told.configured}`}`;
    place.dataset.level = told.level;
    place.dataset.late = String(told.silent);
    const words = [{ near, over }[told.level], told.silent && told.age_s !== null ? old.replace("{age}", String(Math.round(told.age_s))) : told.complete ? "" : partial];
    says.textContent = words.filter(Boolean).join(", ");
    document.dispatchEvent(new CustomEvent("tollbook:live", { detail: told }));
  }

  function close() {
    clearTimeout(again);
    source?.close();
    source = null;
  }

  // A page that nobody looks at holds no connection: a browser has only a few for each server.
  function follow() {
    close();
    if (document.visibilityState !== "visible") return;
    source = new EventSource(page ? `${stream}?calls=1` : stream);
    source.addEventListener("message", (event) => show(JSON.parse(event.data)));
    source.addEventListener("full", (event) => {
      close();
      place.dataset.late = "true";
      says.textContent = JSON.parse(event.data).why;
      again = setTimeout(follow, FULL_MS);
    });
    source.addEventListener("error", () => {
      if (source?.readyState !== EventSource.CLOSED) return;
      place.dataset.late = "true";
      again = setTimeout(follow, AGAIN_MS);
    });
  }
  document.addEventListener("visibilitychange", follow);
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => { if (event.persisted) follow(); });
  follow();
})();
