"""Deleting by the pages of authors: what depends on it, the bin, Undo, and deleting for good."""

from datetime import timedelta

import pytest
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from lessons.authoring.lessons.presence import record_presence
from lessons.authoring.publishing.scheduling import run_due, schedule
from lessons.db.models import UnsentText
from lessons.models import BinEntry, GlossaryTerm, Lesson, Module
from portal.middleware import ConcurrentDeletionMiddleware
from tests import factories
from tests.annotations.make import note_by
from tests.authoring.bin.make import binned, fresh, is_there
from tests.authoring.conftest import form_of
from tests.discussions.make import thread_by


def url_of(page, row):
    return reverse(f"admin:lessons_{row._meta.model_name}_{page}", args=[row.pk])


def text_of(response):
    return " ".join(response.content.decode().split())


def undo_url():
    return reverse("admin:bin_restore", args=[BinEntry.objects.latest("pk").pk])


def test_the_delete_page_lists_what_depends_on_a_lesson(sign_in, lesson, learner, other_learner, instructor):
    module = lesson.module
    term = factories.make_term(module, "neap tide", lesson=lesson)
    linking = factories.make_lesson(
        module,
        title="Harbours",
        body=f'<h2>Before you sail</h2><p>Read <a href="{lesson.get_absolute_url()}#why">how tides work</a>.</p>',
    )
    note_by(learner, lesson)
    note_by(other_learner, lesson, audience="me")
    thread_by(learner, module.course, title="", lesson=lesson)
    response = sign_in(instructor).get(url_of("delete", lesson))
    dependents = response.context["dependents"]
    assert dependents.conversations == (2, 1, 2, 0, 0, 0)
    assert [item.name for item in dependents.linked_items] == [term.term]
    [place] = dependents.links
    assert (place.lesson, place.text, place.heading, place.is_draft) == (
        linking,
        "how tides work",
        "Before you sail",
        True,
    )
    text = text_of(response)
    assert "Readers will no longer see it." in text
    assert "<strong>2</strong> notes, private ones included, and <strong>1</strong> comment" in text
    assert url_of("change", linking) in text


def test_the_delete_page_of_a_module_and_a_term_lists_what_depends_on_them(sign_in, lesson, instructor):
    module, client = lesson.module, sign_in(instructor)
    term = factories.make_term(module, "neap  TIDE")
    binned(factories.make_event(module), instructor)
    other = factories.make_module(module.course)
    body = f'<p><a href="{module.get_absolute_url()}">All</a> <a href="/lessons/{lesson.pk}/old-name/">one</a></p>'
    factories.make_lesson(other, body=body + f'<p><a href="#term-{term.pk}">neaps</a></p>')
    dependents = client.get(url_of("delete", module)).context["dependents"]
    assert (dependents.lessons, len(dependents.items), dependents.binned) == ([lesson], 1, 1)
    assert [place.text for place in dependents.links] == ["All", "one"]
    dependents = client.get(url_of("delete", term)).context["dependents"]
    assert dependents.explained_in == [lesson]
    assert [place.text for place in dependents.links] == ["neaps"]


@pytest.mark.parametrize("kind", ["module", "lesson", "case_study", "event"])
def test_everything_can_be_deleted_and_undone_from_the_message(sign_in, lesson, instructor, kind):
    module, client = lesson.module, sign_in(instructor)
    row = {
        "module": lambda: module,
        "lesson": lambda: lesson,
        "case_study": lambda: factories.make_published(factories.make_case_study(module)),
        "event": lambda: factories.make_event(module),
    }[kind]()
    response = client.post(url_of("delete", row), follow=True)
    assert not is_there(row)
    assert f'action="{undo_url()}"' in text_of(response)
    response = client.post(undo_url(), {"return_to": "list"}, follow=True)
    assert is_there(row)
    assert f'“<a href="{url_of("change", row)}">{row}</a>” has been restored.' in text_of(response)


def test_a_form_sent_twice_deletes_and_restores_once(sign_in, lesson, instructor):
    client, key = sign_in(instructor), {"form_key": "one"}
    first, second = (client.post(url_of("delete", lesson), key) for _n in range(2))
    assert first.url == second.url
    assert BinEntry.objects.count() == 1
    url = undo_url()
    first, second = (client.post(url, key) for _n in range(2))
    assert first.url == second.url == url_of("change", lesson)
    assert "no longer in the bin" in text_of(client.post(url, follow=True))


def test_the_bin_lists_what_was_deleted_by_whom_and_until_when(sign_in, lesson, instructor, django_assert_num_queries):
    module = lesson.module
    entries = [binned(row, instructor) for row in (lesson, factories.make_term(module), module)]
    BinEntry.objects.filter(pk=entries[0].pk).update(deleted_at="2026-01-10T12:00Z")
    client = sign_in(instructor)
    response = client.get(reverse("admin:courses_course_bin", args=[module.course_id]))
    assert [row.entry for row in response.context["rows"]] == entries[::-1]
    text = text_of(response)
    assert "can be restored until 9 Feb 2026" in text
    assert "Ines Instructor" in text
    assert text.count("Restore with its module") == 2
    response = client.post(reverse("admin:bin_restore", args=[entries[0].pk]), {"return_to": "bin"}, follow=True)
    assert [row.entry for row in response.context["rows"]] == [entries[1]]
    assert "So has the module “The moving sea”" in text_of(response)
    binned(module, instructor)
    with django_assert_num_queries(6):
        client.get(reverse("admin:courses_course_bin", args=[module.course_id]))


def test_the_bin_has_pages(sign_in, course, instructor):
    entries = [BinEntry.objects.create(course=course, kind="lesson", title=f"Row {n}") for n in range(52)]
    client, url = sign_in(instructor), reverse("admin:courses_course_bin", args=[course.pk])
    first = client.get(url)
    second = client.get(url, {"before": first.context["next_cursor"]})
    assert [row.entry for row in second.context["rows"]] == entries[1::-1]


def test_deleting_for_good_says_what_goes_and_is_confirmed(sign_in, lesson, learner, instructor):
    note_by(learner, lesson)
    entry, client = binned(lesson, instructor), sign_in(instructor)
    url = reverse("admin:bin_delete", args=[entry.pk])
    text = text_of(client.get(url))
    assert "This cannot be undone." in text
    assert "<strong>1</strong> note, and <strong>0</strong> comments" in text
    assert "by <strong>1</strong> person" in text
    assert fresh(lesson)
    assert client.post(url).url == reverse("admin:courses_course_bin", args=[lesson.module.course_id])
    assert fresh(lesson) is None
    assert "no longer in the bin" in text_of(client.post(url, follow=True))


def test_a_term_whose_name_was_taken_is_restored_as_chosen(sign_in, module, instructor):
    old, client = factories.make_term(module, "ebb"), sign_in(instructor)
    binned(old, instructor)
    factories.make_term(module, "Ebb", definition="The new one.")
    response = client.post(undo_url())
    assert response.status_code == 409
    assert "now has another term “Ebb”" in text_of(response)
    assert "The new one." in text_of(response)
    assert "Enter a new name" in text_of(client.post(undo_url(), {"choice": "rename", "new_name": " "}))
    assert "now has another term “Ebb”" in text_of(client.post(undo_url(), {"choice": "rename", "new_name": "EBB"}))
    assert client.post(undo_url(), {"choice": "rename", "new_name": "Ebb tide"}).status_code == 302
    assert set(GlossaryTerm.objects.values_list("term", flat=True)) == {"Ebb", "Ebb tide"}


def test_what_was_written_in_the_form_of_a_deleted_lesson_is_kept_until_it_is_restored(sign_in, lesson, instructor):
    client = sign_in(instructor)
    page = client.get(url_of("change", lesson))
    token = page.content.decode().partition('name="unsent_text" value="')[2].partition('"')[0]
    fields = {**form_of(page), "body": "<p>A new sentence.</p>", "unsent_text": token}
    binned(lesson, instructor)
    response = client.post(url_of("change", lesson), fields)
    assert response.status_code == 409
    assert "What you wrote is kept" in text_of(response)
    assert UnsentText.objects.get().fields["body"] == "<p>A new sentence.</p>"
    assert client.get(url_of("change", lesson)).status_code == 404
    client.post(undo_url())
    assert "A new sentence." in client.get(url_of("change", lesson)).content.decode()


def test_the_lists_and_counts_of_authors_leave_out_what_is_in_the_bin(sign_in, lesson, instructor):
    module, client = lesson.module, sign_in(instructor)
    kept = factories.make_module(module.course, title="The kept module")
    factories.make_term(module, term="a binned term")
    binned(lesson, instructor)
    [listed, _kept] = client.get(reverse("admin:index")).context["courses"][0].modules.all()
    assert listed.lesson_count == 0
    binned(module, instructor)
    assert list(client.get(reverse("admin:index")).context["courses"][0].modules.all()) == [kept]
    for name in ("lesson", "module", "glossaryterm"):
        text = text_of(client.get(reverse(f"admin:lessons_{name}_changelist"), {"q": ""}))
        assert lesson.title not in text
        assert module.title not in text
        assert "a binned term" not in text
    assert ">1<" in text_of(client.get(reverse("admin:courses_course_changelist")))
    assert client.get(reverse("admin:lessons_module_publish", args=[module.pk])).status_code == 404


def test_only_instructors_of_the_course_see_its_bin(
    sign_in, lesson, instructor, stranger, assistant, learner, administrator
):
    entry = binned(lesson, instructor)
    urls = [
        reverse("admin:courses_course_bin", args=[lesson.module.course_id]),
        reverse("admin:bin_delete", args=[entry.pk]),
    ]
    for user, expected in [(stranger, [404, 302]), (assistant, [403, 403]), (learner, [403, 403])]:
        assert [sign_in(user).get(url).status_code for url in urls] == expected
        sign_in(user).post(undo_url())
        assert sign_in(user).get(url_of("change", lesson)).status_code in (403, 404)
    assert not is_there(lesson)
    assert [sign_in(administrator).get(url).status_code for url in urls] == [200, 200]
    assert "is in the bin" in text_of(sign_in(administrator).get(url_of("change", lesson)))
    assert sign_in(stranger).get(url_of("delete", fresh(lesson))).status_code == 404


def test_an_address_of_a_module_in_the_bin_can_be_used_again(sign_in, module, instructor):
    binned(module, instructor)
    form = {"course": module.course_id, "title": "New", "slug": module.slug, "position": 0}
    client = sign_in(instructor)
    client.post(reverse("admin:lessons_module_add"), form)
    assert Module.objects.get().title == "New"
    response = client.post(undo_url(), follow=True)
    assert f"its new one is “{module.slug}-2”" in text_of(response)
    assert not Lesson.objects.exists()


@pytest.mark.thorough
def test_publishing_and_deleting_at_once_fails_in_neither(at_once, sign_in, lesson, instructor):
    publishing, deleting = sign_in(instructor), sign_in(instructor)
    statuses = at_once(
        lambda: publishing.post(url_of("publication", lesson)).status_code,
        lambda: deleting.post(url_of("delete", lesson)).status_code,
    )
    assert set(statuses) <= {302, 404}
    assert statuses[1] == 302
    assert at_once(lambda: is_there(lesson)) == [False]


def test_what_is_deleted_between_finding_and_locking_it_is_missing(lesson, rf):
    middleware = ConcurrentDeletionMiddleware(lambda request: None)
    with pytest.raises(Http404):
        middleware.process_exception(rf.get("/"), Lesson.DoesNotExist())
    assert middleware.process_exception(rf.get("/"), BinEntry.DoesNotExist()) is None


def test_the_delete_page_says_who_is_editing_and_what_is_scheduled(sign_in, lesson, instructor, administrator):
    due = timezone.now() + timedelta(days=1)
    schedule(lesson=lesson, action="withdraw", due_at=due, by=instructor, now=timezone.now())
    record_presence(lesson, administrator)
    for row in (lesson, lesson.module):
        [editing, scheduled] = sign_in(instructor).get(url_of("delete", row)).context["notices"]
        assert editing == "Ada Admin is editing “Why tides come”."
        assert scheduled.endswith("This does not happen while the lesson is in the bin.")
    binned(lesson, instructor)
    assert run_due(due) == 0
    assert lesson.schedules.get().failure == "deleted"
