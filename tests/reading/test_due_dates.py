"""Due dates are entered and shown in the course's time zone, with its name and the time, even on cached pages."""

import re
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils.html import strip_tags

from lessons.courses.models import Course
from lessons.models import Lesson
from lessons.time_zones import NonexistentTime, format_moment, moment_at, zone_named
from tests.authoring.conftest import form_of
from tests.factories import make_course, make_user

pytestmark = pytest.mark.django_db
WARSAW = zone_named("Europe/Warsaw")


@pytest.fixture
def due(lesson):
    """Make the lesson due in the last minute of a day in its course's time zone."""
    Course.objects.filter(pk=lesson.module.course_id).update(time_zone="Europe/Warsaw")
    Lesson.objects.filter(pk=lesson.pk).update(due_at="2026-12-03T22:59Z")
    return Lesson.objects.get(pk=lesson.pk)


def shown(client, url):
    """Return the machine-readable moments and the text of the due date on a page."""
    page = client.get(url).content.decode()
    part = re.search(r'<span class="due-date">.*?</span>', page, re.DOTALL)
    return re.findall('datetime="(.*?)"', part[0]), " ".join(strip_tags(part[0]).split())


def test_every_reader_sees_the_due_date_in_the_courses_zone_and_in_their_own(due, sign_in, course, learner):
    text = "Due on 3 Dec 2026, 23:59 (Warsaw time)"
    readers = {
        "Pacific/Auckland": f"{text}; in your time zone: 4 Dec 2026, 11:59 (Auckland time)",
        "America/New_York": f"{text}; in your time zone: 3 Dec 2026, 17:59 (New York time)",
        "Europe/Berlin": text,  # the same hour
        "": text,
    }
    lists = [due.module.get_absolute_url(), course.get_absolute_url(), f"{course.get_absolute_url()}lessons/"]
    for zone, expected in readers.items():
        type(learner).objects.filter(pk=learner.pk).update(time_zone=zone)
        lesson = shown(sign_in(learner), due.get_absolute_url())
        assert lesson == (["2026-12-03T23:59+01:00"], expected), zone
        for page in lists:
            whole = expected.removeprefix("Due on ")
            assert f'title="{whole}"' in sign_in(learner).get(page).content.decode(), (zone, page)
    assert shown(sign_in(None), due.get_absolute_url())[1] == text
    listed = sign_in(None).get(lists[0]).content.decode()
    assert strip_tags(listed).count("Warsaw time") == 1  # the zone is named once a list


def test_the_publication_date_is_not_cached_for_readers_elsewhere(lesson, sign_in, learner):
    moment = lesson.current_revision.published_at
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):  # 25 hours apart: never the same day
        type(learner).objects.filter(pk=learner.pk).update(time_zone=zone)
        day = f"{moment.astimezone(zone_named(zone)):%-d %b %Y}"
        assert day in sign_in(learner).get(lesson.get_absolute_url()).content.decode()


@pytest.mark.thorough
@pytest.mark.parametrize("kind", ["lesson", "casestudy"])
def test_a_due_date_is_entered_in_the_courses_zone(kind, due, case_study, sign_in, instructor):
    row = due if kind == "lesson" else case_study
    Lesson.objects.filter(pk=row.pk).update(due_at="2026-12-03T22:59:59Z")
    instructor.time_zone = "Asia/Tokyo"
    instructor.save()
    client, url = sign_in(instructor), reverse(f"admin:lessons_{kind}_change", args=[row.pk])
    page = client.get(url)
    assert "In the course’s time zone, Europe/Warsaw." in page.content.decode()
    form = form_of(page)
    assert form["due_at"] == "2026-12-03T23:59"
    client.post(url, form | {"title": "Another"})
    assert Lesson.objects.get(pk=row.pk).due_at == datetime(2026, 12, 3, 22, 59, 59, tzinfo=UTC)  # untouched
    client.post(url, form_of(client.get(url)) | {"due_at": "2026-07-01T08:00"})
    assert Lesson.objects.get(pk=row.pk).due_at == datetime(2026, 7, 1, 6, 0, tzinfo=UTC)
    gap = client.post(url, form_of(client.get(url)) | {"due_at": "2026-03-29T02:30"})
    assert "In Europe/Warsaw the clocks go forward at that time" in gap.content.decode()
    for wrong in ("2026-02-30T10:00", "soon", "0001-01-01T00:00"):
        assert "Enter a valid date/time" in client.post(url, form | {"due_at": wrong}).content.decode()
    client.post(url, form_of(client.get(url)) | {"due_at": ""})
    assert Lesson.objects.get(pk=row.pk).due_at is None


def test_a_new_lesson_is_due_in_the_zone_of_the_chosen_module(due, sign_in, instructor):
    client, url = sign_in(instructor), reverse("admin:lessons_lesson_add")
    assert "In the time zone of the module’s course." in client.get(url).content.decode()
    form = form_of(client.get(url)) | {"module": due.module_id, "title": "New", "due_at": "2026-12-03T23:59"}
    client.post(url, form)
    assert Lesson.objects.get(title="New").due_at == due.due_at


def test_an_ambiguous_hour_means_the_later_one_and_names_its_zone(due, sign_in, instructor):
    assert moment_at(datetime(2026, 10, 25, 2, 30), WARSAW) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    twice = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1)]
    zones = [format_moment(moment, WARSAW).partition(", 02:30 ")[2] for moment in twice]
    assert zones == ["(Warsaw time, CEST)", "(Warsaw time, CET)"]
    with pytest.raises(NonexistentTime):
        moment_at(datetime(2026, 3, 29, 2, 30), WARSAW)
    Lesson.objects.update(due_at=twice[0])
    client, url = sign_in(instructor), reverse("admin:lessons_lesson_change", args=[due.pk])
    client.post(url, form_of(client.get(url)) | {"title": "Another"})
    assert Lesson.objects.get(pk=due.pk).due_at == twice[0]


def test_a_course_accepts_only_time_zones_that_this_machine_knows(course, sign_in, instructor, settings):
    settings.TIME_ZONE = "America/Lima"
    assert make_course().time_zone == "America/Lima"
    client, url = sign_in(instructor), reverse("admin:courses_course_change", args=[course.pk])
    Course.objects.update(time_zone="Europe/Kyiv")
    page = client.get(url)
    assert '<option value="Europe/Kyiv" selected>' in page.content.decode()
    no_labels = {"labels-TOTAL_FORMS": "0", "labels-INITIAL_FORMS": "0"}
    client.post(url, form_of(page) | no_labels | {"time_zone": "Asia/Kolkata"})
    assert Course.objects.get(pk=course.pk).time_zone == "Asia/Kolkata"
    Course.objects.update(time_zone="US/Eastern")  # none that is offered
    assert form_of(client.get(url))["time_zone"] == "US/Eastern"
    Course.objects.update(time_zone="Mars/Olympus")  # of another machine
    assert Course.objects.get(pk=course.pk).zone == zone_named("UTC")


@pytest.mark.parametrize(
    ("due", "moment"),
    [
        ("2026-12-03", "2026-12-03T22:59:00+00:00"),
        ("2026-12-03 18:00", "2026-12-03T17:00:00+00:00"),
        ("2026-12-03T18:00+03:00", "2026-12-03T15:00:00+00:00"),
        ("soon", None),
        ("2026-02-30", None),
        ("2026-03-29 02:30", None),
    ],
)
def test_front_matter_has_due_dates_in_the_courses_zone(due, moment, tmp_path):
    write(tmp_path / "course.md", "title: Shore\nslug: shore\ntime_zone: Europe/Warsaw")
    write(tmp_path / "mud" / "module.md", "title: Mud\nslug: mud")
    write(tmp_path / "mud" / "01.md", f"title: Silt\nslug: silt\ndue: {due}")
    if moment is None:
        with pytest.raises(CommandError, match="due"):
            call_command("import_course", str(tmp_path), stdout=StringIO())
        return
    call_command("import_course", str(tmp_path), stdout=StringIO())
    assert Lesson.objects.get().due_at.isoformat() == moment
    out = StringIO()
    call_command("import_course", str(tmp_path), "--update", stdout=out)
    assert "0 changed" in out.getvalue()


def test_front_matter_with_an_unknown_zone_is_refused(tmp_path):
    write(tmp_path / "course.md", "title: Shore\nslug: shore\ntime_zone: Mars/Olympus")
    write(tmp_path / "mud" / "module.md", "title: Mud\nslug: mud")
    write(tmp_path / "mud" / "01.md", "title: Silt\nslug: silt")
    with pytest.raises(CommandError, match="no time zone “Mars/Olympus”"):
        call_command("import_course", str(tmp_path), stdout=StringIO())


def test_an_administrator_cannot_give_a_user_an_unknown_zone(sign_in, administrator):
    user = make_user()
    client, url = sign_in(administrator), reverse("admin:accounts_user_change", args=[user.pk])
    page = client.post(url, form_of(client.get(url)) | {"time_zone": "Mars/Olympus"})
    assert "no time zone “Mars/Olympus”" in page.content.decode()


def write(file: Path, front_matter: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"---\n{front_matter}\n---\nText.\n")
