// Forms with data-passkey="create" or "get": the browser's passkey goes into the form's hidden field, then the form goes.
// What the server asks lies in the page, or is fetched from data-options.

/** @param {HTMLFormElement} form @returns {Promise<any>} */
async function asked(form) {
  const address = form.dataset.options;
  if (!address) return JSON.parse(document.getElementById("passkey-options")?.textContent ?? "null");
  const response = await fetch(address, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return (await response.json()).request_options;
}

/** @param {HTMLFormElement} form @returns {Promise<PublicKeyCredential>} */
async function passkey(form) {
  const { publicKey } = await asked(form);
  if (form.dataset.passkey === "create") {
    publicKey.authenticatorSelection = {
      ...publicKey.authenticatorSelection,
      residentKey: "required",
      requireResidentKey: true,
      userVerification: "required",
    };
    const made = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) });
    return /** @type {PublicKeyCredential} */ (made);
  }
  const shown = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
  return /** @type {PublicKeyCredential} */ (shown);
}

for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-passkey]"))) {
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("credential"));
  const problem = /** @type {HTMLElement} */ (form.querySelector("[data-problem]"));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = true;
    try {
      field.value = JSON.stringify(await passkey(form));
      form.submit();
    } catch {
      problem.hidden = false; // refused by the person, by the browser or by the address: the page says what to do
    }
  });
}
