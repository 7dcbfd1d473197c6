"""A pytest plugin loaded before Django's settings, so that tests need no environment variables."""

import gc
import os
import sys

# Each process compiles the code and rewrites the tests' assertions, which takes longer than all else before the first
# test; so byte code is kept, whatever the environment says.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ.setdefault("DEVELOPMENT", "true")
os.environ.setdefault("SECRET_KEY", "only-for-tests")
os.environ.setdefault("EMAIL_URL", "memorymail://")
os.environ.setdefault("CACHE_URL", "locmemcache://")
if os.environ["CACHE_URL"].startswith("redis://"):
    # One Redis database for each worker: one may clear its cache while another counts failed sign-ins.
    server, _slash, _number = os.environ["CACHE_URL"].rpartition("/")
    os.environ["CACHE_URL"] = f"{server}/{os.environ.get('PYTEST_XDIST_WORKER', 'gw0').removeprefix('gw')}"
# tests/benchmarks/enumeration.py measures this delay.
os.environ.setdefault("AUTH_RESPONSE_SECONDS", "0")
# Playwright keeps an event loop running in the thread of the tests that come after it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_collection_finish():
    """Exempt what is loaded by now from garbage collection, which would take a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
