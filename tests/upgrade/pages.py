"""Follow the links of a site from its home page, as several people, and print as JSON which pages do not answer.

Run with the folder of a version as PYTHONPATH. Arguments: the people's e-mail addresses, and the pages for each.
"""

import json
import os
import re
import sys
from html import unescape

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from lessons.accounts.models import User  # noqa: E402

LINK = re.compile(r'<a\b[^>]*\bhref="(/[^"#]*)')


def followed(email: str, pages: int) -> dict[str, int]:
    """Return the status of each page."""
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(email=email))
    statuses: dict[str, int] = {}
    waiting = ["/"]
    while waiting and len(statuses) < pages:
        path = waiting.pop(0)
        if path in statuses or path.startswith("/accounts/logout/"):
            continue
        reply = client.get(path)
        statuses[path] = reply.status_code
        if reply.status_code == 200 and reply["Content-Type"].startswith("text/html"):
            waiting += map(unescape, LINK.findall(reply.content.decode()))
    return statuses


setup_test_environment()
emails, pages = sys.argv[1:-1], int(sys.argv[-1])
json.dump({email: followed(email, pages) for email in emails}, sys.stdout)
