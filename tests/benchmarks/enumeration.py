"""Check that sign-in and sign-up do not reveal accounts by their responses or their median response times. By hand,
against a running server on plain http with a scratch database and ROUNDS accounts that are asked about:

    … manage.py shell -c "from lessons.accounts.models import User
    for n in range(25): User.objects.create_user(f'known{n:02}@example.org', display_name='K').mark_email_verified()"
    python tests/benchmarks/enumeration.py http://127.0.0.1:PORT [ROUNDS]

Known and unknown addresses, each used once, alternate. Whole responses are compared, with the page they redirect to,
without the address and the form's token. A run uses up one minute's rate limit for this machine's address.
"""

import http.client
import re
import secrets
import statistics
import sys
import time
from urllib.parse import urlencode, urlsplit

TOKEN = "a" * 32
WORDS = {"password": "a wrong long password"}
NEW = {"display_name": "Nora New", "password1": "a good long password"}
FORMS = {
    "sign-in": ("/accounts/login/", "login", WORDS),
    "sign-up": ("/accounts/signup/", "email", NEW),
    "reset": ("/accounts/password/reset/", "email", {}),
    "sign-in by code": ("/accounts/login/code/", "email", {}),
}
VARIES = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"|nonce-[^\']*')


def ask(host, method, path, cookies, body=None):
    """Return the status, headers and text of one request on a new connection, and the seconds until the last byte."""
    headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())}
    if body:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection = http.client.HTTPConnection(host, timeout=60)
    connection.connect()
    began = time.perf_counter()
    connection.request(method, path, body, headers)
    reply = connection.getresponse()
    text = reply.read().decode()
    seconds = time.perf_counter() - began
    for cookie in reply.headers.get_all("Set-Cookie") or []:
        name, _, value = cookie.partition(";")[0].partition("=")
        cookies[name] = value
    kept = {k: v for k, v in reply.headers.items() if k not in ("Date", "Expires", "Set-Cookie")}
    return reply.status, kept, text, seconds


def trial(host, form, address):
    """Return the response of a form to the address, in comparable form, and the seconds that it took."""
    path, field, rest = FORMS[form]
    cookies = {"csrftoken": TOKEN}
    body = urlencode({"csrfmiddlewaretoken": TOKEN, field: address, **rest})
    status, headers, text, seconds = ask(host, "POST", path, cookies, body)
    seen = [status, headers, text, sorted(cookies)]
    if status == 302:
        seen += ask(host, "GET", headers["Location"], cookies)[:3]
    return VARIES.sub("", repr(seen)).replace(address, "ADDRESS"), seconds


def compare(host, form, rounds):
    known, unknown = [], []
    for n in range(rounds):
        sides = [(known, f"known{n:02}@example.org"), (unknown, f"{secrets.token_hex(3)[:5]}{n:02}@example.org")]
        for side, address in sides if n % 2 else sides[::-1]:
            side.append(trial(host, form, address))
    times = [statistics.median(seconds for _, seconds in side) for side in (known, unknown)]
    apart = abs(times[0] / times[1] - 1)
    same = len({text for text, _ in known + unknown}) == 1
    print(f"{form:16} bytes {'same' if same else 'DIFFER'}   {times[0]:.4f} s {times[1]:.4f} s   {apart:.1%} apart")
    return same and apart <= 0.05


def main(address, rounds="25"):
    host = urlsplit(address).netloc
    results = [compare(host, form, int(rounds)) for form in FORMS]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main(*sys.argv[1:])
