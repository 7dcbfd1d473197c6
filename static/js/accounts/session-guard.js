// Hides a page that the browser kept for “Back” unless the account it was made for is still signed in, asks about unsent text
// before signing out, and sends what waits for a connection. It must run before the page is shown, so it is a classic script in
// the head, not a module.
(() => {
  const marker = document.querySelector('meta[name="session-marker"]').content;
  let isReplaced = false;

  function currentMarker() {
    return /(?:^|; )session_marker=([^;]*)/.exec(document.cookie)?.[1] ?? "";
  }

  // Not `visibility`, which would take the focus from the field that somebody is typing in.
  function setVisible(isVisible) {
    document.documentElement.style.opacity = isVisible ? "" : "0";
  }

  function check() {
    const isOwn = currentMarker() === marker;
    setVisible(isOwn);
    if (isOwn || isReplaced) return;
    // Several events may tell of it. Not `reload`, which would send a form again.
    isReplaced = true;
    location.replace(location.pathname + location.search);
  }

  // A page kept in memory: hidden when it is left, so that nothing flashes up before the check.
  addEventListener("pagehide", (event) => {
    if (event.persisted) setVisible(false);
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) check();
  });
  // A page that is open while the account signs out in another tab, or another account signs in: it is hidden when somebody
  // returns to it. The tab that signs out writes to the storage (`sign-out.js`) as it asks the server, which takes a moment.
  const checkOpenPage = () => {
    if (currentMarker() !== marker) check();
  };
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) checkOpenPage(); // not while the page is being left
  });
  addEventListener("storage", ({ key, newValue }) => {
    if (key === "signing-out" && newValue) for (const wait of [300, 1000, 3000, 10_000]) setTimeout(checkOpenPage, wait);
  });

  // A page read from the disk cache on “Back”. One that was requested comes from the server and needs no check.
  if (performance.getEntriesByType("navigation")[0]?.type === "back_forward") check();

  // Sends what was sent without a connection, on this page or on one that has been closed since.
  const sendWaiting = async () => {
    const account = document.querySelector("form[data-sign-out]")?.dataset.signOut;
    if (!account || !navigator.onLine || !hasWaiting()) return;
    const outbox = await import("../unsent/outbox.js").catch(() => null);
    await outbox?.sendWaiting(account);
  };
  const hasWaiting = () => {
    try {
      return Object.keys(localStorage).some((key) => key.startsWith("outbox:"));
    } catch {
      return false;
    }
  };
  document.addEventListener("DOMContentLoaded", sendWaiting);
  addEventListener("online", sendWaiting);
  document.addEventListener("outbox-added", sendWaiting);

  // Asks what to do with unsent text before signing out.
  document.addEventListener("submit", async (event) => {
    const form = document.querySelector("form[data-sign-out]");
    if (!form || event.target.action !== form.action || event.target.method !== "post") return;
    event.preventDefault();
    const { signOut } = await import("../unsent/sign-out.js");
    await signOut(event.target, form.dataset);
  });
})();
