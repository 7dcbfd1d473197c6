"""Show Django another time than that of the machine: first in PYTHONPATH, Python imports this before all else.

The file that CLOCK_FILE names has the seconds by which the clock is ahead, and may change at any moment.
"""

import os
import time
from datetime import timedelta

from django.utils import timezone

real_time, real_now = time.time, timezone.now


def ahead() -> float:
    with open(os.environ["CLOCK_FILE"]) as file:
        return float(file.read())


time.time = lambda: real_time() + ahead()
timezone.now = lambda: real_now() + timedelta(seconds=ahead())
