/* Sends forms by script with the current CSRF token: another tab may have renewed it since the page was loaded. */

/* Returns the token of the cookie, undefined if there is none. */
export function currentToken() {
  return /(?:^|; )(?:__Host-)?csrftoken=([^;]+)/.exec(document.cookie)?.[1];
}

/* Posts `data` and returns the response; null if the server cannot be reached. If the token was missing, the response
   brings one, and the form is sent once more. */
export async function send(url, data, options = {}) {
  const attempt = () => {
    const token = currentToken();
    if (token) data.set("csrfmiddlewaretoken", token);
    return fetch(url, { method: "POST", body: data, ...options }).catch(() => null);
  };
  const before = currentToken();
  const response = await attempt();
  return response?.status === 403 && currentToken() && currentToken() !== before ? attempt() : response;
}

/* Returns the errors in a JSON response; an empty list for any other response. */
export async function errorsOf(response) {
  if (!response?.headers.get("Content-Type")?.includes("json")) return [];
  const body = await response.json().catch(() => null);
  return body?.errors ?? [];
}
