"""Let the C library give memory back, so that a server stays as small after a large request as it was before."""

import ctypes
from contextlib import suppress

# Parameters of glibc's mallopt(3).
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
MEGABYTE = 1024 * 1024


def return_memory_early() -> None:
    """Use one heap for all threads, and give every large block back when it is freed. Other C libraries do so anyway.

    By default glibc keeps a heap for each thread, and raises the size of what it keeps to that of the largest block.
    """
    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.mallopt(M_ARENA_MAX, 1)
        libc.mallopt(M_MMAP_THRESHOLD, MEGABYTE)
        libc.mallopt(M_TRIM_THRESHOLD, MEGABYTE)
