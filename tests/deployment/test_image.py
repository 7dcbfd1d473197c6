"""What Dockerfile and compose.yaml start runs as user 10001, on a file system of which only the volume can be written.

The scratch machine stands for the image: it has the same packages, program and static files in the image's places.
"""

import json
import re
import shlex

import pytest
import yaml

from tests.deployment.client import Client
from tests.deployment.dockerfile import last
from tests.deployment.document import ROOT
from tests.deployment.installation import wait_for

pytestmark = pytest.mark.machine
IMAGE = """
ln -s /opt/commonplace /app
ln -s /opt/commonplace/.venv /venv
cp -r /var/lib/commonplace/static /static
chmod -R a+rX /static
useradd --uid 10001 --home-dir /data --shell /usr/sbin/nologin container
install -d -m 0700 -o 10001 -g 10001 /data
"""
CONFINED = {
    "CapabilityBoundingSet": "",
    "NoNewPrivileges": "yes",
    "PrivateTmp": "yes",
    "ReadOnlyPaths": "/",
    "ReadWritePaths": "/data /tmp /dev/shm",
    "WorkingDirectory": "/app",
}


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]


@pytest.fixture(scope="module")
def start(machine, services):
    """Return a function that runs a command as in a container; what it prints is returned, or None from a service."""
    machine.type(IMAGE)
    environment = dict(part.split("=", 1) for part in last("ENV").split())
    environment["PATH"] = environment["PATH"].replace("$PATH", "/usr/bin:/bin")
    for name, value in services["server"]["environment"].items():
        environment[name] = re.sub(r"\$\{\w+:-(.*)\}", r"\1", value)
    options = [f"--property={name}={value}" for name, value in CONFINED.items()]
    options += [f"--setenv={name}={value}" for name, value in environment.items()]

    def start(*command: str, service: str = "", check: bool = True) -> str:
        how = [f"--unit={service}"] if service else ["--pipe", "--wait", "--quiet"]
        program = ["/bin/sh", "-c", 'exec "$@"', "sh", *command]  # found by the PATH of the image
        return machine.run("systemd-run", "--uid=10001", "--gid=10001", *how, *options, *program, check=check)

    return start


def test_the_site_runs_in_a_container(machine, start, services):
    assert "Read-only file system" in start("touch", "/app/file", check=False)
    start(*shlex.split(services["prepare"]["command"]))
    start(*json.loads(last("CMD")), service="container")
    is_live = json.loads(last("HEALTHCHECK").partition("CMD ")[2])
    wait_for(lambda: "failed" not in start("sh", "-c", f"{shlex.join(is_live)} || echo failed", check=False))
    client = Client(machine.pid)
    page = client.get("/accounts/login/", secure=False, port=8000, Host="localhost:8000")
    assert page.status == 200
    [style, *_] = re.findall(r'href="(/static/[^"]+\.css)"', page.text)
    assert client.get(style, secure=False, port=8000, Host="localhost:8000").status == 200
    assert "--loop" in services["scheduler"]["command"]
    start(*shlex.split(services["scheduler"]["command"].replace("--loop", "")))
    start("python", "manage.py", "backup", "--to-folder", "/data/backups")
    checked = start("python", "manage.py", "doctor", check=False)  # which also warns of mail on the console
    assert re.search(r"ok +All \d+ static files are collected", checked)
    assert "Nobody but its owner can open it" in checked
    assert machine.run("find", "/data", "-not", "-uid", "10001") == ""
    assert machine.run("find", "/data", "-perm", "/077") == ""
