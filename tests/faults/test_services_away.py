"""Stop a private PostgreSQL and a private Redis under a running server, and start them again. By hand, on Debian:

    python tests/faults/services_away.py

Printed: how long pages take to answer 503 (at most 3 s), whether /health/live/ answers, how soon after its return a
page is served again (at most 1 s), and what sign-in says while the cache that counts wrong passwords is away.
"""

import glob
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.faults.server import Browser, Server, free_port

PG_BIN = sorted(Path(name).parent for name in glob.glob("/usr/lib/postgresql/*/bin/initdb"))[-1:]
CLIENTS = 40
number = count()


class Postgres:
    def __init__(self, folder: Path):
        self.folder, self.port = folder / "cluster", free_port()
        self.prefix: list[str] = []
        self.folder.mkdir()
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
            self.prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        self._run("initdb", "-D", str(self.folder), "-U", "postgres", "--auth=trust", "--encoding=UTF8")

    def _run(self, name: str, *arguments: str) -> None:
        subprocess.run([*self.prefix, str(PG_BIN[0] / name), *arguments], check=True, capture_output=True, cwd="/")

    def start(self) -> None:
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        self._run("pg_ctl", "-D", str(self.folder), "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.folder), "-w", "-m", "immediate", "stop")


class Redis:
    def __init__(self, folder: Path):
        self.port, self.folder = free_port(), folder

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir"]
        self.process = subprocess.Popen([*command, str(self.folder)], stdout=subprocess.DEVNULL)
        time.sleep(0.3)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


def sign_in(server: Server):
    """Request a code, which is throttled per address by a counter in the cache, and hashes no password."""
    address = f"{next(number)}@example.org"
    return Browser(server).post("/accounts/login/code/", {"email": address})


def wait_until_served(request, is_served) -> float:
    """Return the seconds until the page is served, at most 60."""
    began = time.perf_counter()
    while not is_served(request().status) and time.perf_counter() - began < 60:
        time.sleep(0.05)
    return time.perf_counter() - began


def trial(server: Server, name: str, service: Postgres | Redis, request, is_served) -> bool:
    """Stop the service, send CLIENTS requests at once, start it again; return whether all behaved as expected."""
    wait_until_served(request, is_served)  # by another worker than the one that answered the trial before
    assert is_served(request().status), f"{name}: the page is not served before"
    service.stop()
    with ThreadPoolExecutor(CLIENTS) as pool:
        replies = list(pool.map(lambda _n: request(), range(CLIENTS)))
    slowest = max(reply.seconds for reply in replies)
    statuses = sorted({reply.status for reply in replies})
    live = server.ask("/health/live/")
    time.sleep(8)  # long enough for any back-off to have grown
    later = request()
    service.start()
    back = wait_until_served(request, is_served)
    print(  # noqa: T201
        f"{name:28} {statuses} slowest {slowest:.2f} s, later {later.status} {later.seconds:.2f} s, "
        f"live {live.status} {live.seconds:.2f} s, back after {back:.2f} s"
    )
    sentence = all("Temporarily unavailable" in reply.text for reply in replies)
    return statuses == [503] and sentence and max(slowest, later.seconds) <= 3 and live.status == 200 and back <= 1


def main() -> None:
    with ExitStack() as stack:
        scratch = Path(tempfile.mkdtemp(prefix="commonplace-services-"))
        scratch.chmod(0o755)
        stack.callback(shutil.rmtree, scratch, ignore_errors=True)
        postgres, redis = Postgres(scratch), Redis(scratch)
        postgres.start()
        stack.callback(postgres.stop)
        redis.start()
        stack.callback(redis.stop)
        server = Server(
            workers=2,
            threads=4,
            DATABASE_URL=f"postgres://postgres@127.0.0.1:{postgres.port}/postgres",
            CACHE_URL=f"redis://127.0.0.1:{redis.port}/0",
        )
        stack.enter_context(server)
        server.serve()
        results = [
            trial(server, "PostgreSQL: the library", postgres, lambda: server.ask("/"), lambda status: status == 200),
            trial(server, "PostgreSQL: sign-in", postgres, lambda: sign_in(server), lambda status: status != 503),
            trial(server, "Redis: sign-in", redis, lambda: sign_in(server), lambda status: status != 503),
        ]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
