"""The page of a module: the order of its lessons, its state, its items."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from lessons.courses.models import AuditEntry
from lessons.models import GlossaryTerm, Lesson, Module, TimelineEvent
from tests import factories
from tests.authoring.conftest import form_of


@pytest.fixture
def client(sign_in, instructor):
    return sign_in(instructor)


@pytest.fixture
def three(module):
    return [factories.make_lesson(module, title=f"Number {n}", position=n) for n in range(3)]


def page(name, module):
    return reverse(f"admin:lessons_module_{name}", args=[module.pk])


def titles(module):
    return [lesson.title[-1] for lesson in module.lessons.order_by("position")]


@pytest.mark.parametrize(
    ("button", "moved", "order"), [("up", 2, "021"), ("down", 0, "102"), ("up", 0, "012"), ("down", 2, "012")]
)
def test_a_button_moves_a_lesson_by_one(client, module, three, button, moved, order):
    client.post(page("order", module), {button: three[moved].pk})
    assert "".join(titles(module)) == order


def test_dragging_sends_the_whole_order(client, module, three):
    client.post(page("order", module), {"lesson": [three[2].pk, three[0].pk, three[1].pk]})
    assert "".join(titles(module)) == "201"


@pytest.mark.parametrize("form", [{}, {"up": "x"}, {"up": 999_999}, {"lesson": ["x", "-1"]}, {"down": "9" * 5000}])
def test_a_broken_order_changes_nothing(client, module, three, form):
    assert client.post(page("order", module), form).status_code == 302
    assert "".join(titles(module)) == "012"


def test_the_page_shows_each_lesson_with_its_status(client, module, lesson, case_study, three):
    html = client.get(page("change", module)).content.decode()
    for text in ("Why tides come", "Case study", "Published", "Draft", "Move “Number 1” up", "Add case study"):
        assert text in html


def test_the_page_takes_as_many_queries_for_many_lessons(client, module, three, django_assert_max_num_queries):
    for _ in range(10):
        factories.make_published(factories.make_case_study(module))
    with django_assert_max_num_queries(14):
        client.get(page("change", module))


@pytest.mark.parametrize("state", Module.State.values)
def test_a_module_changes_its_state_by_a_button(client, module, state):
    client.post(page("state", module), {"state": state})
    assert Module.objects.get(pk=module.pk).state == state


def test_an_unknown_state_changes_nothing(client, module):
    client.post(page("state", module), {"state": "gone"})
    assert Module.objects.get(pk=module.pk).state == Module.State.PUBLISHED


def test_all_drafts_are_published_at_once_and_empty_ones_listed(client, module, lesson, three):
    Lesson.objects.filter(pk=three[0].pk).update(body="")
    factories.make_published(three[1])
    Lesson.objects.filter(pk=three[1].pk).update(state=Lesson.State.WITHDRAWN)
    response = client.post(page("publish", module), follow=True)
    states = {lesson.title: lesson.state for lesson in module.lessons.all()}
    assert [states[f"Number {n}"] for n in range(3)] == ["draft", "withdrawn", "published"]
    assert "1 lesson was published." in response.content.decode()
    assert "“Number 0” has no text yet" in response.content.decode()


def test_a_draft_module_is_published_with_its_lessons(client, course):
    module = factories.make_module(course, state=Module.State.DRAFT)
    factories.make_lesson(module)
    client.post(page("publish", module), {"state": "published"})
    assert Module.objects.get(pk=module.pk).state == Module.State.PUBLISHED
    assert Lesson.objects.get(module=module).state == Lesson.State.PUBLISHED


def test_nul_is_removed_from_summaries_and_reasons(client, module, three, lesson):
    client.post(page("publish", module), {"change_summary": "a\x00b"})
    assert three[0].revisions.get().change_summary == "ab"
    client.post(f"/admin/lessons/lesson/{lesson.pk}/withdrawal/", {"reason": "a\x00b"})
    assert AuditEntry.objects.get(verb="withdraw").reason == "ab"


def test_actions_refuse_get(client, module):
    for name in ("order", "state"):
        assert client.get(page(name, module)).status_code == 405


def test_a_module_is_created_and_opened(client, course):
    form = {"course": course.pk, "title": "Winds", "slug": "winds", "position": 1, "tags": "air"}
    response = client.post(reverse("admin:lessons_module_add"), form)
    module = Module.objects.get(slug="winds")
    assert response.url == page("change", module)
    assert [tag.name for tag in module.tags.all()] == ["air"]


def test_a_slug_is_unique_in_its_course(client, module):
    form = {"course": module.course_id, "title": "Again", "slug": module.slug, "position": 1}
    response = client.post(reverse("admin:lessons_module_add"), form)
    assert "Another module of this course has this address." in response.content.decode()
    assert Module.objects.filter(course=module.course).count() == 1


def test_a_term_is_unique_in_its_module(client, module):
    form = {"module": module.pk, "term": "Ebb", "definition": "The tide going out."}
    client.post(reverse("admin:lessons_glossaryterm_add"), form)
    again = client.post(reverse("admin:lessons_glossaryterm_add"), form)
    assert "This module already has this term." in again.content.decode()


@pytest.mark.parametrize(("first", "again"), [("Ebb", "ebb"), ("Élan", "élan"), ("Straße", "STRASSE")])
def test_a_term_in_another_spelling_is_the_same_term(client, module, first, again):
    factories.make_term(module, term=first)
    form = {"module": module.pk, "term": again, "definition": "The tide going out."}
    answer = client.post(reverse("admin:lessons_glossaryterm_add"), form)
    assert "This module already has this term." in answer.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.make_term(module, term=again)


def test_a_term_is_renamed_but_not_into_another(client, module):
    ebb = factories.make_term(module, term="ebb")
    factories.make_term(module, term="flood")
    url = reverse("admin:lessons_glossaryterm_change", args=[ebb.pk])
    assert client.post(url, {"term": "Ebb", "definition": "It goes."}).status_code == 302
    assert GlossaryTerm.objects.get(pk=ebb.pk).term == "Ebb"
    refused = client.post(url, {"term": "FLOOD", "definition": "It comes."})
    assert "This module already has this term." in refused.content.decode()


def test_a_module_is_edited(client, module):
    form = form_of(client.get(page("change", module))) | {"summary": "About the sea."}
    client.post(page("change", module), form)
    assert Module.objects.get(pk=module.pk).summary == "About the sea."


def test_terms_and_events_are_added_to_a_module(client, module, lesson):
    term = {"module": module.pk, "term": "ebb", "definition": "The sea goes.", "lesson": lesson.pk}
    client.post(reverse("admin:lessons_glossaryterm_add"), term)
    event = {"module": module.pk, "date": "1607-01-30", "event": "A flood"}
    client.post(reverse("admin:lessons_timelineevent_add"), event)
    assert GlossaryTerm.objects.get().lesson_id == lesson.pk
    assert TimelineEvent.objects.get().sort_key


@pytest.mark.parametrize("date", ["soon", "1949-13", "x\x1b", "Y99999999999"])
def test_an_event_without_a_proper_date_is_refused_with_examples(client, module, date):
    form = {"module": module.pk, "date": date, "event": "The dike breaks."}
    page = client.post("/admin/lessons/timelineevent/add/", form)
    assert page.status_code == 200
    assert "1949-04-04" in str(page.context["adminform"].form.errors["date"])
    assert not module.timelineevents.exists()


def test_a_lesson_of_another_module_is_refused_with_a_message(client, course, module):
    elsewhere = factories.make_lesson(factories.make_module(course))
    form = {"module": module.pk, "term": "ebb", "definition": "x", "lesson": elsewhere.pk}
    response = client.post(reverse("admin:lessons_glossaryterm_add"), form)
    assert "is in another module" in response.content.decode()


def test_a_term_is_offered_the_lessons_of_its_module_only(client, course, module, lesson):
    factories.make_lesson(factories.make_module(course), title="Elsewhere")
    html = client.get(reverse("admin:lessons_glossaryterm_add") + f"?module={module.pk}").content.decode()
    assert "Why tides come" in html
    assert "Elsewhere" not in html


@pytest.mark.parametrize("kind", ["glossaryterm", "timelineevent", "prompt", "module", "asset"])
def test_lists_take_as_many_queries_for_many_rows(client, module, kind, django_assert_max_num_queries):
    for n in range(12):
        factories.make_term(module, term=f"term {n}")
        factories.make_event(module)
        factories.make_module(module.course)
    with django_assert_max_num_queries(7):
        assert client.get(reverse(f"admin:lessons_{kind}_changelist")).status_code == 200


def test_an_unknown_time_zone_is_refused(client, course):
    url = reverse("admin:courses_course_change", args=[course.pk])
    page = client.post(url, {"title": course.title, "slug": course.slug, "time_zone": "Mars/Olympus"})
    assert "There is no time zone “Mars/Olympus”." in page.content.decode()
