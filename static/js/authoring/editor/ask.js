/* Asks in one of the page's dialogs (templates/authoring/_editor_dialogs.html). */

const dialogOf = (name) => document.querySelector(`dialog[data-ask="${name}"]`);

/* Opens the dialog `name` with `values` in its fields. Resolves to its fields and `action`, the button that closed it, once it
   is closed; to null if it was dismissed. Parts named in `hidden` are not shown. */
export function ask(name, values = {}, hidden = []) {
  const dialog = dialogOf(name);
  const form = dialog.querySelector("form");
  form.reset();
  for (const [field, value] of Object.entries(values)) form.elements[field].value = value;
  for (const part of dialog.querySelectorAll("[data-part]")) part.hidden = hidden.includes(part.dataset.part);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      const action = dialog.returnValue;
      resolve(action ? { ...Object.fromEntries(new FormData(form)), action } : null);
    }, { once: true });
  });
}

/* Closes each dialog by its “Cancel” buttons. */
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("dialog[data-ask] [data-action=cancel]");
  button?.closest("dialog").close("");
});
