/* <passkey-button>: asks the browser for a passkey (with data-new, to make one) and sends its answer with the form.

   data-options is the id of the JSON that the server made for it; data-ask an address to fetch it from. Without
   scripts, or where the browser has no passkeys, the button stays hidden and what else stands here stays. */

class PasskeyButton extends HTMLElement {
  #listening;

  connectedCallback() {
    if (!window.PublicKeyCredential?.parseCreationOptionsFromJSON) return;
    this.#listening = new AbortController();
    const button = this.querySelector("button");
    for (const child of this.children) child.hidden = child !== button;
    button.addEventListener("click", (event) => this.#ask(event), { signal: this.#listening.signal });
  }

  disconnectedCallback() {
    this.#listening?.abort();
  }

  async #ask(event) {
    event.preventDefault();
    const form = this.closest("form");
    try {
      const options = await this.#options();
      const credential = "new" in this.dataset ? await made(options, form) : await chosen(options);
      form.elements.credential.value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch {
      this.#say(this.dataset.failed); // given up, refused, or of another site: the browser has said which
    }
  }

  async #options() {
    if (this.dataset.options) {
      const { creation_options: creation, request_options: request } = JSON.parse(document.getElementById(this.dataset.options).textContent);
      return (creation ?? request).publicKey;
    }
    const reply = await fetch(this.dataset.ask, { headers: { Accept: "application/json" } });
    return (await reply.json()).request_options.publicKey;
  }

  #say(words) {
    this.querySelector("[role=alert]")?.remove();
    const line = document.createElement("p");
    line.setAttribute("role", "alert");
    line.className = "message error";
    line.textContent = words;
    this.append(line);
  }
}

/* A passkey in place of the password must be kept on the device and ask for a finger, a face or a PIN. */
function made(options, form) {
  const alone = form.elements.passwordless?.checked ?? false;
  options.authenticatorSelection = {
    ...options.authenticatorSelection,
    residentKey: alone ? "required" : "discouraged",
    requireResidentKey: alone,
    ...(alone && { userVerification: "required" }),
  };
  return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
}

function chosen(options) {
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
}

customElements.define("passkey-button", PasskeyButton);
