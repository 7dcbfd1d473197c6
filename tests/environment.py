"""A pytest plugin loaded before Django's settings, so that tests need no environment variables."""

import gc
import os
import sys

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


def examples(number: int) -> int:
    """Return the number of examples for a property test: all if THOROUGH is set, as in CI's second run."""
    return number if os.environ.get("THOROUGH") else max(number // 3, 3)


def pytest_collection_finish():
    """Exempt what is loaded by now from garbage collection, which takes a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
