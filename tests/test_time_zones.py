"""Days of moments in time zones."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lessons.time_zones import LocalDays

ZONES = ["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"]
# When clocks in these zones are set, in St. John's a minute after midnight, and when Apia left out a day.
CHANGES = [(2026, 3, 29), (2026, 10, 25), (2011, 11, 6), (2011, 3, 13), (2026, 4, 4), (2026, 10, 3), (2011, 12, 30)]


@pytest.mark.parametrize("name", ZONES)
def test_the_day_of_a_minute_is_that_of_the_zone(name):
    zone = ZoneInfo(name)
    days = LocalDays(zone)
    for change in CHANGES:
        for n in range(0, 60 * 48, 7):
            for moment in (datetime(*change, tzinfo=UTC) + timedelta(minutes=n + m - 720) for m in (0, 1)):
                day = moment.astimezone(zone).date().isoformat()
                assert days.of_minute(moment.strftime("%Y-%m-%d %H:%M")) == day
