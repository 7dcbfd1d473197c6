"""Every box that searches or filters by a text finds it in any case, with any accents, in either width."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from lessons.authoring.publishing.passage_search import find_text
from lessons.courses.services import record
from lessons.courses.services.groups import create_group
from lessons.mail.models import OutgoingEmail
from lessons.models import Asset, Prompt
from tests import factories
from tests.annotations.make import note_by
from tests.discussions.make import thread_by

NAME, TEXT, TAG = "Zoë Ødegård-Groß", "Über den Straßen", "Élan vital"
NAMES = ["ØDEGÅRD-gros", "ｏ\u0308ｄｅｇａｒｄ"]
TEXTS = ["U\u0308BER den", "ｓｔｒａｓｓｅ"]
TAGS = ["elan  VITAL", "E\u0301lan ｖｉｔａｌ"]
NOWHERE = "zoo"


@pytest.fixture
def zoe(course, group_a):
    return factories.make_member(course, group=group_a, name=NAME, email="zed@example.org")


@pytest.fixture
def note(zoe, lesson):
    return note_by(zoe, lesson, source=TEXT, tags=[TAG])


@pytest.fixture
def topic(zoe, course):
    return thread_by(zoe, course, title=TEXT, tags=[TAG])


def assert_found(client, url, field, typed, shown, **fields):
    """Assert that `shown` is on the page for each of the typed texts, but not for one that is nowhere."""
    pages = {text: client.get(url, {field: text, **fields}) for text in [*typed, NOWHERE]}
    assert {text for text, page in pages.items() if shown in page.getvalue().decode()} == set(typed)


def test_the_list_of_members(sign_in, course, zoe, instructor):
    url = reverse("enrolment:members", args=[course.slug])
    assert_found(sign_in(instructor), url, "q", [*NAMES, "@ZOË", "ZED@EXAMPLE", "ｚｅｄ"], "@zo")
    assert_found(
        sign_in(instructor), reverse("enrolment:export", args=[course.slug]), "q", ["ØDEGÅRD", "Zed@ex"], "zed@"
    )


def test_addresses_are_found_by_those_who_may_see_them_only(sign_in, course, zoe, instructor, assistant):
    url = reverse("enrolment:members", args=[course.slug])
    for typed in ("zed", "ＺＥＤ@example", "zed@example.org"):
        assert "@zo" not in sign_in(assistant).get(url, {"q": typed}).content.decode()


@pytest.mark.thorough
def test_lists_of_discussions(sign_in, course, topic, note, learner):
    client, shown = sign_in(learner), f"/threads/{topic.pk}/"
    assert_found(client, reverse("discussions:forum", args=[course.slug]), "author", NAMES, shown)
    assert_found(client, reverse("discussions:forum", args=[course.slug]), "tag", TAGS, shown)
    from_the_text = reverse("annotations:from_the_text", args=[course.slug])
    assert_found(client, from_the_text, "author", NAMES, f"/threads/{note.thread_id}/")
    assert_found(client, from_the_text, "tag", TAGS, f"/threads/{note.thread_id}/")


def test_notes_beside_a_lesson(sign_in, lesson, note, learner):
    client, url = sign_in(learner), reverse("annotations:positions", args=[lesson.pk])
    assert_found(client, url, "author", NAMES, f"[{note.pk}]")
    assert_found(client, url, "tag", TAGS, f"[{note.pk}]")


@pytest.mark.thorough
def test_the_notebook(sign_in, course, module, instructor, zoe):
    body = f"<p>{TEXT} und am Meer.</p>"
    lesson = factories.make_published(factories.make_lesson(module, body=body), by=instructor)
    note_by(zoe, lesson, exact=TEXT, source="One")
    note_by(zoe, lesson, exact="am Meer", source=f"Two: {TEXT}", tags=[TAG])
    thread_by(zoe, course, lesson=lesson, source=f"Three: {TEXT}")
    client = sign_in(zoe)
    for shown in ("One", "Two", "Three"):
        assert_found(client, reverse("notebook:notebook"), "q", TEXTS, shown)
    assert_found(client, reverse("notebook:export", args=["md"]), "q", TEXTS, "Three")
    assert_found(client, reverse("notebook:notebook"), "tag", TAGS, "Two")


def test_mention_completion(sign_in, course, zoe, learner):
    words = ["zo", "ZOË", "ode", "ｏｄｅ", "ødegård", "gross", "Groß", "zoe-ø"]
    assert_found(sign_in(learner), reverse("discussions:new_thread_mentions", args=[course.slug]), "q", words, "zo")


def test_discussions_to_merge_with(sign_in, course, topic, note, instructor):
    other = thread_by(instructor, course, title="Other")
    url = reverse("discussions:moderate", args=[other.pk])
    assert_found(sign_in(instructor), url, "q", TEXTS, f'name="target_thread" value="{topic.pk}"')


def test_a_passage_of_a_text():
    text = f"Über den Dächern. {TEXT}, und über den Straßen."
    assert find_text("Über den", text) == [(0, 8), (18, 26)]
    assert [text[start:end] for start, end in find_text("ＵＢＥＲ den\nstrassen", text)] == [TEXT, "über den Straßen"]
    for nowhere in ("", " \u0301 ", "zoo", "U" * 100_000):
        assert find_text(nowhere, text) == []


def test_images_and_tags(sign_in, client, course, module, topic, instructor):
    Asset(course=course, alt=TEXT).file.save("x.webp", ContentFile(b"x"))
    assert_found(sign_in(instructor), reverse("admin:lessons_asset_choices"), "q", TEXTS, "/assets/", module=module.pk)
    reader = sign_in(instructor)
    for slug in ("elan-vital", "ELAN-VITAL", "ÉLAN-vital"):
        assert reader.get(f"/tags/{slug}/", {"course": "tides"}).url == "/tags/%C3%A9lan-vital/?course=tides"
    assert client.get("/tags/elan-vital/").status_code == 404


BAD_INPUT = ["\"'`<b>%_\\(){}[]^$|?+.*&;--", "\U0001f991 \u0301", "x" * 3000, "a 'b " * 700]


@pytest.mark.thorough
@pytest.mark.parametrize("typed", BAD_INPUT)
def test_bad_input(sign_in, administrator, course, module, topic, note, lesson, typed):
    client = sign_in(administrator)
    pages = {
        reverse("enrolment:members", args=[course.slug]): "q",
        reverse("discussions:forum", args=[course.slug]): "author",
        reverse("annotations:annotation_list", args=[lesson.pk]): "tag",
        reverse("notebook:notebook"): "q",
        reverse("discussions:moderate", args=[topic.pk]): "q",
        reverse("discussions:mentions", args=[topic.pk]): "q",
        reverse("admin:courses_membership_changelist"): "q",
        reverse("admin:lessons_lesson_changelist"): "q",
        reverse("admin:courses_auditentry_changelist"): "q",
    }
    for url, field in pages.items():
        assert client.get(url, {field: typed}).status_code == 200, url
    assert client.get(reverse("admin:lessons_asset_choices"), {"q": typed, "module": module.pk}).status_code == 200


@pytest.mark.thorough
def test_lists_of_the_admin(sign_in, administrator, course, module, zoe):
    text = f"{TEXT}: École, ещё, 集体防御"
    typed = [*TEXTS, "E\u0301COLE uber", "ЕЩЕ", "еще\u0308", "体防"]
    factories.make_case_study(module, title=text, slug="case")
    factories.make_course(title=text, slug="streets")
    factories.make_module(course, title=text, slug="module")
    factories.make_lesson(module, summary=text, slug="summary")
    factories.make_lesson(module, body=f"<p>{text}</p>", slug="body")
    factories.make_term(module, definition=text)
    factories.make_event(module, event=text)
    Prompt.objects.create(module=module, text=text)
    create_group(course=course, name=text, by=administrator)
    Asset(course=course, alt=text).file.save("x.webp", ContentFile(b"x"))
    client = sign_in(administrator)
    models = "courses_course lessons_module lessons_lesson lessons_glossaryterm lessons_timelineevent lessons_prompt"
    for model in [*models.split(), "courses_readinggroup", "lessons_asset", "courses_auditentry"]:
        assert_found(client, reverse(f"admin:{model}_changelist"), "q", typed, "<tr><t")
    rows = client.get(reverse("admin:lessons_lesson_changelist"), {"q": typed[0]}).context["cl"].result_list
    assert {row.slug for row in rows} == {"case", "summary", "body"}
    assert_found(client, reverse("admin:accounts_user_changelist"), "q", [*NAMES, "ZED@"], "Ødegård")
    assert_found(client, reverse("admin:courses_membership_changelist"), "q", [*NAMES, "ZED@"], "Ødegård")
    log = reverse("admin:courses_auditentry_changelist")
    record(by=zoe, verb="rename group", course=course, target=course)
    assert_found(client, log, "q", [*NAMES, "RENAME", "ｒｅｎａｍｅ"], "Ødegård")
    record(by=administrator, verb="warn", course=course, target=factories.make_member(course, name="Łucja Ōe"))
    assert_found(client, log, "q", ["lucja", "ŁUCJA oe"], "Łucja")
    OutgoingEmail.objects.create(kind="test", to="zed@example.org")
    assert_found(client, reverse("admin:mail_outgoingemail_changelist"), "q", ["ZED", "ｚｅｄ@"], "zed@example.org")
