/* <passkey-button>: asks the browser to use a passkey (with data-new, to create one) and submits the result with the form.

   data-options is the id of the JSON options from the server; data-ask the URL to fetch them from. Without scripts,
   or if the browser does not support passkeys, the button stays hidden and the fallback in the element visible. */

class PasskeyButton extends HTMLElement {
  #listeners;

  connectedCallback() {
    if (!window.PublicKeyCredential?.parseCreationOptionsFromJSON) return;
    this.#listeners = new AbortController();
    const button = this.querySelector("button");
    for (const child of this.children) child.hidden = child !== button;
    button.addEventListener("click", (event) => this.#request(event), { signal: this.#listeners.signal });
  }

  disconnectedCallback() {
    this.#listeners?.abort();
  }

  async #request(event) {
    event.preventDefault();
    const form = this.closest("form");
    try {
      const options = await this.#options();
      const credential = "new" in this.dataset ? await createCredential(options, form) : await getCredential(options);
      form.elements.credential.value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch {
      this.#showError(this.dataset.failed); // cancelled, refused, or for another site: the browser has said which
    }
  }

  async #options() {
    if (this.dataset.options) {
      const json = JSON.parse(document.getElementById(this.dataset.options).textContent);
      return (json.creation_options ?? json.request_options).publicKey;
    }
    const response = await fetch(this.dataset.ask, { headers: { Accept: "application/json" } });
    return (await response.json()).request_options.publicKey;
  }

  #showError(message) {
    this.querySelector("[role=alert]")?.remove();
    const line = document.createElement("p");
    line.setAttribute("role", "alert");
    line.className = "message error";
    line.textContent = message;
    this.append(line);
  }
}

/* A passkey that replaces the password must be stored on the device and verify the user (by fingerprint, face or PIN). */
function createCredential(options, form) {
  const isPasswordless = form.elements.passwordless?.checked ?? false;
  options.authenticatorSelection = {
    ...options.authenticatorSelection,
    residentKey: isPasswordless ? "required" : "discouraged",
    requireResidentKey: isPasswordless,
    ...(isPasswordless && { userVerification: "required" }),
  };
  return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
}

function getCredential(options) {
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
}

customElements.define("passkey-button", PasskeyButton);
