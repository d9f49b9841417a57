// Passkeys: a form has the device make or use one, and sends what it says. Where a browser has none, it stays hidden.
(() => {
  const cookie = (name) => document.cookie.split("; ").find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
  const known = window.PublicKeyCredential;
  if (!known?.parseCreationOptionsFromJSON || !known.parseRequestOptionsFromJSON) return;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const { answer, sealed, password } = form.elements, alert = form.querySelector("[role=alert]");
    const say = (words) => { alert.textContent = words; alert.hidden = !words; };
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      say("");
      try {
        const body = new URLSearchParams({ do: "begin", password: password?.value ?? "" });
        const told = await fetch(form.dataset.options, { method: "POST", body, headers: { "X-XSRFToken": cookie("_xsrf") } });
        const { options, sealed: kept, wrong } = await told.json();
        if (wrong) return say(wrong);
        const made = form.dataset.passkey === "create"
          ? await navigator.credentials.create({ publicKey: known.parseCreationOptionsFromJSON(options) })
          : await navigator.credentials.get({ publicKey: known.parseRequestOptionsFromJSON(options) });
        [answer.value, sealed.value] = [JSON.stringify(made), kept];
        if (password) password.value = "";
        form.submit();
      } catch {
        say(form.dataset.wrong);
      }
    });
  }
})();
