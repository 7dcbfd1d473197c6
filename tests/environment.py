"""Loaded by pytest before Django's settings: tests run without anything in the environment."""

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
    # A database each: one worker empties its cache while another counts wrong passwords in its own.
    server, _slash, _number = os.environ["CACHE_URL"].rpartition("/")
    os.environ["CACHE_URL"] = f"{server}/{os.environ.get('PYTEST_XDIST_WORKER', 'gw0').removeprefix('gw')}"
# Holding answers back is measured by tests/benchmarks/enumeration.py.
os.environ.setdefault("AUTH_RESPONSE_SECONDS", "0")
# Playwright keeps an event loop running in the thread of the tests that come after it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_collection_finish():
    """What is there by now stays, and to look through it for garbage again and again takes a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
