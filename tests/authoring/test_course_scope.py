"""An instructor meets no row of another's course: not in lists, not by guessed addresses, not in any choice."""

import pytest
from django.urls import reverse

from lessons.courses.models import Course
from lessons.models import Lesson, Module
from tests import factories
from tests.authoring.conftest import SECRET

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
PEOPLE = ["accounts_user", "courses_membership", "courses_readinggroup", "courses_auditentry"]


@pytest.mark.parametrize("kind", KINDS)
def test_lists_hold_only_ones_own_rows(sign_in, instructor, module, lesson, case_study, strange_rows, kind):
    response = sign_in(instructor).get(reverse(f"admin:{kind}_changelist"))
    assert response.status_code == 200
    assert SECRET not in response.content.decode()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("page", ["change", "delete", "history"])
def test_a_guessed_address_finds_nothing(sign_in, instructor, strange_rows, kind, page):
    client = sign_in(instructor)
    for method in (client.get, client.post):
        response = method(reverse(f"admin:{kind}_{page}", args=[strange_rows[kind].pk]))
        assert response.status_code in (403, 404)
        assert SECRET not in response.content.decode()


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_mine_answers_as_what_never_was(sign_in, instructor, strange_rows, kind):
    client = sign_in(instructor)
    foreign, nothing = (
        client.get(reverse(f"admin:{kind}_change", args=[pk])).status_code for pk in (strange_rows[kind].pk, 999_999)
    )
    assert (foreign, nothing) == (404, 404)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("address", ["9" * 30, "9" * 3000, "-1", "٣", "x", "1e5"])
def test_what_is_no_id_finds_nothing(sign_in, instructor, kind, address):
    assert sign_in(instructor).get(f"/admin/{kind.replace('_', '/')}/{address}/change/").status_code == 404


@pytest.mark.parametrize("number", ["9" * 30, "9" * 5000, "x", "-1", "٣"])
def test_an_address_that_names_no_module_is_taken_for_none(sign_in, instructor, module, number):
    client = sign_in(instructor)
    assert client.get("/admin/lessons/glossaryterm/add/", {"module": number}).status_code == 200
    assert client.get("/admin/lessons/asset/choices/", {"module": number}).status_code == 404


@pytest.mark.parametrize("kind", [k for k in KINDS if k != "courses_course"])
def test_choices_hold_only_ones_own(sign_in, instructor, module, strange_rows, kind):
    own_module = strange_rows["lessons_module"].pk
    for query in ("", f"?module={own_module}", "?_popup=1", "?_to_field=id"):
        response = sign_in(instructor).get(reverse(f"admin:{kind}_add") + query)
        assert response.status_code in (200, 400)
        assert SECRET not in response.content.decode()


@pytest.mark.parametrize("page", ["order", "state", "publish", "copy"])
def test_the_buttons_of_anothers_module_do_nothing(sign_in, instructor, strange_rows, page):
    module = strange_rows["lessons_module"]
    response = sign_in(instructor).post(
        reverse(f"admin:lessons_module_{page}", args=[module.pk]), {"state": "archived"}
    )
    assert response.status_code == 404
    assert Module.objects.get(pk=module.pk).state == module.state


@pytest.mark.parametrize("page", ["withdraw", "history"])
def test_the_pages_of_anothers_lesson_are_not_found(sign_in, instructor, strange_rows, page):
    lesson = factories.make_published(strange_rows["lessons_lesson"])
    response = sign_in(instructor).post(reverse(f"admin:lessons_lesson_{page}", args=[lesson.pk]))
    assert response.status_code == 404
    assert Lesson.objects.get(pk=lesson.pk).state == Lesson.State.PUBLISHED


def test_the_revisions_of_anothers_lesson_are_not_found(sign_in, instructor, strange_rows):
    lesson = factories.make_published(strange_rows["lessons_lesson"])
    client = sign_in(instructor)
    assert client.get(reverse("admin:lessons_lesson_revision", args=[lesson.pk, 1])).status_code == 404
    assert client.post(reverse("admin:lessons_lesson_restore", args=[lesson.pk, 1])).status_code == 404


def test_a_text_cannot_be_sent_into_anothers_module(sign_in, instructor, module, strange_rows):
    form = {"module": strange_rows["lessons_module"].pk, "title": "Mine", "body": "<p>x</p>"}
    response = sign_in(instructor).post(reverse("admin:lessons_lesson_add"), form)
    assert response.status_code == 200
    assert SECRET not in response.content.decode()
    assert not Lesson.objects.filter(title="Mine").exists()


def test_a_module_cannot_be_sent_into_anothers_course(sign_in, instructor, strange_rows, stranger_course):
    form = {"course": stranger_course.pk, "title": "Mine", "slug": "mine", "position": 0}
    response = sign_in(instructor).post(reverse("admin:lessons_module_add"), form)
    assert response.status_code == 200
    assert not Module.objects.filter(title="Mine").exists()


def test_a_term_cannot_point_at_anothers_lesson(sign_in, instructor, module, strange_rows):
    form = {"module": module.pk, "term": "a", "definition": "b", "lesson": strange_rows["lessons_lesson"].pk}
    response = sign_in(instructor).post(reverse("admin:lessons_glossaryterm_add"), form)
    assert response.status_code == 200
    assert module.glossaryterms.count() == 0


@pytest.mark.parametrize("model", ["module", "lesson", "glossaryterm", "asset"])
def test_completion_tells_nothing_of_others(sign_in, instructor, module, strange_rows, model):
    fields = {"lesson": "module", "glossaryterm": "lesson", "module": "course", "asset": "course"}
    query = {"app_label": "lessons", "model_name": model, "field_name": fields[model], "term": ""}
    response = sign_in(instructor).get(reverse("admin:autocomplete"), query)
    assert SECRET not in response.content.decode()


def test_completion_of_people_is_for_administrators(sign_in, instructor):
    query = {"app_label": "people", "model_name": "membership", "field_name": "user", "term": ""}
    assert sign_in(instructor).get(reverse("admin:autocomplete"), query).status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        "module__course__title__startswith=Z",
        "module__course__memberships__user__password__startswith=p",
        "current_revision__author__email__startswith=a",
    ],
)
def test_lists_cannot_be_searched_through_other_tables(sign_in, instructor, lesson, query):
    response = sign_in(instructor).get(reverse("admin:lessons_lesson_changelist") + "?" + query)
    assert response.status_code in (302, 400) or SECRET not in response.content.decode()


def test_tags_of_others_are_not_offered(sign_in, instructor, lesson, strange_rows):
    lesson.tags.add("sea level")
    page = sign_in(instructor).get(reverse("admin:lessons_lesson_change", args=[lesson.pk])).content.decode()
    assert "sea level" in page
    assert SECRET not in page


def test_pictures_of_others_are_not_offered(sign_in, instructor, module, strange_rows):
    client = sign_in(instructor)
    mine = client.get(reverse("admin:lessons_asset_choices"), {"module": module.pk})
    theirs = client.get(reverse("admin:lessons_asset_choices"), {"module": strange_rows["lessons_module"].pk})
    assert mine.json() == {"images": []}
    assert theirs.status_code == 404


@pytest.mark.parametrize("kind", PEOPLE)
def test_people_are_for_administrators(sign_in, instructor, administrator, kind):
    assert sign_in(instructor).get(reverse(f"admin:{kind}_changelist")).status_code == 403
    assert sign_in(administrator).get(reverse(f"admin:{kind}_changelist")).status_code == 200


def test_an_instructor_neither_makes_nor_deletes_a_course(sign_in, instructor, course):
    client = sign_in(instructor)
    assert client.get(reverse("admin:courses_course_add")).status_code == 403
    assert client.post(reverse("admin:courses_course_delete", args=[course.pk]), {"post": "yes"}).status_code == 403
    assert Course.objects.filter(pk=course.pk).exists()


def test_no_address_tells_where_any_row_is_on_the_site(sign_in, instructor, strange_rows):
    assert sign_in(instructor).get(f"/admin/r/1/{strange_rows['lessons_module'].pk}/").status_code == 404


def test_an_administrator_sees_all(sign_in, administrator, strange_rows):
    client = sign_in(administrator)
    for kind, row in strange_rows.items():
        assert SECRET in client.get(reverse(f"admin:{kind}_changelist")).content.decode(), kind
        assert client.get(reverse(f"admin:{kind}_change", args=[row.pk])).status_code == 200, kind


def test_the_review_of_anothers_import_is_not_found(sign_in, stranger, article):
    client = sign_in(stranger)
    for name in ("article_review", "discard_import"):
        assert client.post(reverse(f"admin:{name}", args=[article.pk])).status_code == 404
    assert client.get(reverse("admin:article_review", args=[article.pk])).status_code == 404
    assert "Lights" not in client.get("/admin/").content.decode()
