"""A pytest plugin loaded before Django's settings, so that tests need no environment variables."""

import gc
import os
import sys
from contextlib import contextmanager, nullcontext, suppress
from importlib import import_module
from pathlib import Path
from zlib import crc32

import coverage
import pytest

# Compiling the code and rewriting the assertions takes most of the time before the first test, in each process: so
# byte code is cached, whatever the environment says.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ.setdefault("DEVELOPMENT", "true")
os.environ.setdefault("SECRET_KEY", "only-for-tests")
os.environ.setdefault("EMAIL_URL", "memorymail://")
os.environ.setdefault("CACHE_URL", "locmemcache://")
if os.environ["CACHE_URL"].startswith("redis://"):
    # A database for each worker: one may clear its cache while another counts wrong passwords.
    server, _slash, _number = os.environ["CACHE_URL"].rpartition("/")
    os.environ["CACHE_URL"] = f"{server}/{os.environ.get('PYTEST_XDIST_WORKER', 'gw0').removeprefix('gw')}"
# Playwright leaves an event loop running in the thread of later tests.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


TESTS = Path(__file__).parent
# Set in CI's second run, which asks every question; otherwise a sample of them, always the same, is asked.
THOROUGH = bool(os.environ.get("THOROUGH"))


def examples(number: int) -> int:
    """Return the number of examples for a property test: all in a thorough run, otherwise a fifth."""
    return number if THOROUGH else max(number // 5, 3)


def sample(items, key="", parts=3) -> list:
    """Return all items in a thorough run, otherwise one of so many parts of them; `key` decides which."""
    items = list(items)
    return items if THOROUGH else items[crc32(str(key).encode()) % parts :: parts]


# Run only when asked for by name: `-m engines`.
ON_REQUEST = "engines", "validate", "machine", "upgrade", "faults", "providers"


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session):
    """Let each worker begin with another share of all modules: pytest compiles a module for whoever imports it first,
    and caches that for the others. In a fresh clone, it takes ten seconds. What cannot be imported fails later.
    """
    number, count = (os.environ.get(f"PYTEST_XDIST_WORKER{name}", "").removeprefix("gw") for name in ("", "_COUNT"))
    if number and [Path(argument).resolve() for argument in session.config.args] == [TESTS]:
        for file in sorted(TESTS.rglob("test_*.py"))[int(number) :: int(count)]:
            with suppress(Exception):
                import_module(".".join(file.relative_to(TESTS.parent).with_suffix("").parts))


def pytest_collection_modifyitems(config, items):
    """Leave tests that are marked as thorough to a thorough run, and others to a run that asks for them."""
    left_to_others = [marker for marker in ON_REQUEST if marker not in config.option.markexpr]
    if not THOROUGH:
        left_to_others.append("thorough")
    left_out = [item for item in items if any(map(item.get_closest_marker, left_to_others))]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not any(map(item.get_closest_marker, left_to_others))]


def pytest_terminal_summary(terminalreporter):
    """Print what tests have measured and recorded as `figures`."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for line in (value for name, value in report.user_properties if name == "figures"):
                terminalreporter.write_line(f"{outcome}  {line}")


@contextmanager
def unmeasured():
    """Pause the measuring of branch coverage in this process: it takes nearly as long as what it measures."""
    if measuring := coverage.Coverage.current():
        measuring.stop()
    try:
        yield
    finally:
        if measuring:
            measuring.start()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item):
    """Do not measure thorough tests: others cover most of what they do. Processes that they start are measured."""
    with unmeasured() if item.get_closest_marker("thorough") else nullcontext():
        yield


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_setup(item):
    """Measure each fixture once in this process: it does the same before hundreds of tests, in a fifth of the time."""
    fixtures = fixtures_of(item)
    with unmeasured() if fixtures <= measured_fixtures else nullcontext():
        if coverage.Coverage.current():
            measured_fixtures.update(fixtures)
        yield


measured_fixtures: set[tuple] = set()


def fixtures_of(item) -> set[tuple]:
    """Return the functions of a test's fixtures, those with parameters together with what the test gives them."""
    found = getattr(item, "_fixtureinfo", None)
    given = getattr(getattr(item, "callspec", None), "params", {})
    defined = found.name2fixturedefs.items() if found else ()
    return {(own[-1].func, repr(given[name]) if name in given else "") for name, own in defined if own}


def pytest_collection_finish():
    """Exempt what is loaded by now from garbage collection, which takes a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
