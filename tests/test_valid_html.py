"""The pages' HTML is valid: the Nu validator finds no error. `pytest -m validate` runs this; VNU_JAR is its jar."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from lessons.accounts.models import User
from lessons.discussions.models import Thread
from lessons.importing.readers import read_upload
from lessons.models import Lesson
from tests.factories import start_import

COURSE = "/courses/alliances-and-diplomacy/"
DISCUSSIONS = f"{COURSE}discussions/"
VISITOR = ["/", "/accounts/login/", "/accounts/signup/", "/permissions/"]
MEMBER = [
    "/",
    COURSE,
    *(f"{COURSE}{part}/" for part in ("lessons", "glossary", "timeline", "search", "work", "participation")),
    *(f"{path}search/?q=silense+procedure" for path in ("/", COURSE)),
    *(f"{DISCUSSIONS}{part}" for part in ("", "text/", "new/")),
    *("/review/", "/review/cards/"),
    *("/notifications/", "/notebook/", "/drafts/", "/accounts/profile/"),
]
INSIGHT = [f"{COURSE}insight/", f"{COURSE}insight/lecture/"]
PARTICIPATION = [f"{COURSE}participation/{page}" for page in ("rules/new/", "staff/")]
STAFF = [*MEMBER, *INSIGHT, *PARTICIPATION, f"{DISCUSSIONS}inbox/", f"{COURSE}members/", f"{COURSE}groups/", "/admin/"]
# Roles of tables that narrow screens show as cards, where some browsers take the table's own roles from it.
TABLE_ROLES = re.compile("The “role” attribute must not be used on a “t[dhr]” element")
ARTICLE = (
    b"# Dikes\n\nText.\n\n## How\n\nA **seep** is water that comes through. On 1 February 1953 the sea broke in.\n"
)


@pytest.fixture(scope="module")
def validator():
    """Return the command that runs the validator."""
    jar = os.environ.get("VNU_JAR", "")
    if not Path(jar).is_file():
        pytest.skip("no Nu validator: set VNU_JAR to the vnu.jar of npm's package vnu-jar")
    if not shutil.which("java"):
        pytest.skip("no Java on this machine: install default-jre-headless")
    return ["java", "-jar", jar, "--format", "json", "--stdout", "--exit-zero-always"]


@pytest.mark.validate
@pytest.mark.django_db
def test_the_validator_finds_nothing_on_the_main_pages(validator, tmp_path):
    call_command("quickstart", no_serve=True)
    addresses = {"": VISITOR, "learner-a": MEMBER + of_class(), "instructor": STAFF + of_class() + of_authors()}
    addresses["admin"] = ["/admin/operations/"]
    for who, paths in addresses.items():
        client = Client()
        if who:
            client.force_login(User.objects.get(email=f"{who}@example.org"))
        for path in paths:
            reply = client.get(path, follow=True)
            assert reply.status_code == 200, path
            name = re.sub(r"\W+", "-", f"{who}{path}")
            (tmp_path / f"{name}.html").write_bytes(reply.content)
    run = subprocess.run([*validator, str(tmp_path)], capture_output=True, text=True, check=True)
    found = json.loads(run.stdout)["messages"]
    errors = [message for message in found if message["type"] == "error"]
    assert [problem(message) for message in errors if not TABLE_ROLES.match(message["message"])] == []


def problem(message):
    """Return the message of the validator with its page and the markup it is about."""
    page = message["url"].rpartition("/")[2]
    return f"{page}:{message.get('lastLine')}: {message['message']} {message.get('extract', '')!r}"


def of_class():
    """Return the pages of a lesson with many notes, of its notes and of discussions of each kind."""
    lesson = Lesson.objects.with_course().filter(title="Collective defence").get()
    threads = Thread.objects.filter(audience="course", annotation__isnull=True).order_by("pk")[:6]
    pages = [lesson.get_absolute_url(), lesson.module.get_absolute_url(), f"/lessons/{lesson.pk}/notes/"]
    pages.append(f"/lessons/{lesson.pk}/checks/")
    return [*pages, *(f"/threads/{thread.pk}/" for thread in threads)]


def of_authors():
    """Return the pages of authoring: of a course, a module, a lesson, an import and its review."""
    lesson = Lesson.objects.with_course().get(title="Collective defence")
    course, author = lesson.module.course, User.objects.get(email="instructor@example.org")
    review = start_import(by=author, course=course, name="dikes.md", parsed=read_upload("dikes.md", ARTICLE))
    models = f"courses/course/{course.pk}", f"lessons/module/{lesson.module.pk}", f"lessons/lesson/{lesson.pk}"
    member = course.memberships.get(user__email="learner-a@example.org")
    insight = [f"/lessons/{lesson.pk}/insight/", f"{COURSE}members/{member.pk}/work/"]
    pages = [f"/admin/{model}/change/" for model in models]
    return [*pages, f"/admin/{models[2]}/checks/new/", f"/admin/articles/{review.pk}/", *insight]
