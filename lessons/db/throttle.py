"""Count requests in the cache, which all processes share. If it is unavailable, the error refuses the request."""

import time

from django.core.cache import cache


def is_within_limit(name: str, *, limit: int, seconds: int) -> bool:
    """Count one more request under `name`; return whether there were at most `limit` in these `seconds`."""
    window = int(time.time()) // seconds
    key = f"throttle:{name}:{window}"
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key) <= limit
    except ValueError:  # the entry was evicted in the meantime
        cache.set(key, 1, seconds)
        return limit > 0
