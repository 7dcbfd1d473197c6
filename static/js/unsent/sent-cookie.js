/* The server names in a cookie the forms that it has accepted: what is stored of them here is no longer unsent. */

const NAME = "unsent_sent";

export function forgetSent(store) {
  const [, value] = new RegExp(`(?:^|; )${NAME}=([^;]+)`).exec(document.cookie) ?? [];
  if (!value) return;
  for (const sent of decodeURIComponent(value).split("|")) {
    const [place, key] = sent.split(".");
    store.removeSent(place, key);
  }
  document.cookie = `${NAME}=; Max-Age=0; Path=/; SameSite=Lax`;
}
