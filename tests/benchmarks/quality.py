"""Print the table of what pages and actions cost, beside the goals. By hand:

    PYTHONPATH=. python -m tests.benchmarks.quality                          on SQLite
    PYTHONPATH=. python -m tests.benchmarks.quality --database postgresql    on a private PostgreSQL

The costs of pages are ratios to the floor F: `/health/live/`, a constant through all of the middleware, asked in turns
with the pages in the same run, and by the same learner, whose session and user the middleware reads. Counted is the
CPU time of the server's processes; on PostgreSQL, whose own processes work too, compare the ratios of the wall time.
The world is that of `tests/load/seed_load.py` at scale 1: 5,000 members, 200 lessons, 20,000 annotations, 2,000
threads, 100,000 posts; and a check in each lesson of the large course, which half of its readers have answered.
Filling it takes minutes; `--keep FOLDER` keeps it, on SQLite, for the next run. Seconds depend on the machine, and on
what else it does: its load is printed.
"""

import argparse
import http.client
import os
import statistics
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
os.environ.setdefault("DEVELOPMENT", "true")
django.setup()

from tests.benchmarks import measured_world, post_replies  # noqa: E402
from tests.faults.server import Server, environment, manage, prepare  # noqa: E402
from tests.faults.services import Postgres, public_folder  # noqa: E402
from tests.load.readers_and_writers import cpu_of  # noqa: E402

FLOOR = "/health/live/"
ROUNDS, REQUESTS, CONNECTIONS = 5, 40, 2


class Page(NamedTuple):
    """What is asked for, as whom, and how many floors it may cost. `path` names one of `measured_world.paths`."""

    name: str
    path: str
    goal: float
    role: str = "learner"
    is_revalidated: bool = False


PAGES = [
    Page("lesson, member", "lesson", 3.5),
    Page("lesson, visitor", "lesson", 3.5, role=""),
    Page("lesson with 1,000 notes", "lesson with 1,000 annotations", 3.5),
    Page("positions of 1,000 notes", "positions of 1,000", 4.7),
    Page("lesson, unchanged: 304", "lesson", 1.5, is_revalidated=True),
    Page("thread, 50 of 1,000", "thread", 4),
    Page("thread, last page", "last page of the thread", 4),
    Page("discussions, 50 of thousands", "discussions", 5),
    Page("discussions, far down", "discussions, far down", 5),
    Page("discussions, instructor", "discussions", 5, role="instructor"),
    Page("library", "library", 5),
    Page("library, instructor", "library", 5, role="instructor"),
    Page("home of a course", "course", 5),
    Page("home of a course, instructor", "course", 5, role="instructor"),
    Page("notes from the text", "discussions from the text", 5),
    Page("staff inbox", "staff inbox", 5, role="instructor"),
    Page("confusion board", "confusion board", 10, role="instructor"),
    Page("lecture note", "lecture note", 5, role="instructor"),
    Page("learners of a lesson", "learners of a lesson", 10, role="instructor"),
    Page("map of a lesson, 1,000 notes", "map of a lesson", 10, role="instructor"),
    Page("module", "module", 5),
    Page("tag", "tag", 5),
    Page("notebook", "notebook", 5),
    Page("notes as a container, 100 a page", "page of the annotation container", 10),
    Page("search page, common word", "search", 12),
    Page("search while typing", "suggestions", 8),
    Page("lesson with a check", "lesson with a check", 3.5),
    Page("review, a hundred due", "review", 4),
    Page("cards of the review", "review cards", 5),
    Page("checks of a lesson", "checks of a lesson", 5),
    Page("one's own work", "own work", 10),
    Page("passage map, 10,000 notes", "passage map", 10, role="instructor"),
    Page("participation of 5,000", "participation", 10, role="instructor"),
    Page("participation, one's own", "participation", 5),
    Page("work of the staff", "work of staff", 5, role="instructor"),
]


class Cost(NamedTuple):
    """Medians over the rounds, in milliseconds a request."""

    cpu: float
    wall: float


class Visitor:
    """Asks for one path over kept connections."""

    def __init__(self, server: Server, path: str, session: str = "", is_revalidated: bool = False):
        self.server, self.path = server, path
        self.headers = {"Accept": "text/html", "Accept-Encoding": "br, gzip"}
        if session:
            self.headers["Cookie"] = f"sessionid={session}; csrftoken={'a' * 32}"
        self.statuses: set[int] = set()
        self.is_revalidated = is_revalidated
        self.ask(4)
        self.statuses.clear()

    def _ask_for_etag(self) -> str:
        with http_connection(self.server.port) as connection:
            connection.request("GET", self.path, headers=self.headers)
            response = connection.getresponse()
            response.read()
            return response.headers["ETag"]

    def ask(self, times: int) -> None:
        threads = [threading.Thread(target=self._ask, args=(times // CONNECTIONS,)) for _ in range(CONNECTIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _ask(self, times: int) -> None:
        with http_connection(self.server.port) as connection:
            for _ in range(times):
                connection.request("GET", self.path, headers=self.headers)
                response = connection.getresponse()
                response.read()
                self.statuses.add(response.status)

    def measure(self, times: int) -> tuple[float, float]:
        """Return the CPU time of the server and the wall time, in milliseconds a request."""
        if self.is_revalidated:
            self.headers["If-None-Match"] = self._ask_for_etag()  # reading other pages may have changed it
        cpu, began = cpu_of(self.server.process.pid), time.perf_counter()
        self.ask(times)
        wall = time.perf_counter() - began
        return 1000 * (cpu_of(self.server.process.pid) - cpu) / times, 1000 * wall / times


class http_connection(http.client.HTTPConnection):  # noqa: N801
    """A connection to the port that is closed in the end."""

    def __init__(self, port: int):
        super().__init__("127.0.0.1", port, timeout=120)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.close()


def page_costs(server: Server, world: dict) -> dict[Page | None, Cost]:
    """Return the cost of each page, and of the floor as that of None."""
    visitors: dict[Page | None, Visitor] = {None: Visitor(server, FLOOR, world["sessions"]["learner"])}
    for page in PAGES:
        session = world["sessions"].get(page.role, "")
        visitors[page] = Visitor(server, world["paths"][page.path], session, page.is_revalidated)
    rounds: dict[Page | None, list[tuple[float, float]]] = {page: [] for page in visitors}
    for _ in range(ROUNDS):
        for page, visitor in visitors.items():
            rounds[page].append(visitor.measure(REQUESTS * (5 if page is None else 1)))
    costs = {}
    for page, visitor in visitors.items():
        cpu, wall = (statistics.median(column) for column in zip(*rounds[page], strict=True))
        expected = 304 if page and page.is_revalidated else 200
        assert visitor.statuses == {expected}, f"{visitor.path}: {visitor.statuses}"
        costs[page] = Cost(cpu, wall)
    return costs


class Table:
    """Lines of what was measured, beside the goal. `failures` counts those that miss it."""

    def __init__(self):
        self.failures = 0

    def head(self) -> None:
        print(f"\n{'':36} {'CPU ms':>8} {'CPU / F':>8} {'wall / F':>8} {'goal':>8}")

    def page(self, page: Page, cost: Cost, floor: Cost, by_wall: bool) -> None:
        cpu, wall = cost.cpu / floor.cpu, cost.wall / floor.wall
        verdict = self._verdict((wall if by_wall else cpu) <= page.goal)
        print(f"{page.name:36} {cost.cpu:8.2f} {cpu:8.1f} {wall:8.1f} {page.goal:6.1f} F {verdict}")

    def figure(self, name: str, value: float, unit: str, goal: float, *, at_least: bool = False) -> None:
        verdict = self._verdict(value >= goal if at_least else value <= goal)
        print(f"{name:60} {value:8.2f} {unit:7} {'>=' if at_least else '<='} {goal:g} {verdict}")

    def _verdict(self, is_good: bool) -> str:
        self.failures += not is_good
        return "" if is_good else "  MISSED"


def measure_pages(server: Server, world: dict, table: Table, by_wall: bool) -> None:
    server.start()
    costs = page_costs(server, world)
    floor = costs.pop(None)
    print(f"F is {floor.cpu:.2f} ms CPU and {floor.wall:.2f} ms; load {os.getloadavg()[0]:.1f}")
    table.head()
    for page, cost in costs.items():
        table.page(page, cost, floor, by_wall)
    export = world["paths"]["export"]
    visitor = Visitor(server, export, world["sessions"]["learner"])
    cpu, wall = statistics.median([visitor.measure(2) for _ in range(3)])
    table.figure("export of 10,000 notes", (wall if by_wall else cpu) / 1000, "s", 1)
    server.stop()


def measure_posts(server: Server, world: dict, table: Table) -> None:
    """Compare posting with a bare view that inserts a row and adds to two counters, on four workers."""
    server.workers, server.application = 4, "tests.benchmarks.bare:application"
    server.start()
    threads, sessions = world["threads"], [world["sessions"]["instructor"]]
    before, ratios, sent, accepted = server.call(measured_world.count_posts, threads), [], 0, 0
    for _ in range(ROUNDS):
        bare, answers = post_replies.rate(server.port, sessions, [f"/bare/{pk}/" for pk in threads])
        replies, more = post_replies.rate(server.port, sessions, [f"/threads/{pk}/" for pk in threads])
        ratios.append(replies / bare)
        sent += len(answers) + len(more)
        accepted += answers.count(200) + more.count(302)
    lost = accepted - (server.call(measured_world.count_posts, threads) - before)
    table.figure(
        "durable post, 4 workers, to a bare insert with two counters",
        statistics.median(ratios),
        "",
        0.8,
        at_least=True,
    )
    table.figure(f"  of {sent} posts: not accepted", sent - accepted, "", 0)
    table.figure("  acknowledged and lost", lost, "", 0)
    table.figure("  “database is locked” in the log", server.log.count("database is locked"), "", 0)
    server.stop()


def measure_actions(server: Server, world: dict, table: Table, folder: Path) -> None:
    table.figure(
        "re-anchor 10,000 notes at publish, CPU", server.call(measured_world.republish, world["lesson"]), "s", 0.5
    )
    file = folder / "backup.zip"
    began = time.perf_counter()
    server.manage("check")
    start_of_python = time.perf_counter() - began
    began = time.perf_counter()
    server.manage("backup", str(file))
    seconds = time.perf_counter() - began - start_of_python
    size = max(1.0, server.call(measured_world.database_bytes) / 1e8)
    table.figure("backup, each 100 MB of the database", max(0.0, seconds) / size, "s", 1)


def measure_digests(folder: Path, table: Table, database_url: str) -> None:
    prepare(folder, database_url)
    script = (Path(__file__).parent / "digest.py").read_text()
    environ = environment(folder, database_url, EMAIL_URL=f"filemail:///{folder / 'mail'}")
    said = manage(environ, "shell", "-v", "0", text=script)
    print(said.strip().splitlines()[-1])
    table.figure("digest for 5,000 people", float(said.rpartition(" emails in ")[2].split()[0]), "s", 20)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--scale", type=float, default=1.0, help="0.01 makes a hundredth of the world")
    parser.add_argument("--keep", type=Path, help="a folder with the world of an earlier run, or for this one's")
    parser.add_argument("--only", choices=["pages", "posts", "actions", "digests"], help="measure only this")
    options = parser.parse_args()
    with ExitStack() as stack:
        scratch = stack.enter_context(public_folder())
        postgres = None
        if options.database == "postgresql":
            postgres = Postgres(scratch)
            postgres.start()
            stack.callback(postgres.stop)
        database_url = postgres.create("world") if postgres else ""
        installed = measured_world.install(options.keep or scratch / "installed", database_url)
        server = stack.enter_context(Server(installed, database_url=database_url, workers=1, threads=CONNECTIONS))
        world = measured_world.fill(server, options.scale)
        table = Table()
        steps = {
            "pages": lambda: measure_pages(server, world, table, by_wall=bool(postgres)),
            "posts": lambda: measure_posts(server, world, table),
            "actions": lambda: measure_actions(server, world, table, scratch),
            "digests": lambda: measure_digests(
                stack.enter_context(public_folder()), table, postgres.create("digests") if postgres else ""
            ),
        }
        for name, step in steps.items():
            if options.only in (None, name):
                step()
        print(f"{table.failures} goals missed")
        return 1 if table.failures else 0


if __name__ == "__main__":
    sys.exit(main())
