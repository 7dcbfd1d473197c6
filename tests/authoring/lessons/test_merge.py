"""Two people edit one lesson: what they changed is merged, or they choose; nothing is overwritten silently."""

import pytest
from django.urls import reverse

from lessons.authoring.lessons.forms import LessonForm
from lessons.authoring.lessons.merge import Token
from lessons.models import DraftVersion, Lesson
from tests import factories
from tests.authoring.conftest import form_of
from tests.forms import forms_on

pytestmark = pytest.mark.django_db
FIRST, SECOND, THIRD = (f"<p>The {n} paragraph has words.</p>" for n in ("first", "second", "third"))


@pytest.fixture
def text(lesson):
    Lesson.objects.filter(pk=lesson.pk).update(body=FIRST + SECOND + THIRD)
    return Lesson.objects.get(pk=lesson.pk)


@pytest.fixture
def pages(text, course, instructor, sign_in):
    """Return the forms of two people who have opened the lesson: each sends it with changes, and gets the response."""
    ada = factories.make_member(course, "instructor", name="Ada Lund")
    url = reverse("admin:lessons_lesson_change", args=[text.pk])

    def opened(user):
        client = sign_in(user)
        form = form_of(client.get(url))
        return lambda **changes: client.post(url, form | changes)

    return opened(ada), opened(instructor)


def saved(lesson):
    return Lesson.objects.get(pk=lesson.pk)


def text_choices(form):
    return [name for name in form.choices if name.startswith("choice-body-")]


def messages_of(response):
    return [str(message) for message in response.wsgi_request._messages]


def test_different_paragraphs_and_fields_are_merged_and_the_page_says_so(pages, text):
    theirs, mine = pages
    theirs(body=FIRST + SECOND.replace("words", "ideas") + THIRD, tags="sea", slug="new-slug")
    response = mine(body=FIRST + SECOND + THIRD.replace("words", "facts") + "<p>More.</p>", title="My title")
    lesson = saved(text)
    assert lesson.body == FIRST + SECOND.replace("words", "ideas") + THIRD.replace("words", "facts") + "<p>More.</p>"
    assert (lesson.title, lesson.slug, [tag.name for tag in lesson.tags.all()]) == ("My title", "new-slug", ["sea"])
    [message] = messages_of(response)
    assert "Ada Lund saved this lesson while you were writing" in message
    versions = list(text.draft_versions.order_by("pk").values_list("origin", "title"))
    assert versions[1:] == [("form", text.title), ("before merge", "My title"), ("merge", "My title")]


def test_merged_drafts_are_not_published_unseen(pages, text):
    theirs, mine = pages
    revisions = text.revisions.count()
    theirs(body=FIRST + SECOND.replace("words", "ideas") + THIRD)
    response = mine(title="My title", _publish="1")
    assert "not published yet" in messages_of(response)[0]
    assert (saved(text).title, text.revisions.count()) == ("My title", revisions)


@pytest.mark.parametrize(
    ("choice", "expected"), [("mine", ["mine"]), ("theirs", ["theirs"]), ("both", ["theirs", "mine"])]
)
def test_what_both_changed_is_chosen_side_by_side(pages, text, choice, expected):
    theirs, mine = pages
    theirs(body=FIRST + SECOND.replace("words", "theirs") + THIRD, title="Their title")
    response = mine(body=FIRST.replace("words", "other words") + SECOND.replace("words", "mine") + THIRD, title="Mine")
    assert response.status_code == 409
    assert saved(text).title == "Their title"
    page = response.content.decode()
    assert "Ada Lund saved theirs" in page
    [form] = [form for form in forms_on(response) if "opened" in form.fields]
    [name] = text_choices(form)
    assert (form.fields[name], form.fields["choice-title"]) == (["both"], ["mine"])
    chosen = form.fields | {name: choice, "choice-title": "theirs", "_continue": "1"}
    response = response.client.post(form.url, chosen)
    lesson = saved(text)
    paragraphs = "".join(SECOND.replace("words", word) for word in expected)
    assert text.draft_versions.latest("pk").origin == DraftVersion.Origin.MERGE
    assert (lesson.title, lesson.body) == ("Their title", FIRST.replace("words", "other words") + paragraphs + THIRD)


def test_what_was_sent_is_the_draft_if_nothing_of_theirs_is_kept(pages, text):
    theirs, mine = pages
    theirs(title="Their title")
    response = mine(title="Mine")
    [form] = [form for form in forms_on(response) if "opened" in form.fields]
    response = response.client.post(form.url, form.fields | {"choice-title": "mine", "_continue": "1"})
    versions = list(text.draft_versions.order_by("pk").values_list("origin", "title"))
    assert versions[1:] == [("form", "Their title"), ("merge", "Mine")]


def test_a_choice_is_asked_for_again_if_somebody_saves_in_the_meantime(pages, text):
    theirs, mine = pages
    theirs(title="Their title")
    response = mine(title="Mine")
    [form] = [form for form in forms_on(response) if "opened" in form.fields]
    Lesson.objects.filter(pk=text.pk).update(title="Third title", version=9)
    response = response.client.post(form.url, form.fields | {"_continue": "1"})
    assert response.status_code == 409
    assert "Third title" in response.content.decode()
    assert saved(text).title == "Third title"


def test_a_choice_holds_if_somebody_saves_something_else_in_the_meantime(pages, text):
    theirs, mine = pages
    theirs(title="Their title")
    response = mine(title="Mine")
    [form] = [form for form in forms_on(response) if "opened" in form.fields]
    theirs(title="Their title", body=FIRST + SECOND + THIRD.replace("words", "facts"), opened=form.fields["version"])
    response = response.client.post(form.url, form.fields | {"choice-title": "mine", "_continue": "1"})
    assert (response.status_code, saved(text).title) == (302, "Mine")
    assert saved(text).body == FIRST + SECOND + THIRD.replace("words", "facts")


def test_a_choice_in_the_text_holds_while_others_save_other_parts_of_it(pages, text):
    theirs, mine = pages
    written = [SECOND.replace("words", "theirs"), SECOND.replace("words", "mine")]
    theirs(body=FIRST + written[0] + THIRD)
    response = mine(body=FIRST.replace("words", "facts") + written[1] + THIRD)
    [form] = [form for form in forms_on(response) if "opened" in form.fields]
    [second] = text_choices(form)
    chosen = form.fields | {second: "mine", "_continue": "1"}

    def save(**changes):
        row = saved(text)
        Lesson.objects.filter(pk=text.pk).update(version=row.version + 1, **changes)

    save(title="Their title", body=FIRST.replace("words", "ideas") + written[0] + THIRD + "<p>More.</p>")
    response = response.client.post(form.url, chosen)
    assert response.status_code == 409  # the first paragraph is in conflict by now, and only that is to be chosen
    [form] = [form for form in forms_on(response) if "opened" in form.fields]
    [first] = [name for name in text_choices(form) if name != second]
    assert (form.fields[first], form.fields[second]) == (["both"], ["mine"])
    save(summary="Something else.")
    chosen = form.fields | {first: "theirs", "_continue": "1"}
    assert response.client.post(form.url, chosen).status_code == 302
    lesson = saved(text)
    assert lesson.body == FIRST.replace("words", "ideas") + written[1] + THIRD + "<p>More.</p>"
    assert (lesson.title, lesson.summary) == ("Their title", "Something else.")


def test_a_choice_in_the_text_is_asked_for_again_if_that_part_was_saved_in_the_meantime(pages, text):
    theirs, mine = pages
    theirs(body=FIRST + SECOND.replace("words", "theirs") + THIRD)
    response = mine(body=FIRST + SECOND.replace("words", "mine") + THIRD)
    [form] = [form for form in forms_on(response) if "opened" in form.fields]
    [name] = text_choices(form)
    theirs_now = FIRST + SECOND.replace("words", "a third word") + THIRD
    Lesson.objects.filter(pk=text.pk).update(body=theirs_now, version=9)
    response = response.client.post(form.url, form.fields | {name: "mine", "_continue": "1"})
    assert response.status_code == 409
    assert "a third word" in response.content.decode()
    assert saved(text).body == theirs_now


def test_without_a_common_version_every_difference_is_to_be_chosen(pages, text):
    theirs, mine = pages
    theirs(body=FIRST + SECOND.replace("words", "ideas") + THIRD)
    DraftVersion.objects.filter(lesson=text).order_by("pk")[0].delete()
    response = mine(body=FIRST + SECOND + THIRD.replace("words", "facts"))
    assert response.status_code == 409
    assert len(text_choices(forms_on(response)[-1])) == 2


def test_a_page_that_went_on_writing_is_merged_from_what_it_sent(text):
    """An autosave was merged while the author went on in the same paragraph: only that paragraph is theirs."""

    def form(token, body):
        row = saved(text)
        fields = {"module": row.module_id, "title": row.title, "slug": row.slug, "summary": "", "version": token}
        return LessonForm(fields | {"body": body, "tags": ""}, instance=row)

    opened = str(form("", "")["version"].initial)
    Lesson.objects.filter(pk=text.pk).update(body=FIRST + SECOND + THIRD.replace("words", "ideas"), version=2)
    DraftVersion.objects.create(lesson=text, body=text.body, first_version=1, last_version=1, digest="x")
    sent = form(opened, FIRST.replace("words", "wor") + SECOND + THIRD)
    assert sent.is_valid()
    assert sent.is_merged
    joined = sent.cleaned_data["body"]
    DraftVersion.objects.create(lesson=text, body=sent.own_draft.body, first_version=3, last_version=3, digest="y")
    Lesson.objects.filter(pk=text.pk).update(body=joined, version=4)
    state = sent.page_state()
    assert (Token.parse(state["own_version"]).number, state["merged"]) == (3, {"body": joined})
    later = form(state["own_version"], FIRST.replace("words", "world") + SECOND + THIRD)
    assert later.is_valid(), later.errors
    assert later.cleaned_data["body"] == FIRST.replace("words", "world") + SECOND + THIRD.replace("words", "ideas")
