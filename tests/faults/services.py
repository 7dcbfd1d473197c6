"""Private services on loopback that tests start, stop and start again: PostgreSQL, Redis, nginx."""

import glob
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.server import ROOT, free_port

PG_BIN = sorted(Path(name).parent for name in glob.glob("/usr/lib/postgresql/*/bin/initdb"))[-1:]


@contextmanager
def public_folder():
    """Make a folder that other users may enter, unlike those of pytest: services do not run as root."""
    folder = Path(tempfile.mkdtemp(prefix="commonplace-faults-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Postgres:
    """A cluster of its own. It does not flush to the disk: what is killed here is never the database."""

    def __init__(self, folder: Path):
        if not PG_BIN:
            pytest.skip("no PostgreSQL server is installed")
        self.folder, self.port = folder / "cluster", free_port()
        self.prefix: list[str] = []
        self.folder.mkdir()
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
            self.prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        self._run("initdb", "-D", str(self.folder), "-U", "postgres", "--auth=trust", "--encoding=UTF8")

    def _run(self, name: str, *arguments: str) -> None:
        command = [*self.prefix, str(PG_BIN[0] / name), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
        assert done.returncode == 0, f"{name}: {done.stdout} {done.stderr}"

    def start(self) -> None:
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        self._run("pg_ctl", "-D", str(self.folder), "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.folder), "-w", "-m", "immediate", "stop")

    @property
    def pid(self) -> int:
        """Return the id of the first process, which has the others as children."""
        return int((self.folder / "postmaster.pid").read_text().split()[0])

    def url(self, name: str) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/{name}"

    def create(self, name: str, template: str = "template1") -> str:
        """Create a database; return its address."""
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres"]
        self._run("createdb", *where, "-T", template, name)
        return self.url(name)


class Redis:
    def __init__(self, folder: Path):
        if not shutil.which("redis-server"):
            pytest.skip("no Redis server is installed")
        self.port, self.folder = free_port(), folder

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir"]
        self.process = subprocess.Popen([*command, str(self.folder)], stdout=subprocess.DEVNULL)
        time.sleep(0.3)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


class Nginx:
    """nginx in front of a server, as in `docs/administration.md`, but on plain http."""

    CONFIGURATION = """
        worker_processes 1;
        pid {folder}/nginx.pid;
        error_log {folder}/error.log;
        events {{ worker_connections 4096; }}
        http {{
            access_log off;
            client_body_temp_path {folder}/body;
            proxy_temp_path {folder}/proxy;
            fastcgi_temp_path {folder}/fastcgi;
            uwsgi_temp_path {folder}/uwsgi;
            scgi_temp_path {folder}/scgi;
            {server}
        }}
    """

    def __init__(self, folder: Path, *backend_ports: int):
        if not shutil.which("nginx"):
            pytest.skip("no nginx is installed")
        self.folder, self.port = folder, free_port()
        folder.chmod(0o755)
        if len(backend_ports) == 1:
            server = documented_server(self.port).replace("127.0.0.1:8001", f"127.0.0.1:{backend_ports[0]}")
        else:
            server = documented_upstream(backend_ports)
            server += documented_server(self.port).replace("127.0.0.1:8001", "commonplace")
        self.file = folder / "nginx.conf"
        self.file.write_text(self.CONFIGURATION.format(folder=folder, server=server))

    def __enter__(self) -> "Nginx":
        command = ["nginx", "-p", str(self.folder), "-c", str(self.file), "-g", "daemon off;"]
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        time.sleep(0.5)
        assert self.process.poll() is None, (self.folder / "error.log").read_text()
        return self

    def __exit__(self, *_error) -> None:
        self.process.terminate()
        self.process.wait(10)


def documented_upstream(ports: Iterable[int]) -> str:
    """Return the hosts for nginx as the documentation names them, as servers on these ports."""
    text = (ROOT / "docs" / "administration.md").read_text()
    block = next(part.partition("```")[0] for part in text.split("```nginx\n") if part.startswith("upstream"))
    servers = re.findall(r"server \S+;", block)
    for documented, port in zip(servers, ports, strict=True):
        block = block.replace(documented, f"server 127.0.0.1:{port};")
    return block


def documented_server(port: int) -> str:
    """Return the server for nginx that the documentation for administrators describes, on a port and without TLS."""
    text = (ROOT / "docs" / "administration.md").read_text()
    block = text.partition("```nginx\n")[2].partition("```")[0]
    server = next("server {" + part for part in block.split("server {") if "proxy_pass" in part)
    without_tls = re.sub(r"^\s*(listen|ssl_\w+|http2) [^;]*;", "", server, flags=re.MULTILINE)
    return without_tls.replace("server {", f"server {{ listen 127.0.0.1:{port};", 1)
