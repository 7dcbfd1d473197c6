import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def no_throttle_from_before():
    """What other tests have asked for the same address does not count."""
    cache.clear()
