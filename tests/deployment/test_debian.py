"""The site is installed on a scratch machine with Debian's systemd, nginx and Caddy, by the blocks of
docs/administration.md, and asked for pages as by its visitors. Run with `-m machine`, as root.

The tests follow each other on one machine, as an administrator would go on.
"""

import re
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.deployment.client import CLIENT, HOST, Client
from tests.deployment.document import ROOT, section
from tests.deployment.installation import ACCOUNT, follow, wait_for
from tests.deployment.machine import Machine

pytestmark = pytest.mark.machine
UNITS = "commonplace-server.service", "commonplace-scheduler.service", "commonplace-backup.service"
CERTIFICATES = f"/etc/letsencrypt/live/{HOST}"
MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def nginx(machine):
    """Start nginx as the document says, with a certificate of our own."""
    subject = ["-subj", f"/CN={HOST}", "-days", "1", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    files = ["-keyout", f"{CERTIFICATES}/privkey.pem", "-out", f"{CERTIFICATES}/fullchain.pem"]
    machine.run("mkdir", "-p", CERTIFICATES)
    machine.run("openssl", "req", "-x509", "-nodes", *subject, *files)
    follow(machine, "nginx")


@pytest.fixture
def client(machine):
    return Client(machine.pid)


def sign_in(client: Client, **headers: str) -> None:
    client.get("/accounts/login/")
    email, password = ACCOUNT
    reply = client.post("/accounts/login/", {"login": email, "password": password}, **headers)
    assert (reply.status, reply.headers["Location"]) == (302, "/")


def test_the_units_are_correct_and_confined(machine):
    assert machine.run("systemd-analyze", "verify", *(f"/etc/systemd/system/{unit}" for unit in UNITS)) == ""
    machine.run("systemd-analyze", "security", "--threshold=20", *UNITS)  # 2.0 of 10
    running = machine.run("systemctl", "is-active", *UNITS[:2], "commonplace-backup.timer")
    assert running.split() == ["active"] * 3


def test_journals_are_kept_for_four_weeks(machine):
    assert "MaxRetentionSec=4week" in machine.run("systemd-analyze", "cat-config", "systemd/journald.conf")


def test_the_data_is_its_users_alone(machine):
    open_to_others = machine.run("find", "/var/lib/commonplace", "/var/backups/commonplace", "-perm", "/077")
    assert {Path(path).parts[4] for path in open_to_others.split()} <= {"static"}
    assert machine.run("stat", "-c", "%a %U %G", "/etc/commonplace/environment") == "640 root commonplace\n"


def test_nginx_serves_pages_over_https(nginx, client):
    assert client.get("/", secure=False).headers["Location"] == f"https://{HOST}/"
    page = client.get("/accounts/login/")
    assert page.status == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "Secure" in page.headers["Set-Cookie"]
    assert client.get("/", Host="elsewhere.example.org").status == 400


def test_static_files_may_be_kept_for_ever(nginx, client):
    names = re.findall(r'href="(/static/[^"]+\.css)"', client.get("/accounts/login/").text)
    file = client.get(names[0], Accept_Encoding="br")
    assert (file.status, file.headers["Content-Encoding"]) == (200, "br")
    assert "immutable" in file.headers["Cache-Control"]
    assert int(re.search(r"max-age=(\d+)", file.headers["Cache-Control"])[1]) > 31_000_000


def test_the_site_is_ready_and_its_scheduler_runs(nginx, client):
    def checks():
        answer = client.get("/health/ready/")
        return answer.status == 200 and "The scheduler last ran" in answer.text

    wait_for(checks)


def test_the_server_learns_the_clients_address(machine, nginx, client):
    sign_in(client, X_Forwarded_For="192.0.2.1", X_Forwarded_Proto="http")
    assert last_address(machine) == CLIENT


def last_address(machine: Machine) -> str:
    """Return from where somebody signed in last."""
    last = "from allauth.usersessions.models import UserSession as S; print(S.objects.latest('pk').ip)"
    return machine.run("commonplace", "shell", "-v0", "-c", last).strip()


def test_nothing_can_pretend_to_be_https(client, machine, nginx):
    """Behind the proxy, http is redirected; the proxy overwrites what a client says of itself."""
    direct = client.get("/", secure=False, port=8001)
    assert direct.headers["Location"] == f"https://{HOST}/"
    assert client.get("/", secure=False, X_Forwarded_Proto="https").status == 301


def test_nobody_writes_into_the_logs(client, machine, nginx):
    assert_own_id(client.get("/", X_Request_ID="written-by-somebody"))


def assert_own_id(reply) -> None:
    """The id of a request is the proxy's, whatever the client calls it."""
    assert len(reply.headers["X-Request-ID"]) >= 32
    assert "somebody" not in reply.headers["X-Request-ID"]


def test_uploads_up_to_the_limit_are_read(machine, nginx, client):
    """A PDF is read in a child process, within what the unit allows."""
    sign_in(client)
    made = "from lessons.courses.models import Course; print(Course.objects.create(title='Tides', slug='tides').pk)"
    course = machine.run("commonplace", "shell", "-v0", "-c", made).strip()
    pdf = (ROOT / "tests" / "articles" / "waves.pdf").read_bytes()
    large = pdf + b"\n%" + b" " * (45 * MEGABYTE)
    reply = client.post("/admin/articles/new/", {"course": course}, ("waves.pdf", large))
    assert reply.status == 302
    wait_for(lambda: "Waves" in client.get(reply.headers["Location"]).text)


@pytest.mark.parametrize(
    ("path", "size", "server"), [("/admin/articles/new/", 60, "nginx"), ("/accounts/login/", 13, "gunicorn")]
)
def test_too_large_bodies_are_refused_unread(nginx, client, path, size, server):
    headers = {"Content-Type": "application/octet-stream", "Content-Length": str(size * MEGABYTE)}
    reply = client.send("POST", path, headers=headers, body=b"x" if server == "nginx" else b"x" * size * MEGABYTE)
    assert reply.status == 413
    assert ("nginx" in reply.text) == (server == "nginx")


def test_no_log_has_what_people_search_for(machine, nginx, client):
    assert client.get("/search/?q=unforgettable").status in (200, 302)
    logged = machine.run("journalctl", "--no-pager") + machine.run("sh", "-c", "cat /var/log/nginx/*.log")
    assert "/search/" in logged
    assert "unforgettable" not in logged


def main_process(machine: Machine) -> str:
    """Return the id of gunicorn's first process."""
    return machine.run("systemctl", "show", "--property=MainPID", "--value", "commonplace-server.service").strip()


def test_a_killed_server_is_started_again(machine, nginx, client):
    before = main_process(machine)
    machine.run("kill", "-KILL", before)
    wait_for(lambda: main_process(machine) not in ("0", before))
    wait_for(lambda: client.get("/health/live/").status == 200)


def test_an_upgrade_interrupts_nobody(machine, nginx):
    before = main_process(machine)
    workers = machine.run("pgrep", "-P", before)
    statuses, stopping = [], Event()
    visitor = Client(machine.pid)

    def visit():
        while not stopping.wait(0.05):
            try:
                statuses.append(visitor.get("/accounts/login/").status)
            except OSError as error:
                statuses.append(error)

    thread = Thread(target=visit)
    thread.start()
    try:
        follow(machine, "Upgrade")
        wait_for(lambda: set(workers.split()).isdisjoint(machine.run("pgrep", "-f", "gunicorn").split()))
    finally:
        stopping.set()
        thread.join()
    assert set(statuses) == {200}
    assert len(statuses) > 20
    assert main_process(machine) == before


def test_the_backup_is_written_and_tried_out(machine):
    """The upgrade has started the service, as the timer does every night."""
    assert machine.run("sh", "-c", "stat -c '%a %U' /var/backups/commonplace/*.zip") == "600 commonplace\n"
    assert "Restorable" in machine.run("journalctl", "--no-pager", "-u", "commonplace-backup.service")


def test_caddy_does_the_same(machine, client):
    """Only the certificate comes from Caddy itself, since nobody else can be asked for one."""
    machine.run("systemctl", "stop", "nginx.service")
    [caddyfile, _commands] = section("Caddy")
    follow(machine, "Caddy")
    machine.write(caddyfile.path, "{\n\tlocal_certs\n}\n" + caddyfile.text)
    machine.run("systemctl", "restart", "caddy.service")

    def is_served():
        try:
            return client.get("/accounts/login/").status == 200
        except OSError:
            return False

    wait_for(is_served)
    assert client.get("/", secure=False).headers["Location"] == f"https://{HOST}/"
    sign_in(client, X_Forwarded_For="192.0.2.1", X_Forwarded_Proto="http")
    assert last_address(machine) == CLIENT
    assert_own_id(client.get("/", X_Request_ID="written-by-somebody"))
    headers = {"Content-Type": "application/octet-stream"}
    assert client.send("POST", "/admin/articles/new/", headers=headers, body=b"x" * 60 * MEGABYTE).status == 413


def test_nothing_went_wrong_unnoticed(machine):
    """The services log no error, and none was started more often than it was told."""
    assert machine.run("systemctl", "--failed", "--no-legend", "--plain") == ""
    errors = machine.run("journalctl", "--no-pager", "--priority=err", *(f"--unit={unit}" for unit in UNITS))
    assert "Traceback" not in errors
