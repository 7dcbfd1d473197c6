"""Nothing that readers, staff or authors open names what is in the bin."""

import pytest
from django.urls import reverse

from lessons.importing.markdown_folder.export import export_course
from lessons.models import Prompt, TimelineEvent
from tests import factories
from tests.annotations.make import note_by
from tests.authoring.bin.make import binned, fresh
from tests.discussions.make import thread_by

SECRET = "Atlantis"
LISTS = ("module", "lesson", "casestudy", "glossaryterm", "timelineevent", "prompt")


@pytest.fixture
def deleted(course, instructor, learner):
    """Return what is in the bin: a module, and a lesson of another module with its items, all named by SECRET."""
    module = factories.make_module(course, title=f"{SECRET} module", slug="gone")
    kept = factories.make_module(course, title="The kept module", slug="kept")
    rows = {"module": module, "kept": kept}
    for key, parent in (("part", module), ("lesson", kept)):
        lesson = factories.make_lesson(parent, title=f"{SECRET} {key}")
        lesson.tags.add("tide")
        rows[key] = factories.make_published(lesson, by=instructor)
        factories.make_term(parent, term=f"{SECRET} term")
        factories.make_event(parent, event=f"{SECRET} event")
        Prompt.objects.create(module=parent, text=f"{SECRET} prompt", lesson=lesson)
        note_by(learner, rows[key])
        thread_by(learner, course, source="Who?", title="", lesson=rows[key])
    module.tags.add("tide")
    items = [
        item for related in ("glossaryterms", "timelineevents", "prompts") for item in getattr(kept, related).all()
    ]
    for row in (module, rows["lesson"], *items):
        binned(row, instructor)
    return rows


def addresses(course, rows):
    yield from [reverse("reading:library"), reverse("reading:sitemap"), reverse("reading:tag", args=["tide"])]
    for page in ("course", "glossary", "timeline", "lesson_feed"):
        yield reverse(f"reading:{page}", args=[course.slug])
    yield rows["kept"].get_absolute_url()
    for page in ("forum", "create_thread", "prompts", "moderator_inbox", "moderation_log"):
        yield reverse(f"discussions:{page}", args=[course.slug])
    yield from [reverse("discussions:notifications"), reverse("discussions:notification_settings")]
    yield from [rows["part"].threads.last().get_absolute_url(), rows["lesson"].threads.last().get_absolute_url()]


@pytest.mark.thorough
def test_no_page_of_the_site_names_what_is_in_the_bin(sign_in, course, deleted, learner, instructor):
    for user in (learner, instructor):
        client = sign_in(user)
        for address in addresses(course, deleted):
            page = client.get(address)
            assert SECRET not in page.content.decode(), f"{user}: {address}"
        for row in (deleted["module"], deleted["part"], deleted["lesson"]):
            assert client.get(row.get_absolute_url()).status_code == 404


def test_pages_of_a_lesson_in_the_bin_are_missing_even_for_staff(sign_in, deleted, instructor):
    client = sign_in(instructor)
    pages = ["reading:preview", "discussions:lesson_comments", "annotations:annotation_list", "webannotations:export"]
    for lesson in (deleted["part"], deleted["lesson"]):
        for page in pages:
            assert client.get(reverse(page, args=[lesson.pk])).status_code == 404
        assert client.get(reverse("reading:revision", args=[lesson.pk, 1])).status_code == 404


@pytest.mark.thorough
def test_no_page_of_authors_but_the_bin_names_what_is_in_it(sign_in, course, deleted, instructor):
    client, kept = sign_in(instructor), deleted["kept"]
    pages = [
        reverse("admin:index"),
        reverse("admin:import_article"),
        reverse("admin:lessons_module_change", args=[kept.pk]),
    ]
    pages += [reverse(f"admin:lessons_{name}_changelist") for name in LISTS]
    pages += [reverse(f"admin:lessons_{name}_add") + f"?module={kept.pk}" for name in LISTS]
    pages += [
        reverse(f"admin:{name}_copy", args=[pk])
        for name, pk in (("courses_course", course.pk), ("lessons_module", kept.pk))
    ]
    for page in pages:
        response = client.get(page)
        assert response.status_code == 200
        assert SECRET not in response.content.decode(), page
    assert client.get(reverse("admin:lessons_lesson_changelist"), {"q": SECRET}).context["cl"].result_count == 0
    assert SECRET in client.get(reverse("admin:courses_course_bin", args=[course.pk])).content.decode()


def test_a_copy_of_the_course_has_nothing_of_its_bin(sign_in, course, deleted, instructor):
    client = sign_in(instructor)
    client.post(reverse("admin:courses_course_copy", args=[course.pk]), {"title": "Next", "slug": "next"})
    [module] = instructor.memberships.get(course__slug="next").course.modules.all()
    assert module.title == "The kept module"
    assert not module.lessons.exists()
    assert not TimelineEvent.objects.filter(module=module).exists()


def test_exported_files_have_nothing_of_the_bin(course, deleted):
    factories.make_term(deleted["kept"], term="A kept term", lesson=deleted["lesson"])
    files = [str(file) for file in export_course(course)]
    assert "A kept term" in "".join(files)
    assert SECRET not in "".join(files)


def test_notes_stay_in_the_notebook_until_the_bin_is_emptied(sign_in, deleted, learner):
    """As those on a withdrawn lesson do: what one has written is one's own."""
    page = sign_in(learner).get(reverse("notebook:notebook")).content.decode()
    assert page.count("Which pulls harder?") == 2
    assert fresh(deleted["lesson"]).get_absolute_url() not in page
