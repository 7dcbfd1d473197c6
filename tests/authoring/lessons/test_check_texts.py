"""Checks in the text of a draft: pasted from other lessons, in its history, in comparisons and in merges."""

import pytest
from django.urls import reverse

from lessons.annotations.services import publish
from lessons.courses.models import Course
from lessons.models import Lesson
from lessons.practice.check_text import MAX_CHECKS
from lessons.practice.copies import with_own_checks
from lessons.practice.models import KnowledgeCheck
from lessons.practice.publishing import check_uids
from lessons.practice.writing import add_check, delete_check, save_check
from tests import factories
from tests.authoring.conftest import form_of
from tests.practice.make import SHORT, SINGLE

pytestmark = pytest.mark.django_db
JSON = {"headers": {"accept": "application/json"}}


@pytest.fixture
def client(sign_in, instructor):
    return sign_in(instructor)


@pytest.fixture
def check(lesson):
    """A check that stands in the lesson's draft."""
    row = add_check(lesson=lesson, check=SINGLE)
    Lesson.objects.filter(pk=lesson.pk).update(body=f"<p>Tides.</p>{place(row)}")
    return row


def place(row):
    return f'<hr data-check="{row.uid}">'


def address(lesson, page="change"):
    return reverse(f"admin:lessons_lesson_{page}", args=[lesson.pk])


def autosave(client, lesson, form, body):
    return client.post(address(lesson, "draft"), form | {"body": body}, **JSON).json()


def test_a_pasted_check_is_a_check_of_its_own_and_the_page_is_told(client, check, module):
    other = factories.make_lesson(module)
    form = form_of(client.get(address(other)))
    answer = autosave(client, other, form, f"<p>Here.</p>{place(check)}")
    [copy] = other.checks.all()
    assert (copy.parsed, copy.version, copy.published_version) == (SINGLE, 1, None)
    assert answer["merged"] == {"body": f"<p>Here.</p>{place(copy)}"}
    assert "checks of their own here" in answer["message"]
    assert check_uids(other.draft_versions.first().body) == [str(copy.uid)]

    # A page on which somebody has typed on meanwhile sends the text as it was pasted once more.
    again = autosave(client, other, form | {"version": answer["own_version"]}, f"<p>Here!</p>{place(check)}")
    assert again["merged"] == {"body": f"<p>Here!</p>{place(copy)}"}
    last = autosave(client, other, form | {"version": again["version"]}, f"<p>Here.</p>{place(copy)}{place(check)}")
    assert other.checks.count() == 2
    assert len(set(check_uids(last["merged"]["body"]))) == 2
    assert check_uids(Lesson.objects.get(pk=check.lesson_id).body) == [str(check.uid)]


@pytest.mark.thorough
def test_a_check_that_is_copied_within_its_lesson_is_another_one(client, lesson, check):
    form = form_of(client.get(address(lesson)))
    client.post(address(lesson), form | {"body": f"{place(check)}<p>Again:</p>{place(check)}", "_continue": "1"})
    first, second = check_uids(Lesson.objects.get(pk=lesson.pk).body)
    assert first == str(check.uid)
    copy = lesson.checks.get(uid=second)
    delete_check(row=copy)
    form = form_of(client.get(address(lesson)))
    client.post(address(lesson), form | {"body": f"{place(check)}<p>Once more:</p>{place(check)}", "_continue": "1"})
    copy.refresh_from_db()
    assert copy.deleted_at is None


@pytest.mark.thorough
def test_a_check_in_a_new_lesson_is_a_copy(client, check, module):
    add = reverse("admin:lessons_lesson_add")
    form = form_of(client.get(f"{add}?module={module.pk}"))
    client.post(add, form | {"title": "New", "body": f"<p>Here.</p>{place(check)}"})
    new = Lesson.objects.get(title="New")
    assert check_uids(new.body) == [str(new.checks.get().uid)]


def test_nobody_gets_a_check_of_a_course_that_they_do_not_teach(client, lesson):
    foreign = add_check(lesson=factories.make_lesson(factories.make_module(factories.make_course())), check=SHORT)
    form = form_of(client.get(address(lesson)))
    answer = autosave(client, lesson, form, f"<p>Here.</p>{place(foreign)}")
    assert answer["merged"] == {"body": "<p>Here.</p>"}
    assert not lesson.checks.exists()


def test_a_text_full_of_one_check_gets_a_limited_number_of_copies(lesson, check):
    html = with_own_checks(lesson=lesson, html=place(check) * 3000, courses=Course.objects.none())
    assert len(check_uids(html)) == lesson.checks.count() == MAX_CHECKS + 1


def test_a_comparison_shows_the_checks_of_both_versions(client, lesson, check, instructor):
    publish(lesson=lesson, by=instructor)
    save_check(row=check, check=SINGLE._replace(explanation="The sun helps."), version=1)
    added = add_check(lesson=lesson, check=SHORT)
    Lesson.objects.filter(pk=lesson.pk).update(body=f"<p>Tides.</p>{place(check)}{place(added)}")
    lesson.refresh_from_db()
    publish(lesson=lesson, by=instructor)
    number = lesson.revisions.count()
    page = client.get(address(lesson, "comparison"), {"new": f"revision-{number}"}).content.decode()
    assert "The sun helps." in page
    assert "Explanation:" in page
    assert "spring tide" in page
    assert "Check, answer" in page


def test_an_earlier_draft_shows_its_checks_and_brings_them_back(client, lesson, check):
    form = form_of(client.get(address(lesson)))
    autosave(client, lesson, form, "<p>Without.</p>")
    delete_check(row=check)
    version = lesson.draft_versions.filter(body__contains="data-check").first()
    page = client.get(reverse("admin:lessons_lesson_version", args=[lesson.pk, f"draft-{version.pk}"]))
    assert "✓ The moon – Its pull is the strongest." in page.content.decode()
    client.post(address(lesson, "restoration"), {"key": f"draft-{version.pk}"})
    check.refresh_from_db()
    assert check.deleted_at is None
    assert check_uids(Lesson.objects.get(pk=lesson.pk).body) == [str(check.uid)]


def test_merged_texts_keep_each_check_once(sign_in, course, lesson, check, instructor):
    parts = [f"<p>The {n} paragraph has words.</p>" for n in ("first", "second", "third")]
    Lesson.objects.filter(pk=lesson.pk).update(body=f"{parts[0]}{place(check)}{parts[1]}{parts[2]}")
    ada = factories.make_member(course, "instructor", name="Ada Lund")
    forms = [form_of(sign_in(user).get(address(lesson))) for user in (ada, instructor)]
    first, second, third = parts
    sign_in(ada).post(address(lesson), forms[0] | {"body": f"{first}{second}{place(check)}{third}"})
    mine = first.replace("words", "facts")
    response = sign_in(instructor).post(address(lesson), forms[1] | {"body": f"{mine}{place(check)}{second}{third}"})
    assert response.status_code == 302
    assert Lesson.objects.get(pk=lesson.pk).body == f"{mine}{second}{place(check)}{third}"
    assert KnowledgeCheck.objects.count() == 1


@pytest.mark.thorough
def test_what_both_changed_is_shown_with_its_checks(sign_in, course, lesson, check, instructor):
    ada = factories.make_member(course, "instructor", name="Ada Lund")
    forms = [form_of(sign_in(user).get(address(lesson))) for user in (ada, instructor)]
    others = [add_check(lesson=lesson, check=SHORT._replace(question=f"{name}’s question?")) for name in "AB"]
    theirs, mine = (f"<p>Tides.</p>{place(check)}{place(row)}" for row in others)
    sign_in(ada).post(address(lesson), forms[0] | {"body": theirs})
    response = sign_in(instructor).post(address(lesson), forms[1] | {"body": mine})
    assert response.status_code == 409
    page = response.content.decode()
    assert "A’s question?" in page
    assert "B’s question?" in page
