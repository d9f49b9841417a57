// The pages behind the account menu: how a new password would hold while it is typed, and copying a token.
(() => {
  const cookie = (name) => document.cookie.split("; ").find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
  const form = document.querySelector("form[data-strength]");
  if (form) {
    const shown = form.querySelector(".tollbook-strength");
    let waiting, asked = 0;
    form.elements.new.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(judge, 250);
    });
    async function judge() {
      const typed = form.elements.new.value, mine = ++asked;
      if (!typed) return;
      const body = new URLSearchParams({ new: typed });
      const answer = await fetch(form.dataset.strength, { method: "POST", body, headers: { "X-XSRFToken": cookie("_xsrf") } }).catch(() => null);
      if (!answer?.ok || mine !== asked) return;
      const { score, sentence, taken } = await answer.json();
      const meter = shown.querySelector("meter");
      meter.hidden = false;
      meter.value = taken ? Math.max(score, 1) : Math.min(score, 1);
      shown.classList.toggle("tollbook-weak", !taken);
      shown.querySelector("span").textContent = sentence;
    }
  }
  for (const button of document.querySelectorAll("button[data-copy]")) {
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = button.dataset.copied;
    });
  }
})();
