"""Instructors see no rows of other courses: not in lists, not by guessing URLs, not among choices."""

from itertools import product

import pytest
from django.urls import reverse

from lessons.courses.models import Course
from lessons.models import Lesson, Module
from tests import factories
from tests.authoring.conftest import SECRET
from tests.environment import sample

KINDS = [
    "courses_course",
    "lessons_module",
    "lessons_lesson",
    "lessons_casestudy",
    "lessons_glossaryterm",
    "lessons_timelineevent",
    "lessons_prompt",
    "lessons_asset",
]
ADMINISTRATOR_ONLY = ["accounts_user", "courses_membership", "courses_readinggroup", "courses_auditentry"]


@pytest.mark.parametrize("kind", KINDS)
def test_lists_contain_only_rows_of_own_courses(sign_in, instructor, module, lesson, case_study, other_rows, kind):
    response = sign_in(instructor).get(reverse(f"admin:{kind}_changelist"))
    assert response.status_code == 200
    assert SECRET not in response.content.decode()


@pytest.mark.parametrize(("kind", "page"), sample(product(KINDS, ["change", "delete", "history"])))
def test_a_guessed_url_finds_nothing(sign_in, instructor, other_rows, kind, page):
    client = sign_in(instructor)
    for method in (client.get, client.post):
        response = method(reverse(f"admin:{kind}_{page}", args=[other_rows[kind].pk]))
        assert response.status_code in (403, 404)
        assert SECRET not in response.content.decode()


@pytest.mark.parametrize("kind", KINDS)
def test_rows_of_other_courses_answer_like_missing_rows(sign_in, instructor, other_rows, kind):
    client = sign_in(instructor)
    foreign, nothing = (
        client.get(reverse(f"admin:{kind}_change", args=[pk])).status_code for pk in (other_rows[kind].pk, 999_999)
    )
    assert (foreign, nothing) == (404, 404)


@pytest.mark.parametrize(
    ("kind", "pk"), sample(product(KINDS, ["9" * 30, "9" * 3000, "-1", "٣", "x", "1e5"]), parts=5)
)
def test_an_invalid_id_is_not_found(sign_in, instructor, kind, pk):
    assert sign_in(instructor).get(f"/admin/{kind.replace('_', '/')}/{pk}/change/").status_code == 404


@pytest.mark.parametrize("number", ["9" * 30, "9" * 5000, "x", "-1", "٣"])
def test_an_invalid_module_in_the_query_string_is_ignored(sign_in, instructor, module, number):
    client = sign_in(instructor)
    assert client.get("/admin/lessons/glossaryterm/add/", {"module": number}).status_code == 200
    assert client.get("/admin/lessons/asset/choices/", {"module": number}).status_code == 404


@pytest.mark.parametrize("kind", [k for k in KINDS if k != "courses_course"])
def test_choices_contain_only_rows_of_own_courses(sign_in, instructor, module, other_rows, kind):
    own_module = other_rows["lessons_module"].pk
    for query in ("", f"?module={own_module}", "?_popup=1", "?_to_field=id"):
        response = sign_in(instructor).get(reverse(f"admin:{kind}_add") + query)
        assert response.status_code in (200, 400)
        assert SECRET not in response.content.decode()


@pytest.mark.parametrize("page", ["order", "state", "publish", "copy"])
def test_actions_on_modules_of_other_courses_are_not_found(sign_in, instructor, other_rows, page):
    module = other_rows["lessons_module"]
    response = sign_in(instructor).post(
        reverse(f"admin:lessons_module_{page}", args=[module.pk]), {"state": "archived"}
    )
    assert response.status_code == 404
    assert Module.objects.get(pk=module.pk).state == module.state


@pytest.mark.parametrize("page", ["withdraw", "history"])
def test_pages_of_lessons_of_other_courses_are_not_found(sign_in, instructor, other_rows, page):
    lesson = factories.make_published(other_rows["lessons_lesson"])
    response = sign_in(instructor).post(reverse(f"admin:lessons_lesson_{page}", args=[lesson.pk]))
    assert response.status_code == 404
    assert Lesson.objects.get(pk=lesson.pk).state == Lesson.State.PUBLISHED


def test_revisions_of_lessons_of_other_courses_are_not_found(sign_in, instructor, other_rows):
    lesson = factories.make_published(other_rows["lessons_lesson"])
    client = sign_in(instructor)
    assert client.get(reverse("admin:lessons_lesson_revision", args=[lesson.pk, 1])).status_code == 404
    assert client.post(reverse("admin:lessons_lesson_restore", args=[lesson.pk, 1])).status_code == 404


def test_a_lesson_cannot_be_added_to_a_module_of_another_course(sign_in, instructor, module, other_rows):
    form = {"module": other_rows["lessons_module"].pk, "title": "Mine", "body": "<p>x</p>"}
    response = sign_in(instructor).post(reverse("admin:lessons_lesson_add"), form)
    assert response.status_code == 200
    assert SECRET not in response.content.decode()
    assert not Lesson.objects.filter(title="Mine").exists()


def test_a_module_cannot_be_added_to_another_course(sign_in, instructor, other_rows, other_instructors_course):
    form = {"course": other_instructors_course.pk, "title": "Mine", "slug": "mine", "position": 0}
    response = sign_in(instructor).post(reverse("admin:lessons_module_add"), form)
    assert response.status_code == 200
    assert not Module.objects.filter(title="Mine").exists()


def test_a_term_cannot_refer_to_a_lesson_of_another_course(sign_in, instructor, module, other_rows):
    form = {"module": module.pk, "term": "a", "definition": "b", "lesson": other_rows["lessons_lesson"].pk}
    response = sign_in(instructor).post(reverse("admin:lessons_glossaryterm_add"), form)
    assert response.status_code == 200
    assert module.glossaryterms.count() == 0


@pytest.mark.parametrize("model", ["module", "lesson", "glossaryterm", "asset"])
def test_autocompletion_shows_nothing_of_other_courses(sign_in, instructor, module, other_rows, model):
    fields = {"lesson": "module", "glossaryterm": "lesson", "module": "course", "asset": "course"}
    query = {"app_label": "lessons", "model_name": model, "field_name": fields[model], "term": ""}
    response = sign_in(instructor).get(reverse("admin:autocomplete"), query)
    assert SECRET not in response.content.decode()


def test_autocompletion_of_users_is_for_administrators(sign_in, instructor):
    query = {"app_label": "courses", "model_name": "membership", "field_name": "user", "term": ""}
    assert sign_in(instructor).get(reverse("admin:autocomplete"), query).status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        "module__course__title__startswith=Z",
        "module__course__memberships__user__password__startswith=p",
        "current_revision__author__email__startswith=a",
    ],
)
def test_lists_cannot_be_filtered_through_other_tables(sign_in, instructor, lesson, query):
    response = sign_in(instructor).get(reverse("admin:lessons_lesson_changelist") + "?" + query)
    assert response.status_code in (302, 400) or SECRET not in response.content.decode()


def test_tags_of_other_courses_are_not_suggested(sign_in, instructor, lesson, other_rows):
    lesson.tags.add("sea level")
    page = sign_in(instructor).get(reverse("admin:lessons_lesson_change", args=[lesson.pk])).content.decode()
    assert "sea level" in page
    assert SECRET not in page


def test_images_of_other_courses_are_not_listed(sign_in, instructor, module, other_rows):
    client = sign_in(instructor)
    own = client.get(reverse("admin:lessons_asset_choices"), {"module": module.pk})
    other = client.get(reverse("admin:lessons_asset_choices"), {"module": other_rows["lessons_module"].pk})
    assert own.json() == {"images": []}
    assert other.status_code == 404


@pytest.mark.parametrize("kind", ADMINISTRATOR_ONLY)
def test_users_memberships_and_the_audit_log_are_for_administrators(sign_in, instructor, administrator, kind):
    assert sign_in(instructor).get(reverse(f"admin:{kind}_changelist")).status_code == 403
    assert sign_in(administrator).get(reverse(f"admin:{kind}_changelist")).status_code == 200


def test_an_instructor_cannot_delete_a_course(sign_in, instructor, course):
    client = sign_in(instructor)
    assert client.post(reverse("admin:courses_course_delete", args=[course.pk]), {"post": "yes"}).status_code == 403
    assert Course.objects.filter(pk=course.pk).exists()


def test_view_on_site_is_disabled(sign_in, instructor, other_rows):
    assert sign_in(instructor).get(f"/admin/r/1/{other_rows['lessons_module'].pk}/").status_code == 404


@pytest.mark.thorough
def test_an_administrator_sees_all_courses(sign_in, administrator, other_rows):
    client = sign_in(administrator)
    for kind, row in other_rows.items():
        assert SECRET in client.get(reverse(f"admin:{kind}_changelist")).content.decode(), kind
        assert client.get(reverse(f"admin:{kind}_change", args=[row.pk])).status_code == 200, kind


def test_imports_of_other_courses_are_not_found(sign_in, stranger, article):
    client = sign_in(stranger)
    for name in ("article_review", "discard_import"):
        assert client.post(reverse(f"admin:{name}", args=[article.pk])).status_code == 404
    assert client.get(reverse("admin:article_review", args=[article.pk])).status_code == 404
    assert "Lights" not in client.get("/admin/").content.decode()
