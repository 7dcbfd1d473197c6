/* The server lists the forms that it has accepted in a cookie: what this browser has stored of them is no longer unsent. */

const NAME = "unsent_sent";

export function forgetSent(store) {
  const [, value] = new RegExp(`(?:^|; )${NAME}=([^;]+)`).exec(document.cookie) ?? [];
  if (!value) return;
  for (const sent of decodeURIComponent(value).split("|")) {
    const [draftKey, key] = sent.split(".");
    store.removeSent(draftKey, key);
  }
  document.cookie = `${NAME}=; Max-Age=0; Path=/; SameSite=Lax`;
}
