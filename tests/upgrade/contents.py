"""Print what a site's database holds, as JSON: of each table the number of rows, and a digest of each column.

Run with the folder of a version as PYTHONPATH: the tables and columns are those that this version knows.
"""

import hashlib
import json
import os
import sys
from datetime import UTC, datetime

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.apps import apps  # noqa: E402

OTHERS = {"contenttypes", "auth", "sessions"}


def neutral(value) -> str:
    """Return a value as both databases and both versions write it."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def contents() -> dict[str, dict]:
    found = {}
    for model in apps.get_models(include_auto_created=True):
        options = model._meta
        if options.proxy or not options.managed or options.app_label in OTHERS:
            continue
        names = [field.attname for field in options.local_concrete_fields]
        rows = list(model._base_manager.order_by("pk").values_list(*names))
        columns = zip(*rows, strict=True) if rows else [[] for _ in names]
        texts = {
            name: json.dumps([neutral(value) for value in column]) for name, column in zip(names, columns, strict=True)
        }
        digests = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}
        found[options.db_table] = {"rows": len(rows), "columns": digests}
    return found


json.dump(contents(), sys.stdout)
