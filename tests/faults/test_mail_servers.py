"""Run the real server with a mail server that hangs and recovers, and kill workers while one sends. By hand:

    python tests/faults/mail_server_away.py

gunicorn with two workers serves a scratch site. While the mail server accepts connections and says nothing, people ask
for codes: each is answered at once. The mail server works again: the next code leaves
within 5 seconds. The workers are killed with SIGKILL after the mail server has taken the content of an e-mail, and
before it says so: the scheduler sends it again once the claim has expired.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar
from pathlib import Path
from threading import Event
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="mail-server-away-"))

from tests.mail.smtp_server import ACCEPTED, free_port, smtp_server

MAIL_PORT, PORT = free_port(), free_port()
ENVIRONMENT = os.environ | {
    "DEVELOPMENT": "true",
    "EMAIL_URL": f"smtp://127.0.0.1:{MAIL_PORT}",
    "DJANGO_SETTINGS_MODULE": "portal.settings",
}
PEOPLE = 12
QUICK = 5.0
"""Seconds within which a code must arrive and a request must be answered, however busy the machine is."""


def manage(*arguments, code="") -> str:
    command = [sys.executable, "manage.py", *arguments, *(["-c", code, "-v", "0"] if code else [])]
    return subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, check=True, capture_output=True, text=True).stdout


def shell(code: str) -> str:
    return manage("shell", code=code).strip()


def ask_for_code(address: str) -> float:
    """Ask for a code as a person would; return the seconds that the form took."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    url = f"http://127.0.0.1:{PORT}/accounts/login/code/"
    page = browser.open(url, timeout=30).read().decode()
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    started = time.monotonic()
    browser.open(url, urlencode({"csrfmiddlewaretoken": token, "email": address}).encode(), timeout=30).read()
    return time.monotonic() - started


def wait_until(condition, seconds: float) -> float:
    """Return the seconds until the condition was true; fail after too many."""
    started = time.monotonic()
    while not condition():
        assert time.monotonic() - started < seconds, condition
        time.sleep(0.02)
    return time.monotonic() - started


def states() -> str:
    return shell(
        "from lessons.mail.models import OutgoingEmail as E\n"
        "from collections import Counter; print(dict(Counter(E.objects.values_list('state', flat=True))))"
    )


def let_time_pass() -> None:
    """Let the claims expire, and what has failed be due again."""
    shell(
        "from lessons.mail.models import OutgoingEmail as E\nfrom django.utils import timezone\n"
        "E.objects.update(due_at=timezone.now())"
    )


def main() -> None:
    manage("migrate", "-v", "0")
    manage("createcachetable")
    shell(
        "from lessons.accounts.models import User\n"
        f"for n in range({PEOPLE} + 2):\n"
        "    User.objects.create_user(f'p{n}@example.org', display_name=f'P {n}').mark_email_verified()"
    )
    command = [sys.executable, "-m", "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{PORT}"]
    server = subprocess.Popen([*command, "--workers", "2", "--threads", "4"], cwd=ROOT, env=ENVIRONMENT)
    try:
        wait_until(lambda: answers(PORT), 60)
        check_hanging_server()
        check_return()
        check_killed_worker()
    finally:
        server.terminate()
        server.wait()


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def check_hanging_server() -> None:
    with socket.create_server(("127.0.0.1", MAIL_PORT), backlog=50), ThreadPoolExecutor(PEOPLE) as pool:
        seconds = list(pool.map(ask_for_code, [f"p{n}@example.org" for n in range(PEOPLE)]))
    print(f"mail server hangs: {PEOPLE} codes asked for at once, the slowest answer {max(seconds):.2f} s; {states()}")
    assert max(seconds) < QUICK


def check_return() -> None:
    with smtp_server(MAIL_PORT) as mail:
        time.sleep(11)  # until the thread that waits for the silent server has given up
        ask_for_code(f"p{PEOPLE}@example.org")
        seconds = wait_until(lambda: f"p{PEOPLE}@example.org" in mail.addresses, QUICK)
        print(f"mail server is back: a code arrives after {seconds:.2f} s")
        let_time_pass()
        manage("run_scheduled")
        assert set(mail.addresses) >= {f"p{n}@example.org" for n in range(PEOPLE)}, mail.addresses
        print(f"the scheduler has sent the others: {states()}")


def check_killed_worker() -> None:
    address, taken = f"p{PEOPLE + 1}@example.org", Event()

    def kill_workers():
        """Kill every worker at the moment when one has handed over the content."""
        for pid in workers():
            os.kill(pid, signal.SIGKILL)
        taken.set()
        return ACCEPTED

    with smtp_server(MAIL_PORT) as mail:
        mail.accepted[address] = kill_workers
        ask_for_code(address)
        assert taken.wait(QUICK)
        mail.accepted.clear()
        manage("run_scheduled")
        assert mail.addresses.count(address) == 1, "its claim has not expired"
        let_time_pass()
        manage("run_scheduled")
        assert mail.addresses.count(address) == 2
    print(f"workers killed while sending: sent again; {states()}")


def workers() -> list[int]:
    """Return the child processes of the gunicorn that this script has started."""
    found = subprocess.run(["pgrep", "-f", f"gunicorn portal.wsgi --bind 127.0.0.1:{PORT}"], capture_output=True)
    pids = [int(pid) for pid in found.stdout.split()]
    return [pid for pid in pids if parent_of(pid) in pids]


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


main()
