"""The site, with a script before all others on each page that reports what the browser complains of: script errors,
files that cannot be loaded, violations of the security policy, calls of `console.error`. Every engine reports alike,
whether or not its driver tells of its console. The reports are lines of the file named by WATCHED."""

import os
from pathlib import Path

from portal.wsgi import application as site

SCRIPT = b"""
const report = (words) => navigator.sendBeacon("/watched/", `${location.pathname}: ${words}`);
addEventListener("error", ({ message, target }) => report(message || `no ${target.src || target.href}`), true);
addEventListener("unhandledrejection", ({ reason }) => report(`${reason} ${reason?.stack}`));
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
  report(`${violatedDirective}: ${blockedURI}`);
});
const { error } = console;
console.error = (...words) => {
  report(words.join(" "));
  error.apply(console, words);
};
"""


def application(environ, start_response):
    if environ["PATH_INFO"] == "/watched.js":
        start_response("200 OK", [("Content-Type", "text/javascript"), ("Cache-Control", "no-store")])
        return [SCRIPT]
    if environ["PATH_INFO"] == "/watched/":
        words = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"] or 0)).decode()
        with Path(os.environ["WATCHED"]).open("a", encoding="utf-8") as file:
            file.write(" ".join(words.split()) + "\n")
        start_response("204 No Content", [])
        return []
    environ.pop("HTTP_ACCEPT_ENCODING", None)
    begun = []
    body = site(environ, lambda status, headers, exc_info=None: begun.extend([status, headers]))
    status, headers = begun
    if not dict(headers).get("Content-Type", "").startswith("text/html"):
        start_response(status, headers)
        return body
    try:
        page = b"".join(body).replace(b"<head>", b'<head><script src="/watched.js"></script>', 1)
    finally:
        body.close()
    start_response(status, [(name, value) for name, value in headers if name != "Content-Length"])
    return [page]
