"""Who else is editing a lesson is shown, until a minute after their page last said so."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from lessons.authoring.lessons.presence import delete_old
from lessons.models import EditingPresence, Lesson
from lessons.services import claim_version, record_draft_version
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(course):
    return factories.make_member(course, "instructor", name="Ada Lund")


def beat(client, lesson, **data):
    return client.post(reverse("admin:lessons_lesson_presence", args=[lesson.pk]), data)


def test_the_page_shows_who_else_has_it_open_until_a_minute_has_passed(sign_in, instructor, ada, lesson):
    url = reverse("admin:lessons_lesson_change", args=[lesson.pk])
    theirs, mine = sign_in(ada), sign_in(instructor)
    assert "is also here" not in theirs.get(url).content.decode()
    page = mine.get(url).content.decode()
    assert "<bdi>Ada Lund</bdi> is also here" in page
    assert beat(theirs, lesson).content.decode().count("is also here") == 1
    EditingPresence.objects.filter(user=ada).update(seen_at=timezone.now() - timedelta(seconds=61))
    assert "is also here" not in beat(mine, lesson).content.decode()
    assert delete_old(timezone.now()) == 1


def test_a_person_who_leaves_is_gone_at_once(sign_in, instructor, ada, lesson):
    theirs, mine = sign_in(ada), sign_in(instructor)
    beat(theirs, lesson)
    assert beat(theirs, lesson, leaving="1").status_code == 204
    assert "is also here" not in beat(mine, lesson).content.decode()


def test_a_version_that_somebody_else_has_saved_since_is_announced(sign_in, instructor, ada, lesson):
    mine = sign_in(instructor)
    for author in (instructor, ada):
        row = Lesson.objects.get(pk=lesson.pk)
        row.title = f"By {author}"
        claim_version(lesson=row, version=row.version)
        row.save(update_fields=["title"])
        record_draft_version(lesson=row, by=author, origin="form")
        if author == instructor:
            assert "saved at" not in beat(mine, lesson, version="1").content.decode()
    assert "<bdi>Ada Lund</bdi> saved at" in beat(mine, lesson, version="2.title=1").content.decode()
    assert "saved at" not in beat(mine, lesson, version="3").content.decode()


def test_only_people_who_may_edit_see_who_is_editing(sign_in, stranger, learner, lesson):
    assert beat(sign_in(stranger), lesson).status_code == 404
    assert beat(sign_in(learner), lesson).status_code == 403
    assert EditingPresence.objects.count() == 0
