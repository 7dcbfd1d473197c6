/* Before somebody signs out: asks what becomes of what they have not sent, which `leaving.js` does. */

document.addEventListener("submit", async (event) => {
  const bar = document.querySelector("form[data-sign-out]");
  if (!bar || event.target.action !== bar.action || event.target.method !== "post") return;
  event.preventDefault();
  const { leave } = await import("./leaving.js");
  await leave(event.target, bar.dataset);
});
