// Words while a page is made, its appearance when ready, and a notice when its session is gone.
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const tell = () => { document.body.dataset.jpThemeLight = String(!dark.matches); };
  tell();
  dark.addEventListener("change", tell);

  const finish = () => {
    if (!window.themeLoaded) { window.cellLoaded = true; return; }
    document.getElementById("loading")?.remove();
    const cells = document.getElementById("rendered_cells");
    if (cells) cells.style.display = "";
  };
  window.voila_heartbeat = () => {};
  window.voila_process = (cell, cells) => {
    const words = document.getElementById("loading_text");
    if (words) words.textContent = `${words.textContent.split("…")[0]}… ${cell} of ${cells}`;
  };
  window.update_loading_text = window.voila_process;
  window.display_cells = finish;
  window.voila_finish = finish;

  new MutationObserver(() => {
    if (document.querySelector(".jupyter-widgets-disconnected")) document.getElementById("session-ended").hidden = false;
  }).observe(document.documentElement, { subtree: true, attributeFilter: ["class"], childList: true });
})();
