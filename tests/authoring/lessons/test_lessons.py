"""Writing, publishing, withdrawing and looking back."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from lessons.courses.models import AuditEntry
from lessons.models import CaseStudy, Lesson
from tests import factories
from tests.authoring.conftest import form_of
from tests.forms import form_key_on


@pytest.fixture
def client(sign_in, instructor):
    return sign_in(instructor)


def address(page, row=None, kind="lesson"):
    return reverse(f"admin:lessons_{kind}_{page}", args=[row.pk] if row else None)


def opened(client, row, kind="lesson"):
    return form_of(client.get(address("change", row, kind)))


def test_a_draft_is_saved_and_readers_see_nothing_of_it(client, lesson):
    form = opened(client, lesson) | {"title": "New title", "body": "<p>New <b>words</b>.</p>", "tags": "sea, moon"}
    response = client.post(address("change", lesson), form | {"_continue": "1"}, follow=True)
    lesson = Lesson.objects.get(pk=lesson.pk)
    assert (lesson.title, lesson.version) == ("New title", 2)
    assert {tag.name for tag in lesson.tags.all()} == {"sea", "moon"}
    assert "New" not in lesson.current_revision.html
    assert "Published, draft differs" in response.content.decode()


def test_saving_keeps_what_the_form_does_not_show(client, lesson):
    form = opened(client, lesson)
    revision = lesson.current_revision
    client.post(address("change", lesson), form | {"title": "x"})
    lesson = Lesson.objects.get(pk=lesson.pk)
    assert (lesson.current_revision, lesson.state, lesson.position) == (revision, "published", lesson.position)


def test_scripts_do_not_survive_the_form(client, lesson):
    form = opened(client, lesson) | {"body": '<p onclick="x()">a</p><script>alert(1)</script>'}
    client.post(address("change", lesson), form)
    assert Lesson.objects.get(pk=lesson.pk).body == "<p>a</p>"


def test_a_text_nested_too_deeply_comes_back_as_a_sentence(client, lesson):
    form = opened(client, lesson) | {"body": "<blockquote>" * 10_000 + "x", "title": "Kept title"}
    response = client.post(address("change", lesson), form)
    assert "levels deep" in response.content.decode()
    assert "Kept title" in response.content.decode()


def test_a_picture_needs_words(client, lesson):
    picture = '<img src="/assets/11111111-1111-1111-1111-111111111111/" alt="{}">'
    for alt, accepted in (("", False), (" ", False), ("A wave", True)):
        response = client.post(address("change", lesson), opened(client, lesson) | {"body": picture.format(alt)})
        assert (response.status_code == 302) is accepted


def test_two_people_at_one_text_lose_nothing(client, lesson):
    mine = opened(client, lesson) | {"title": "My title", "body": "<p>My words</p>"}
    client.post(
        address("change", lesson), opened(client, lesson) | {"title": "Their title", "body": "<p>Their words</p>"}
    )
    response = client.post(address("change", lesson), mine)
    page = response.content.decode()
    assert response.status_code == 200
    for words in ("My title", "Their title", "My words", "Their words", "Somebody else has saved"):
        assert words in page
    assert Lesson.objects.get(pk=lesson.pk).title == "Their title"


def test_after_seeing_both_one_saves_ones_own_over_it(client, lesson):
    mine = opened(client, lesson) | {"title": "My title"}
    client.post(address("change", lesson), opened(client, lesson) | {"title": "Their title"})
    again = form_of(client.post(address("change", lesson), mine))
    assert again["title"] == "My title"
    client.post(address("change", lesson), again)
    assert Lesson.objects.get(pk=lesson.pk).title == "My title"


def test_a_refused_text_is_sanitised_before_it_is_shown(client, lesson):
    mine = opened(client, lesson) | {"body": "<p>mine</p><script>alert(1)</script>"}
    client.post(address("change", lesson), opened(client, lesson) | {"body": "<p>theirs</p>"})
    assert "<script>alert(1)</script>" not in client.post(address("change", lesson), mine).content.decode()


def test_publishing_saves_the_draft_first(client, lesson, instructor):
    form = opened(client, lesson) | {"body": "<p>Fresh words</p>", "note": "Shorter", "_publish": "1"}
    response = client.post(address("change", lesson), form, follow=True)
    revision = Lesson.objects.get(pk=lesson.pk).current_revision
    assert (revision.number, revision.text, revision.note) == (2, "Fresh words", "Shorter")
    assert revision.author == instructor
    assert "Revision 2 is what readers see now." in response.content.decode()


def test_a_text_without_words_is_saved_but_not_published(client, module):
    draft = factories.make_lesson(module, body="")
    response = client.post(address("change", draft), opened(client, draft) | {"_publish": "1"}, follow=True)
    assert "has no text yet" in response.content.decode()
    assert Lesson.objects.get(pk=draft.pk).state == Lesson.State.DRAFT


def test_the_preview_comes_after_saving(client, lesson):
    response = client.post(address("change", lesson), opened(client, lesson) | {"title": "Seen", "_preview": "1"})
    assert response.url == reverse("reading:preview", args=[lesson.pk])
    assert Lesson.objects.get(pk=lesson.pk).title == "Seen"


def test_a_new_lesson_stands_at_the_end_of_its_module_under_an_address_of_its_title(client, module, lesson):
    client.post(address("add"), {"module": module.pk, "title": "Was nun?", "body": "<p>x</p>"})
    new = Lesson.objects.get(title="Was nun?")
    assert new.slug == "was-nun"
    assert new.position == lesson.position + 1
    assert new.state == Lesson.State.DRAFT


def test_a_form_sent_twice_makes_one_lesson(client, module):
    key = form_key_on(client.get(address("add")))
    form = {"module": module.pk, "title": "Once", "body": "<p>x</p>", "form_key": key}
    addresses = {client.post(address("add"), form).url for _ in range(2)}
    assert Lesson.objects.filter(title="Once").count() == 1
    assert len(addresses) == 1


def test_a_refused_form_may_be_sent_again(client, module):
    form = {"module": module.pk, "title": "", "form_key": str(uuid4())}
    assert client.post(address("add"), form).status_code == 200
    assert client.post(address("add"), form | {"title": "Now"}).status_code == 302


def test_a_case_study_is_edited_on_its_own_page(client, case_study):
    assert client.get(address("change", case_study)).url == address("change", case_study, "casestudy")


def test_a_case_study_keeps_its_facts(client, case_study):
    form = opened(client, case_study, "casestudy") | {"location": "Severn", "began": "1607-01", "tags": "flood"}
    client.post(address("change", case_study, "casestudy"), form | {"_publish": "1"})
    saved = CaseStudy.objects.get(pk=case_study.pk)
    assert (saved.location, saved.current_revision.facts["location"]) == ("Severn", "Severn")
    assert [tag.name for tag in saved.tags.all()] == ["flood"]


def test_a_date_that_cannot_be_sorted_comes_back_with_how_to_write_it(client, case_study):
    form = opened(client, case_study, "casestudy") | {"began": "long ago"}
    assert "is not a date" in client.post(address("change", case_study, "casestudy"), form).content.decode()


def test_withdrawing_asks_first(client, lesson):
    assert client.get(address("withdraw", lesson)).status_code == 200
    assert Lesson.objects.get(pk=lesson.pk).state == Lesson.State.PUBLISHED
    response = client.post(address("withdraw", lesson), {"why": "An error"}, follow=True)
    assert Lesson.objects.get(pk=lesson.pk).state == Lesson.State.WITHDRAWN
    assert "Withdrawn" in response.content.decode()
    assert AuditEntry.objects.get(verb="withdraw").detail["reason"] == "An error"


def test_a_published_text_cannot_be_deleted_and_the_page_says_what_to_do(client, lesson):
    assert "Withdraw it instead" in client.get(address("change", lesson)).content.decode()
    assert client.post(address("delete", lesson), {"post": "yes"}).status_code == 403


def test_a_draft_can_be_deleted(client, module):
    draft = factories.make_lesson(module)
    assert client.post(address("delete", draft), {"post": "yes"}).status_code == 302
    assert not Lesson.objects.filter(pk=draft.pk).exists()


def test_the_history_shows_every_revision_and_copies_one_into_the_draft(client, lesson):
    form = opened(client, lesson) | {"body": "<p>Second</p>", "note": "Why", "_publish": "1"}
    client.post(address("change", lesson), form)
    page = client.get(address("history", lesson)).content.decode()
    assert "· History · " in page.partition("</title>")[0]
    assert "Revision 1" in page
    assert "Revision 2" in page
    assert "Why" in page
    client.post(reverse("admin:lessons_lesson_restore", args=[lesson.pk, 1]))
    lesson = Lesson.objects.get(pk=lesson.pk)
    assert "Spring tides" in lesson.body
    assert lesson.current_revision.number == 2


def test_what_a_revision_changed_is_marked(client, lesson):
    body = lesson.body.replace("greatest", "smallest")
    client.post(address("change", lesson), opened(client, lesson) | {"body": body, "_publish": "1"})
    page = client.get(reverse("admin:lessons_lesson_revision", args=[lesson.pk, 2])).content.decode()
    assert re.search("<del>.*greatest.</del> <ins>.*smallest.</ins>", page)


def test_the_list_shows_states_and_words(client, module, lesson, case_study):
    factories.make_lesson(module, title="Only begun")
    page = client.get(address("changelist")).content.decode()
    for words in ("Published", "Draft", "case study", "Only begun", ">16<"):
        assert words in page
    assert address("change", case_study, "casestudy") in page


@pytest.mark.parametrize(
    ("query", "count"), [("kind=lesson", 1), ("kind=case_study", 1), ("state=draft", 0), ("q=1607", 1)]
)
def test_the_list_is_filtered_and_searched(client, lesson, case_study, query, count):
    assert client.get(address("changelist") + "?" + query).context["cl"].result_count == count


@pytest.mark.parametrize("kind", ["lesson", "casestudy"])
def test_the_list_asks_as_much_for_one_row_as_for_many(client, module, kind, django_assert_max_num_queries):
    make = {"lesson": factories.make_lesson, "casestudy": factories.make_case_study}[kind]
    for _ in range(12):
        factories.make_published(make(module))
    with django_assert_max_num_queries(8):
        assert client.get(address("changelist", kind=kind)).status_code == 200


def test_the_page_of_a_text_asks_little(client, lesson, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        client.get(address("change", lesson))


def test_the_editors_import_map_carries_the_pages_nonce(client, lesson):
    response = client.get(address("change", lesson))
    policy = response["Content-Security-Policy"]
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    assert nonce
    assert f'<script type="importmap" nonce="{nonce}">' in response.content.decode()
    assert "unsafe" not in policy
    assert "sha256-" not in client.get(address("changelist"))["Content-Security-Policy"]


def test_a_text_moves_to_another_module_and_leaves_its_terms_behind(client, course, lesson, module):
    term = factories.make_term(module, lesson=lesson)
    other = factories.make_module(course)
    last = factories.make_lesson(other, position=7)
    client.post(address("change", lesson), opened(client, lesson) | {"module": other.pk})
    lesson.refresh_from_db()
    term.refresh_from_db()
    assert (lesson.module, lesson.position) == (other, last.position + 1)
    assert (term.module, term.lesson) == (module, None)
