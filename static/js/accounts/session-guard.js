// Shows a page that the browser kept, for “Back”, only to the account that it was made for; and guards signing out.
// It runs before the page is shown, so it is no module, and stands in the head.
(() => {
  const marker = document.querySelector('meta[name="session-marker"]').content;
  let isReplaced = false;

  function signedIn() {
    return /(?:^|; )session_marker=([^;]*)/.exec(document.cookie)?.[1] ?? "";
  }

  // Not `visibility`: that would take the focus from the field in which somebody is writing.
  function show(isShown) {
    document.documentElement.style.opacity = isShown ? "" : "0";
  }

  function check() {
    const isOwn = signedIn() === marker;
    show(isOwn);
    if (isOwn || isReplaced) return;
    // Several events may tell of it. Not `reload`, which would send a form again.
    isReplaced = true;
    location.replace(location.pathname + location.search);
  }

  // From the browser's memory: hidden when left, so that nothing flashes up before the check.
  addEventListener("pagehide", (event) => {
    if (event.persisted) show(false);
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) check();
  });
  // Open in another tab while somebody signs out, or signs in as somebody else: who comes back to it sees nothing of it,
  // nor who has it beside the other one. That one names the account in the storage (`leaving.js`) as it asks the server
  // to sign out, which takes a moment.
  const checkOpen = () => {
    if (signedIn() !== marker) check();
  };
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) checkOpen();  // not while the page is being left
  });
  addEventListener("storage", ({ key, newValue }) => {
    if (key === "unsent-leaving" && newValue) for (const wait of [300, 1000, 3000, 10_000]) setTimeout(checkOpen, wait);
  });

  // From the browser's disk: a page that was just asked for comes from the server, and needs no check.
  if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") check();

  // Before somebody signs out, they are asked what becomes of what they have not sent.
  document.addEventListener("submit", async (event) => {
    const bar = document.querySelector("form[data-sign-out]");
    if (!bar || event.target.action !== bar.action || event.target.method !== "post") return;
    event.preventDefault();
    const { leave } = await import("../unsent/leaving.js");
    await leave(event.target, bar.dataset);
  });
})();
