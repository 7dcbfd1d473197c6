"""The Nu HTML checker finds nothing on any list and form of the admin. Skipped where it is not installed.

It is the npm package `vnu-jar` and needs Java; a command `vnu` on the PATH runs it: `java -jar …/vnu.jar "$@"`.
"""

import json
import shutil
import subprocess

import pytest
from django.contrib import admin
from django.urls import reverse

VNU = shutil.which("vnu")
pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(VNU is None, reason="the Nu HTML checker (vnu) is not installed"),
]


def test_lists_and_forms_conform(sign_in, administrator, instructor, case_study, tmp_path):
    for user in (administrator, instructor):
        client = sign_in(user)
        for name, response in pages(client):
            if response.status_code == 200:
                (tmp_path / f"{user.pk}-{name}.html").write_bytes(response.content)
    assert len(list(tmp_path.iterdir())) > 40
    command = [str(VNU), "--format", "json", "--exit-zero-always", str(tmp_path)]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stderr)["messages"]
    assert [(each["message"], each.get("extract"), each["url"].rpartition("/")[2]) for each in found] == []


def pages(client):
    """Yield the index, and the pages of every model in the admin: list, form, wrong form, and those of a row."""
    yield "index", client.get(reverse("admin:index"))
    for model in admin.site._registry:
        opts = model._meta
        page = f"admin:{opts.app_label}_{opts.model_name}"
        yield f"{page}-list", client.get(reverse(f"{page}_changelist"))
        yield f"{page}-nothing", client.get(reverse(f"{page}_changelist") + "?q=nothing")
        yield f"{page}-add", client.get(reverse(f"{page}_add"))
        yield f"{page}-wrong", client.post(reverse(f"{page}_add"), {})
        row = model._default_manager.first()
        for what in ("change", "history", "delete") if row else ():
            yield f"{page}-{what}", client.get(reverse(f"{page}_{what}", args=[row.pk]))
