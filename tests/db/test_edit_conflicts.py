"""An edit is compared with what its form showed, even if many are saved at the same moment."""

import pytest
from django.db import connection

from lessons.courses.models import Membership
from lessons.db.edit_conflicts import version_of
from lessons.discussions.models import Post, Thread
from lessons.models import GlossaryTerm, Lesson
from tests import factories
from tests.conftest import client_of
from tests.discussions.make import known, post_by, thread_by
from tests.forms import forms_of, forms_on

EDITORS = 8 if connection.vendor == "sqlite" else 4  # as many connections as PostgreSQL's pool has


def edit_form(client, url, field):
    """Return what the form of the page with that field submits."""
    page = client.get(url)
    form = next(form for form in forms_on(page) if field in form.fields)
    first = next(button for button in form.buttons if button.name != "preview")
    return form.fields | ({first.name: [first.value]} if first.name else {})


def test_a_version_does_not_depend_on_how_a_value_is_written():
    assert version_of({"text": "one\r\ntwo ", "tags": ["b", "A"]}) == version_of(
        {"tags": ["a", "B"], "text": "one\ntwo"}
    )
    assert version_of({"text": "one"}) != version_of({"text": "two"})
    assert version_of({"a": "x", "b": ""}) != version_of({"a": "", "b": "x"})


def test_the_same_edit_by_both_is_no_conflict(course, instructor, module):
    term = factories.make_term(module, term="Ebb", definition="Falling")
    client, url = client_of(instructor), f"/admin/lessons/glossaryterm/{term.pk}/change/"
    form = edit_form(client, url, "definition") | {"definition": ["The tide falls"]}
    assert [client.post(url, form).status_code for _ in range(3)] == [302] * 3


def test_a_change_that_was_reverted_is_no_conflict(course, instructor, module):
    term = factories.make_term(module, term="Ebb", definition="Falling")
    client, url = client_of(instructor), f"/admin/lessons/glossaryterm/{term.pk}/change/"
    form = edit_form(client, url, "definition")
    for definition in ("Other", "Falling"):
        GlossaryTerm.objects.filter(pk=term.pk).update(definition=definition)
    assert client.post(url, form | {"definition": ["Mine"]}).status_code == 302


def test_a_form_shown_again_with_an_error_keeps_its_version(learner, course):
    thread = thread_by(learner, course, title="Tides")
    client, url = client_of(learner), f"/threads/{thread.pk}/edit/"
    form = edit_form(client, url, "title")
    Thread.objects.filter(pk=thread.pk).update(title="Theirs")
    refused = client.post(url, form | {"title": [" "]})
    shown = next(form for form in forms_on(refused) if "title" in form.fields)
    assert (refused.status_code, shown.fields["version"]) == (400, form["version"])
    assert client.post(url, shown.fields | {"title": ["Mine"]}).status_code == 409


def test_two_edits_of_the_tags_are_a_conflict(learner, course):
    thread = thread_by(learner, course, title="Tides", tags=["moon"])
    client, url = client_of(learner), f"/threads/{thread.pk}/edit/"
    form = edit_form(client, url, "tags")
    thread.tags.set(["sun"])
    page = client.post(url, form | {"tags": ["stars"]})
    assert page.status_code == 409
    assert list(thread.tags.names()) == ["sun"]
    assert all(tag in page.content.decode() for tag in ("sun", "stars"))


def test_a_row_of_an_inline_table_has_a_version(course, instructor):
    label = course.labels.create(key="doubt", name="Doubt", position=1)
    client, url = client_of(instructor), f"/admin/courses/course/{course.pk}/change/"
    form = edit_form(client, url, "labels-0-name")
    course.labels.update(name="Theirs")
    page = client.post(url, form | {"labels-0-name": ["Mine"]})
    assert page.status_code == 409
    assert "Theirs" in page.content.decode()
    label.refresh_from_db()
    assert label.name == "Theirs"


def test_a_row_of_an_inline_table_is_not_deleted_as_nobody_has_seen_it(course, instructor):
    course.labels.create(key="doubt", name="Doubt", position=1)
    client, url = client_of(instructor), f"/admin/courses/course/{course.pk}/change/"
    form = edit_form(client, url, "labels-0-name") | {"labels-0-DELETE": ["on"]}
    course.labels.update(name="Theirs")
    page = client.post(url, form)
    assert (page.status_code, course.labels.get().name) == (409, "Theirs")
    assert "Somebody has changed a label that you want to delete." in page.content.decode()
    again = next(form for form in forms_on(page) if "labels-0-name" in form.fields)
    assert again.fields["labels-0-DELETE"] == ["on"]
    assert client.post(url, form | again.fields).status_code == 302
    assert not course.labels.exists()


def test_a_label_added_twice_is_one_label_and_another_of_its_name_is_refused(course, instructor):
    client, url = client_of(instructor), f"/admin/courses/course/{course.pk}/change/"
    form = edit_form(client, url, "labels-0-name") | {"labels-0-name": ["Doubt"], "labels-0-position": ["3"]}
    assert [client.post(url, form).status_code for _ in range(2)] == [302, 302]
    assert client.post(url, form | {"labels-0-position": ["4"]}).status_code == 200
    assert course.labels.count() == 1


def test_a_changed_order_of_lessons_is_not_overwritten(instructor, module):
    first, second, third = [factories.make_lesson(module, title=title, position=n) for n, title in enumerate("ABC")]
    client, url = client_of(instructor), f"/admin/lessons/module/{module.pk}/order/"
    shown = f"{first.pk},{second.pk},{third.pk}"
    assert client.post(url, {"version": shown, "down": first.pk}).status_code == 302
    assert client.post(url, {"version": shown, "down": first.pk}).status_code == 302  # pressed twice
    assert list(module.lessons.values_list("title", flat=True)) == ["B", "A", "C"]
    conflict = client.post(url, {"version": shown, "up": third.pk})
    assert conflict.status_code == 409
    assert list(module.lessons.values_list("title", flat=True)) == ["B", "A", "C"]
    form = forms_on(conflict)[-1]
    assert client.post(form.url, form.fields).status_code == 302
    assert list(module.lessons.values_list("title", flat=True)) == ["A", "C", "B"]


def test_members_moved_by_somebody_else_are_not_moved_again(instructor, learner, course, group_a, group_b):
    client, url = client_of(instructor), "/courses/tides/groups/moves/"
    member, third = course.memberships.get(user=learner), factories.make_group(course, "Group C")
    form = {"memberships": f"{member.pk}-{group_a.pk}", "group": group_b.pk}
    assert [client.post(url, form).status_code for _ in range(2)] == [302, 302]
    conflict = client.post(url, form | {"group": third.pk})
    assert conflict.status_code == 409
    assert "Lea Learner (Group B)" in conflict.content.decode()
    member.refresh_from_db()
    assert member.group == group_b
    shown = next(form for form in forms_on(conflict) if "memberships" in form.fields)
    assert shown.fields["memberships"] == [f"{member.pk}-{group_b.pk}"]
    assert client.post(url, shown.fields).status_code == 302
    member.refresh_from_db()
    assert member.group == third


@pytest.mark.thorough
@pytest.mark.parametrize("kind", ["post", "thread", "term", "lesson"])
@pytest.mark.django_db(transaction=True)
def test_one_of_many_simultaneous_edits_is_saved_and_the_others_see_both_versions(
    kind, course, learner, module, at_once
):
    staff = factories.make_member(course, Membership.Role.INSTRUCTOR, is_superuser=True, is_staff=True)
    thread = thread_by(staff, course, title="Tides")
    post, term, lesson = post_by(staff, thread), factories.make_term(module), factories.make_lesson(module)
    url, field, values = {
        "post": (f"/posts/{post.pk}/edit/", "source", Post.objects.filter(pk=post.pk).values_list("source")),
        "thread": (f"/threads/{thread.pk}/edit/", "title", Thread.objects.filter(pk=thread.pk).values_list("title")),
        "term": (
            f"/admin/lessons/glossaryterm/{term.pk}/change/",
            "definition",
            GlossaryTerm.objects.filter(pk=term.pk).values_list("definition"),
        ),
        "lesson": (
            f"/admin/lessons/lesson/{lesson.pk}/change/",
            "title",
            Lesson.objects.filter(pk=lesson.pk).values_list("title"),
        ),
    }[kind]
    form, clients = edit_form(client_of(staff), url, field), [client_of(known(staff)) for _ in range(EDITORS)]
    texts = [f"Text number {n}." for n in range(EDITORS)]
    jobs = [
        lambda client=client, text=text: client.post(url, form | {field: [text]})
        for client, text in zip(clients, texts, strict=True)
    ]
    answers = at_once(*jobs)
    assert sorted(answer.status_code for answer in answers) == [302] + [409] * (EDITORS - 1)
    winner = texts[[answer.status_code for answer in answers].index(302)]
    assert at_once(lambda: list(values)) == [[(winner,)]]
    for answer, text in zip(answers, texts, strict=True):
        if answer.status_code == 409:
            page = answer.content.decode()
            assert (winner in page, text in page) == (True, True)
            assert forms_of(page, url)


@pytest.mark.django_db(transaction=True)
def test_buttons_pressed_many_times_at_once_work_once(course, learner, instructor, at_once):
    invitation, follow = course.invitations.create(), "/courses/tides/discussions/subscription/"
    staff, people = known(instructor), known(learner)
    revoke = f"/courses/tides/invitations/{invitation.pk}/revocation/"
    readers, teachers = ([client_of(user) for _ in range(EDITORS)] for user in (people, staff))
    jobs = [lambda client=client: client.post(follow, {"enabled": "true"}) for client in readers]
    assert {answer.status_code for answer in at_once(*jobs)} == {302}
    jobs = [lambda client=client: client.post(revoke) for client in teachers]
    assert {answer.status_code for answer in at_once(*jobs)} == {302}
    assert at_once(people.follows.count, course.audit_entries.filter(verb="revoke invitation").count) == [1, 1]
