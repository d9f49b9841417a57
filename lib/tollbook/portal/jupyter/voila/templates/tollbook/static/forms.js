// Forms of the pages about money: what an address names opens, and what was sent once is not sent again.

const opened = () => {
  const named = location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  return named?.matches("[popover]") ? named : document.querySelector("[popover][data-open]");
};

const open = () => {
  const found = opened();
  if (!found || found.matches(":popover-open")) return;
  found.showPopover();
  found.querySelector("select, input:not([type=hidden])")?.focus();
};

addEventListener("hashchange", open);
open();

for (const form of document.forms) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (form.method === "post") form.dataset.sent = "1";
  });
}
addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });

// A choice that shows at once.
for (const select of document.querySelectorAll("select[data-submits]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
