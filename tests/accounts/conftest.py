import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def clear_rate_limits():
    """Forget the requests of other tests, so that they do not count for the same address."""
    cache.clear()
