/* Before somebody signs out: asks what becomes of what they have not sent, which `leaving.js` does. */

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-sign-out]");
  if (!form) return;
  event.preventDefault();
  const { leave } = await import("./leaving.js");
  await leave(form);
});
