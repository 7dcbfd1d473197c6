/* The menu beside the button that posts. Choosing by pointer closes it; by keyboard the arrow keys go through the audiences, and
   Enter or Escape closes it. */

export function attachAudienceMenu(form, signal) {
  const menu = form.querySelector(".audience-menu"), details = menu?.querySelector("details");
  if (!details) return;
  const close = (focus) => {
    details.removeAttribute("open");
    focus?.focus();
  };
  const shownButton = () => [...menu.querySelectorAll("[data-audience]")].find((button) => button.offsetParent);
  details.addEventListener("click", (event) => {
    const { name, value } = event.target, needsGroup = value === "group" && details.querySelector("select");
    if (name === "audience" && event.detail > 0 && !needsGroup) close(shownButton());
  }, { signal });
  details.addEventListener("keydown", (event) => {
    if (!details.open || !["Escape", "Enter"].includes(event.key) || event.target.matches("summary")) return;
    event.preventDefault();
    event.stopPropagation();
    close(event.key === "Enter" ? shownButton() : details.querySelector("summary"));
  }, { signal });
  document.addEventListener("pointerdown", (event) => details.contains(event.target) || close(), { signal });
  details.addEventListener("change", (event) => nameGroup(menu, event.target), { signal });
  nameGroup(menu);
}

/* The button names the group that is chosen. */
function nameGroup(menu, changed = null) {
  const button = menu.querySelector("[data-label]"), select = menu.querySelector("select[name=group]");
  if (!button || !select) return;
  button.textContent = button.dataset.label.replace("%group", select.selectedOptions[0].textContent.trim());
  if (changed === select) menu.querySelector("[name=audience][value=group]").checked = true;
}
