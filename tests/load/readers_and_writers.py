"""Let 200 readers and 50 writers use the site for a minute, and say how long they wait. By hand:

    PYTHONPATH=. python -m tests.load.readers_and_writers                          two workers on SQLite
    PYTHONPATH=. python -m tests.load.readers_and_writers --database postgresql    four, with Redis and nginx

A closed loop: a reader asks for the next page about 5 s after the last one has come, a writer opens a thread, and
answers it about 20 s later. What is asked in the first 10 s is not counted. 99 of 100 answers must come within 500 ms,
every acknowledged text must be stored, and no database may say that it is locked. The world is that of `seed_load.py`,
on a private database and, for PostgreSQL, private services. The scheduler has done its work for this world once, and
runs beside the server, as nice as its unit in `docs/administration.md` says.

Everything runs on this machine, the clients too: printed is how much CPU time each took, and what others took, whose
work makes the answers slower.
"""

import argparse
import asyncio
import os
import random
import statistics
import subprocess
import sys
import time
from collections import Counter, defaultdict
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("DEVELOPMENT", "true")
django.setup()

from tests.faults.server import ROOT, Server, environment, manage, prepare  # noqa: E402
from tests.faults.services import Nginx, Postgres, Redis, public_folder  # noqa: E402
from tests.load import scenario  # noqa: E402

READERS, READ_EVERY = 200, 5.0
WRITERS, WRITE_EVERY = 50, 20.0
WARM_UP, MEASURED = 10.0, 60.0
MAX_P99 = 0.5
KINDS = {"lesson": 40, "thread": 25, "discussions": 10, "course": 8, "library": 7, "notebook": 5, "search": 5}
TOKEN = "a" * 32
TICKS = os.sysconf("SC_CLK_TCK")


class Answer(NamedTuple):
    kind: str
    path: str
    status: int
    asked_at: float
    seconds: float


class Crowd:
    """People with a browser each. `answers` has every answer, `acknowledged` every text that was accepted."""

    def __init__(self, port: int, people: dict, dice: random.Random):
        self.port, self.people, self.dice = port, people, dice
        self.answers: list[Answer] = []
        self.acknowledged: list[str] = []

    async def run(self) -> None:
        self.ends_at = time.perf_counter() + WARM_UP + MEASURED
        readers = [self._read(session) for session in self.people["readers"]]
        writers = [self._write(session, n) for n, session in enumerate(self.people["writers"])]
        await asyncio.gather(*readers, *writers)

    async def _wait(self, about: float) -> bool:
        """Wait for half to one and a half of that time; return whether there is time for another page."""
        await asyncio.sleep(about * self.dice.uniform(0.5, 1.5))
        return time.perf_counter() < self.ends_at

    async def _read(self, session: str) -> None:
        await asyncio.sleep(self.dice.uniform(0, READ_EVERY))
        while await self._wait(READ_EVERY):
            [kind] = self.dice.choices(list(KINDS), weights=list(KINDS.values()))
            path = self.dice.choice(self.people["paths"][kind])
            await self._ask(kind, "GET", path, session)
            if kind == "lesson":
                await self._ask("positions", "GET", f"/lessons/{path.split('/')[2]}/notes/positions/", session)

    async def _write(self, session: str, number: int) -> None:
        await asyncio.sleep(self.dice.uniform(0, WRITE_EVERY))
        count = 0
        while True:
            path = f"/threads/{self.dice.choice(self.people['threads'])}/"
            await self._ask("thread", "GET", path, session)
            if not await self._wait(WRITE_EVERY):
                return
            count += 1
            text = f"{scenario.WRITTEN}person {number}, text {count}, says something about the tides."
            form = {"csrfmiddlewaretoken": TOKEN, "source": text, "key": str(uuid4()), "send": ""}
            if await self._ask("reply", "POST", path, session, urlencode(form)) == 302:
                self.acknowledged.append(text)

    async def _ask(self, kind: str, method: str, path: str, session: str, body: str = "") -> int:
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAccept: text/html\r\n"
        head += f"Cookie: sessionid={session}; csrftoken={TOKEN}\r\n"
        if body:
            head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        began = time.perf_counter()
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            writer.write(f"{head}\r\n{body}".encode())
            received = await reader.read()
            writer.close()
            status = int(received[9:12] or 0)
        except OSError:
            status = 0
        self.answers.append(Answer(kind, path, status, began, time.perf_counter() - began))
        return status

    def measured(self) -> list[Answer]:
        began = self.ends_at - MEASURED
        return [answer for answer in self.answers if began <= answer.asked_at < self.ends_at]


class Usage:
    """The CPU time of the machine and of processes since it was made."""

    def __init__(self, **pids: int):
        self.pids = pids
        self.began = self._now()

    def _now(self) -> dict[str, float]:
        fields = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
        idle = fields[3] + fields[4]
        return {"all": (sum(fields) - idle) / TICKS} | {name: cpu_of(pid) for name, pid in self.pids.items()}

    def spent(self) -> dict[str, float]:
        return {name: seconds - self.began[name] for name, seconds in self._now().items()}


def cpu_of(pid: int) -> float:
    """Return the CPU seconds of a process and its children."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS + sum(cpu_of(int(child)) for child in children)


def report(crowd: Crowd, usage: dict[str, float]) -> list[Answer]:
    """Print how long people waited, by kind of page, and who used the processors; return the measured answers."""
    measured = crowd.measured()
    by_kind = defaultdict(list)
    for answer in measured:
        by_kind["all"].append(answer.seconds)
        by_kind[answer.kind].append(answer.seconds)
    print(f"{'':12} {'answers':>8} {'median':>8} {'95 %':>8} {'99 %':>8} {'longest':>8}  ms")
    for kind, seconds in sorted(by_kind.items(), key=lambda item: -len(item[1])):
        cells = [statistics.median(seconds), quantile(seconds, 0.95), quantile(seconds, 0.99), max(seconds)]
        print(f"{kind:12} {len(seconds):8} " + " ".join(f"{cell * 1000:8.0f}" for cell in cells))
    own = sum(seconds for name, seconds in usage.items() if name != "all")
    parts = ", ".join(f"{name} {seconds:.1f}" for name, seconds in usage.items() if name != "all")
    print(f"CPU seconds: {parts}, others on this machine {usage['all'] - own:.1f}; load {os.getloadavg()[0]:.1f}")
    print(f"statuses: {dict(Counter(answer.status for answer in measured))}")
    return measured


def documented_niceness() -> str:
    """Return the niceness of the scheduler that the documentation for administrators recommends."""
    unit = (ROOT / "docs" / "administration.md").read_text().partition("run_scheduled --loop\nNice=")[2]
    return unit.partition("\n")[0]


def quantile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def run(server: Server, port: int, **pids: int) -> bool:
    """Let the crowd loose; print what happened, and return whether it was good enough."""
    people = server.call(scenario.scenario, READERS, WRITERS)
    log = server.log_file.open("a")
    command = ["nice", "-n", documented_niceness(), sys.executable, "manage.py", "run_scheduled", "--loop"]
    scheduler = subprocess.Popen(command, cwd=ROOT, env=server.environment, stdout=log, stderr=log)
    usage = Usage(server=server.process.pid, clients=os.getpid(), scheduler=scheduler.pid, **pids)
    # The clients' process has the others as children: their time is counted with them.
    usage.began["clients"] = time.process_time()
    crowd = Crowd(port, people, random.Random(16))
    try:
        asyncio.run(crowd.run())
    finally:
        spent = usage.spent() | {"clients": time.process_time() - usage.began["clients"]}
        scheduler.terminate()
        scheduler.wait(30)
        log.close()
    measured = report(crowd, spent)
    stored = Counter(server.call(scenario.stored_texts))
    lost = [text for text in crowd.acknowledged if stored[text] != 1]
    locked = server.log.count("database is locked")
    right = server.call(scenario.counters_are_right, people["threads"])
    p99 = quantile([answer.seconds for answer in measured], 0.99)
    failed = [answer for answer in measured if answer.status not in (200, 302)]
    print(
        f"99 % within {p99 * 1000:.0f} ms (goal {MAX_P99 * 1000:.0f}), {len(crowd.acknowledged)} texts acknowledged, "
        f"{len(lost)} lost, {locked} locked, {len(failed)} failed, counters {'right' if right else 'WRONG'}"
    )
    for answer in failed[:5]:
        print(f"{answer.status} {answer.path}")
    return p99 <= MAX_P99 and right and not (lost or locked or failed)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--scale", type=float, default=1.0, help="0.01 makes a hundredth of the world")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(public_folder())
        services: dict[str, int] = {}
        database_url, settings = "", {}
        if options.database == "postgresql":
            postgres = Postgres(folder)
            postgres.start()
            stack.callback(postgres.stop)
            redis = Redis(folder)
            redis.start()
            stack.callback(redis.stop)
            database_url = postgres.create("load")
            settings = {"CACHE_URL": redis.url, "BEHIND_PROXY": "true"}
            services = {"postgresql": postgres.pid, "redis": redis.process.pid}
        installed = folder / "installed"
        installed.mkdir()
        prepare(installed, database_url)
        manage(environment(installed), "collectstatic", "--noinput", "-v", "0", "--ignore", "*.map")
        workers = 4 if database_url else 2
        server = stack.enter_context(
            Server(installed, database_url=database_url, workers=workers, threads=4, **settings)
        )
        began = time.perf_counter()
        server.call(scenario.fill, options.scale)
        print(f"World of scale {options.scale:g} filled in {time.perf_counter() - began:.0f} s.", flush=True)
        began = time.perf_counter()
        server.manage("run_scheduled", "-v", "0")
        server.call(scenario.analyze)
        print(f"Its index and its e-mails made in {time.perf_counter() - began:.0f} s.", flush=True)
        server.start()
        port = server.port
        if database_url:
            nginx = stack.enter_context(Nginx(stack.enter_context(public_folder()), server.port))
            port, services = nginx.port, services | {"nginx": nginx.process.pid}
        return 0 if run(server, port, **services) else 1


if __name__ == "__main__":
    sys.exit(main())
