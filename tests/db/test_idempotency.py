"""A form submitted twice does its work once: by a double click, a retry, the Back button, or at the same time."""

import json
from datetime import timedelta
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from lessons.accounts.models import User
from lessons.annotations.models import Annotation
from lessons.courses.models import Course, Invitation, Membership, ReadingGroup
from lessons.db.idempotency import KEPT_FOR, submission_key
from lessons.db.models import SubmittedForm
from lessons.discussions.models import Post, Thread
from lessons.importing.models import ArticleImport
from lessons.models import Asset, GlossaryTerm, Lesson, Module, Prompt, TimelineEvent
from lessons.privacy.erasure import erase_user
from lessons.privacy.models import DataExport
from tests import factories
from tests.annotations.make import highlight_by
from tests.authoring.conftest import ARTICLE
from tests.conftest import client_of
from tests.discussions.make import known, thread_by
from tests.environment import sample
from tests.forms import form_key_on
from tests.image_files import image_file

TIMES = 8 if connection.vendor == "sqlite" else 4  # as many connections as PostgreSQL's pool has


# --- Forms with a row of their own -------------------------------------------------------------------------------

COURSE, MODULE = {"course": "{course}"}, {"module": "{module}"}
# Name to: address, what is sent beside the key, and what is created by it. `{course}`, `{module}` stand for ids.
FORMS = {
    "group": ("/courses/tides/groups/", {"name": "Group Z"}, ReadingGroup),
    "invitation": ("/courses/tides/invitations/", {"role": "learner"}, Invitation),
    "member": ("/courses/tides/members/new/", {"email": "new@example.org", "name": "Nora", "role": "learner"}, User),
    "data export": ("/accounts/data/", {}, DataExport),
    "article": ("/admin/articles/new/", {"course": "{course}", "text": ARTICLE}, ArticleImport),
    "module copy": ("/admin/lessons/module/{module}/copies/", {"course": "{course}", "copy": "1"}, Module),
    "course copy": ("/admin/courses/course/{course}/copies/", {"title": "Tides 2", "slug": "tides-2"}, Course),
    "course": ("/admin/courses/course/add/", {"title": "Moons", "slug": "moons"}, Course),
    "module": ("/admin/lessons/module/add/", {"course": "{course}", "title": "The moon", "slug": "the-moon"}, Module),
    "lesson": ("/admin/lessons/lesson/add/", MODULE | {"title": "Ebb", "body": "<p>x</p>"}, Lesson),
    "term": (
        "/admin/lessons/glossaryterm/add/",
        {"module": "{module}", "term": "Ebb", "definition": "x"},
        GlossaryTerm,
    ),
    "event": (
        "/admin/lessons/timelineevent/add/",
        MODULE | {"date": "1607", "event": "x"},
        TimelineEvent,
    ),
    "prompt": ("/admin/lessons/prompt/add/", MODULE | {"text": "Who pays?", "position": "1"}, Prompt),
    "image": ("/admin/lessons/asset/add/", {"course": "{course}", "file": image_file, "alt": "A sea"}, Asset),
    "account": ("/admin/accounts/user/add/", {"email": "nora@example.org", "display_name": "Nora"}, User),
    "group in the admin": (
        "/admin/courses/readinggroup/add/",
        {"course": "{course}", "name": "Group Z"},
        ReadingGroup,
    ),
}


class Sender:
    """Submits a form as its page shows it to an administrator who is also an instructor."""

    def __init__(self, user, course, module):
        self.user, self.ids = user, {"course": course.pk, "module": module.pk}
        self.client = client_of(user)

    def page(self, name):
        page = self.client.get(FORMS[name][0].format(**self.ids))
        if page.context.get("adminform"):
            shown = page.context["adminform"].form
            self.initial = {field: shown[field].value() for field in shown.fields if field != "file"}
        else:
            self.initial = {}
        return page

    def fields(self, name, /, **changes):
        known = {field: "" if value is None or value == [] else value for field, value in self.initial.items()}
        known = {field: value for field, value in known.items() if value is not False}
        sent = FORMS[name][1] | changes
        if name == "account":
            sent |= {"usable_password": "false"}
        values = {field: value() if callable(value) else value for field, value in sent.items()}
        values |= {field: value.format(**self.ids) for field, value in values.items() if isinstance(value, str)}
        return known | values

    def send(self, name, key, /, **changes):
        address = FORMS[name][0].format(**self.ids)
        return client_of(self.user).post(address, self.fields(name, **changes) | {"form_key": key})


@pytest.fixture
def sender(course, module):
    staff = factories.make_member(course, Membership.Role.INSTRUCTOR, is_staff=True, is_superuser=True)
    return Sender(known(staff), course, module)


@pytest.mark.parametrize("name", sample(FORMS, parts=2))
def test_a_form_sent_twice_creates_one_row_and_leads_to_it_twice(name, sender):
    key, model = form_key_on(sender.page(name)), FORMS[name][2]
    before = model.objects.count()
    answers = [sender.send(name, key) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [302] * 3
    assert model.objects.count() == before + 1
    assert answers[1].url == answers[2].url
    row = SubmittedForm.objects.get()
    assert (row.user, row.result) == (sender.user, answers[1].url)
    assert client_of(sender.user).get(answers[1].url, follow=True).status_code == 200


OTHER = {
    "group": {"name": "Group Y"},
    "invitation": {"max_uses": "3"},
    "member": {"email": "other@example.org"},
    "article": {"text": ARTICLE.replace("Lights", "Bells")},
    "course copy": {"title": "Tides 3", "slug": "tides-3"},
    "course": {"title": "Suns", "slug": "suns"},
    "module": {"title": "The sun", "slug": "the-sun"},
    "lesson": {"title": "Flow"},
    "term": {"term": "Flow"},
    "prompt": {"text": "Who builds?"},
    "image": {"file": lambda: image_file("blue")},
}


@pytest.mark.thorough
@pytest.mark.parametrize("name", sample(OTHER))
def test_other_content_under_the_same_key_is_created_as_well(name, sender):
    key, model = form_key_on(sender.page(name)), FORMS[name][2]
    before = model.objects.count()
    for _ in range(2):
        assert sender.send(name, key).status_code == 302
        assert sender.send(name, key, **OTHER[name]).status_code == 302
    assert model.objects.count() == before + 2


def test_a_form_that_was_refused_is_sent_again_with_the_same_key(sender):
    key = form_key_on(sender.page("group"))
    assert sender.send("group", key, name=" ").status_code == 400
    assert sender.send("course copy", key, slug="tides").status_code == 422
    assert not SubmittedForm.objects.exists()
    assert sender.send("group", key).status_code == 302
    assert sender.send("course copy", key).status_code == 302


def test_a_group_with_a_taken_name_is_still_refused(sender, group_a):
    answer = sender.send("group", form_key_on(sender.page("group")), name=group_a.name)
    assert answer.status_code == 400
    assert not SubmittedForm.objects.exists()


def test_forms_of_two_people_or_two_pages_do_not_interfere(sender, course, module):
    other = Sender(known(factories.make_member(course, Membership.Role.INSTRUCTOR)), course, module)
    key = "the same key"
    for one in (sender, other):
        for name in ("event", "prompt"):
            one.page(name)
            assert one.send(name, key).status_code == 302
    assert (TimelineEvent.objects.count(), Prompt.objects.count()) == (2, 2)


@pytest.mark.parametrize("key", ["", "x", "\U0001f600", "9" * 5000], ids=["none", "short", "symbol", "long"])
def test_any_key_is_accepted_and_a_missing_one_is_no_error(key, sender):
    sender.page("invitation")
    for _ in range(2):
        assert sender.send("invitation", key).status_code == 302
    assert Invitation.objects.count() == (1 if key else 2)


def test_an_image_uploaded_twice_from_the_editor_is_one_asset(sender, module):
    form = {"module": module.pk, "alt": "A sea", "form_key": "k"}
    answers = [sender.client.post("/admin/lessons/asset/choices/", form | {"file": image_file()}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert json.loads(answers[0].content) == json.loads(answers[1].content)
    sender.client.post("/admin/lessons/asset/choices/", form | {"file": image_file("blue")})
    assert Asset.objects.count() == 2


def test_prompts_are_opened_once_by_a_button_pressed_twice(sender, module):
    Prompt.objects.create(module=module, text="Who pays for a wall?", position=1)
    address = "/courses/tides/discussions/prompts/"
    form = {"module": module.pk, "form_key": form_key_on(sender.client.get(address))}
    pages = [sender.client.post(address, form, follow=True).content.decode() for _ in range(2)]
    assert ["0 threads" in page for page in pages] == [False, False]
    assert Thread.objects.count() == 1


def test_old_rows_and_those_of_an_erased_user_are_deleted(sender, course):
    sender.page("group")
    sender.send("group", "a"), sender.send("invitation", "b")
    SubmittedForm.objects.filter(form="enrolment:groups").update(created_at=timezone.now() - KEPT_FOR - timedelta(1))
    call_command("run_retention", stdout=StringIO())
    assert [row.form for row in SubmittedForm.objects.all()] == ["enrolment:invitations"]
    factories.make_member(course, Membership.Role.INSTRUCTOR, is_superuser=True)
    erase_user(user=sender.user, by=None)
    assert not SubmittedForm.objects.exists()


# --- Posts and annotations: their own column is the storage ------------------------------------------------------


def test_a_submission_is_identified_by_its_form_and_its_content():
    key = uuid4()
    assert submission_key(key, "Ebb", 1) == submission_key(key, "Ebb", 1)
    keys = [submission_key(*args) for args in [(key, "Ebb", 1), (key, "Ebb1"), (key, "Ebb", 2), (uuid4(), "Ebb", 1)]]
    assert len({*keys, submission_key(key, "E", "bb1"), submission_key(key, "\ud800")}) == 6


def new_thread(**more):
    return {"kind": "discussion", "title": "Tides", "source": "Why twice a day?", "audience": "course", **more}


@pytest.fixture
def targets(course, lesson, learner):
    """Return by name: a URL that takes text, the fields sent to it besides `source`, and the model it creates."""
    thread = thread_by(learner, course)
    start = lesson.current_revision.text.index("sun and moon")
    passage = {"revision": 1, "start": start, "end": start + 12, "exact": "sun and moon", "kind": "note"}
    return {
        "thread": ("/courses/tides/discussions/new/", new_thread(), Thread),
        "comment": (f"/lessons/{lesson.pk}/comments/new/", {"kind": "discussion", "audience": "course"}, Thread),
        "reply": (f"/threads/{thread.pk}/", {}, Post),
        "annotation": (f"/lessons/{lesson.pk}/notes/new/", passage | {"audience": "course"}, Annotation),
    }


TARGETS = ["thread", "comment", "reply", "annotation"]


@pytest.mark.thorough
@pytest.mark.parametrize("target", TARGETS)
def test_text_sent_twice_is_stored_once_and_other_text_is_not_lost(target, targets, learner):
    address, fields, model = targets[target]
    client, form, before = client_of(known(learner)), fields | {"key": str(uuid4())}, model.objects.count()
    urls = [client.post(address, form | {"source": words}).url for words in ("Ebb", "Ebb", "Flow", "Flow", "Ebb")]
    assert model.objects.count() == before + 2
    assert urls[0] == urls[1] == urls[4]
    assert urls[2] == urls[3] != urls[0]


def test_text_that_was_edited_since_is_not_stored_again(course, learner):
    client, form = client_of(known(learner)), new_thread(key=str(uuid4()))
    first = client.post("/courses/tides/discussions/new/", form).url
    Post.objects.update(source="Edited", html="<p>Edited</p>")
    assert client.post("/courses/tides/discussions/new/", form).url == first


def test_another_passage_marked_with_the_same_key_is_another_highlight(lesson, learner):
    client, key = client_of(known(learner)), str(uuid4())
    for words in ("sun and moon", "sun and moon", "Neap tides"):
        start = lesson.current_revision.text.index(words)
        where = {"revision": 1, "start": start, "end": start + len(words), "exact": words}
        form = where | {"key": key, "kind": "highlight", "highlight_only": 1}
        assert client.post(f"/lessons/{lesson.pk}/notes/new/", form).status_code == 302
    assert sorted(Annotation.objects.values_list("exact", flat=True)) == ["Neap tides", "sun and moon"]


def test_a_comment_on_a_highlight_sent_twice_is_added_once_and_other_text_is_returned(lesson, learner):
    mark, client = highlight_by(learner, lesson), client_of(learner)
    form = {"action": "comment", "kind": "note", "audience": "course", "source": "Why?", "key": str(uuid4())}
    address = f"/notes/{mark.pk}/edit/"
    assert client.post(address, form).status_code == 302
    assert client.post(address, form).status_code == 302
    refused = client.post(address, form | {"source": "Other words"})
    assert refused.status_code == 409
    assert "Other words" in refused.content.decode()
    assert Post.objects.count() == 1


# --- At the same time ---------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", sample(["group", "invitation", "term", "module copy", "course copy", "member"]))
def test_a_form_sent_many_times_at_once_creates_one_row(name, sender, at_once):
    key, model = form_key_on(sender.page(name)), FORMS[name][2]
    before = model.objects.count()
    answers = at_once(*[lambda: sender.send(name, key)] * TIMES)
    assert {answer.status_code for answer in answers} == {302}
    assert at_once(model.objects.count) == [before + 1]


@pytest.mark.thorough
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("target", TARGETS)
def test_text_sent_many_times_at_once_is_stored_once(target, targets, learner, at_once):
    address, fields, model = targets[target]
    form, before = fields | {"key": str(uuid4()), "source": "Because of the moon."}, model.objects.count()
    clients = [client_of(known(learner)) for _ in range(TIMES)]
    answers = at_once(*[lambda client=client: client.post(address, form) for client in clients])
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.url for answer in answers}) == 1
    assert at_once(model.objects.count) == [before + 1]
