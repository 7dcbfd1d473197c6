"""How rows of the demo are recognised: by UUIDs that nothing else creates, which also tell when it was loaded."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from uuid import UUID

# Version 8, which RFC 9562 leaves to its users: the first 64 bits are the same in every demo.
PREFIX = 0xDE305EED_C1A5_8000
SECONDS_SHIFT, VARIANT = 24, 0b10 << 62
FIRST, LAST = UUID(int=PREFIX << 64), UUID(int=(PREFIX << 64) + (1 << 64) - 1)


def new_keys(loaded_at: datetime) -> Iterator[UUID]:
    """Yield keys for the rows of a demo that is loaded now: the prefix, the seconds since 1970, and a number."""
    start = PREFIX << 64 | VARIANT | int(loaded_at.timestamp()) << SECONDS_SHIFT
    return (UUID(int=start + number) for number in count())


def is_demo_key(key: UUID) -> bool:
    return FIRST <= key <= LAST


def loading_time(key: UUID) -> datetime:
    """Return when the demo with this key was loaded."""
    return datetime.fromtimestamp((key.int & ((1 << 62) - 1)) >> SECONDS_SHIFT, UTC)
