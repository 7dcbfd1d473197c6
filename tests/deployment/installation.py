"""Does what docs/administration.md says, on a scratch machine."""

import re
import subprocess
import time
from collections.abc import Callable

from tests.deployment.document import ROOT, section
from tests.deployment.machine import Machine

ACCOUNT = ("ada@example.org", "a-long-and-quiet-evening")
MAIL_SERVER = "smtp+tls://user:password@mail.example.org:587"
NEEDS_PACKAGES = re.compile(r"apt-get|pip install")


def install(machine: Machine) -> None:
    """Install the site up to its services. A mail server on the machine stands for the one in the document."""
    release = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, capture_output=True, check=True).stdout
    machine.unpack(release, "/opt/commonplace")
    machine.run("systemd-run", "--unit=mail", "/usr/bin/python3", "-m", "smtpd", "-n", "127.0.0.1:25")
    follow(machine, "Install")
    follow(machine, "systemd")


def follow(machine: Machine, name: str) -> None:
    """Do what a section says: write its files, type its commands."""
    for block in section(name):
        if block.path:
            machine.write(block.path, block.text.replace(MAIL_SERVER, "smtp://127.0.0.1:25"))
            continue
        for line in block.text.splitlines():
            if line.endswith("createsuperuser"):
                create_administrator(machine, line)
            elif not line.startswith("cd "):
                machine.type(f"cd /opt/commonplace\n{line}", outside=bool(NEEDS_PACKAGES.search(line)))


def create_administrator(machine: Machine, line: str) -> None:
    """Type the command with the answers that it would ask for, because it asks for a password only at a terminal."""
    email, password = ACCOUNT
    options = f"--noinput --email {email} --display_name Ada"
    machine.type(f"export DJANGO_SUPERUSER_PASSWORD={password}\n{line} {options}")


def wait_for(what: Callable, seconds: float = 30):
    """Return the first true value of `what()`."""
    until = time.monotonic() + seconds
    while not (value := what()):
        assert time.monotonic() < until, f"{what} took more than {seconds} seconds"
        time.sleep(0.2)
    return value
