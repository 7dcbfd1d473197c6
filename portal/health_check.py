"""Ends with 0 if the server on this machine answers, for the container: `python -m portal.health_check`."""

import http.client
import os
import sys

ADDRESS = ("127.0.0.1", 8000)
SECONDS = 4


def is_live() -> bool:
    """Ask for /health/live/ as a host that the site takes requests for."""
    host = os.environ.get("ALLOWED_HOSTS", "").partition(",")[0].strip().lstrip(".*") or "localhost"
    connection = http.client.HTTPConnection(*ADDRESS, timeout=SECONDS)
    try:
        connection.request("GET", "/health/live/", headers={"Host": host})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(not is_live())
