"""Hash passwords with at most half of a process's threads, so that the other half serves pages meanwhile."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from lessons.db.availability import Overloaded

# Seconds that a request waits for its turn before it is refused with a request to try again.
MAX_WAIT = 0.7
NICENESS = 10


class TooManyPasswords(Overloaded):
    """More passwords are being hashed than the server has threads for."""


def _lower_priority() -> None:
    """Let threads that serve pages run before this one. On Linux a thread has a priority of its own."""
    if hasattr(os, "setpriority"):
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


turns = threading.BoundedSemaphore(settings.PASSWORD_HASHING_THREADS)
# Fewer wait than hash, so that a thread is left for pages.
places_to_wait = threading.BoundedSemaphore(max(1, settings.PASSWORD_HASHING_THREADS - 1))
threads = ThreadPoolExecutor(settings.PASSWORD_HASHING_THREADS, "password-hashing", _lower_priority)


def _take_turn() -> bool:
    """Return whether a turn was free, or became free while waiting in one of the places for that."""
    if turns.acquire(blocking=False):
        return True
    if not places_to_wait.acquire(blocking=False):
        return False
    try:
        return turns.acquire(timeout=MAX_WAIT)
    finally:
        places_to_wait.release()


def wait_for_turn() -> None:
    """Wait until a password can be hashed; raise TooManyPasswords as the hasher does. The turn is not reserved."""
    if not _take_turn():
        raise TooManyPasswords
    turns.release()


class LimitedPBKDF2PasswordHasher(PBKDF2PasswordHasher):
    """Django's hasher, PASSWORD_HASHING_THREADS at a time in each process. `encode` and so `verify` raise
    TooManyPasswords for those who would have to wait longer than MAX_WAIT seconds, or find no place to wait.
    """

    def encode(self, password, salt, iterations=None):
        if not _take_turn():
            raise TooManyPasswords
        try:
            return threads.submit(super().encode, password, salt, iterations).result()
        finally:
            turns.release()
