"""Every form does its work once if it is submitted twice, and shows both texts if two people edit the same thing.

The forms are read from the pages that each role is shown, so that a new form is tested as soon as a page has it.
"""

from typing import NamedTuple

import pytest
from django.apps import apps
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Cast
from django.urls import resolve

from lessons.accounts.models import User
from lessons.courses.models import Invitation
from lessons.discussions.models import Post, Thread
from lessons.importing.readers import read_paste
from lessons.models import Module, Prompt
from tests import factories, transactions
from tests.annotations.make import highlight_by
from tests.authoring.conftest import ARTICLE
from tests.conftest import client_of
from tests.db.test_hostile_queries import OWN_ROUTES, fill, make_site
from tests.discussions.make import post_by, thread_by
from tests.factories import start_import
from tests.forms import Button, PageForm, forms_on
from tests.image_files import image_file

# What is written into the fields of a form; other texts are "Neap".
WORDS = {
    "email": "nora@example.org",
    "display_name": "Nora",
    "title": "Neap tides",
    "slug": "neap",
    "date": "1607",
    "seqs": "2",
    "months": "6",
    "max_uses": "1",
    "text": ARTICLE,
    "password1": "correct horse battery",
    "password2": "correct horse battery",
    "search_text": "sun and moon",
    "exact": "sun and moon",
    "confirmation": "no",
    "usable_password": "false",
    "language": "en",
    "time_zone": "UTC",
    "tags": "moon",
    "alt": "",
    "expires_at": "",
    "due_at": "",
    "began": "",
    "ended": "",
    "next": "",
    "url": "",
    "code": "",
}
# What only some forms need.
WORDS_OF = {
    "admin:accounts_user_change": {"email": "ines@example.org"},
    "admin:lessons_asset_add": {"alt": "A sea"},
    "admin:lessons_asset_change": {"alt": "A sea"},
}
# Choices that may stay empty, and would not fit what else is chosen.
OPTIONAL = {"lesson", "group", "requires_approval", "anonymous", "reset_feed", "DELETE", "follow_up"}
# Rows that say that something was sent, not what.
BOOKKEEPING = {"SubmittedForm", "Session", "UserSession", "LogEntry"}
# Views in which an edit conflicts with another. That of the review of an article: `test_import.py`.
EDITED = {
    "staff": {
        "accounts:profile",
        "admin:accounts_user_change",
        "admin:courses_course_change",
        "admin:courses_readinggroup_change",
        "admin:lessons_asset_change",
        "admin:lessons_casestudy_change",
        "admin:lessons_glossaryterm_change",
        "admin:lessons_lesson_change",
        "admin:lessons_module_change",
        "admin:lessons_prompt_change",
        "admin:lessons_timelineevent_change",
        "discussions:edit_post",
        "discussions:edit_thread",
        "enrolment:group",
    },
    "learner": {"accounts:profile", "discussions:edit_thread"},
}
# Pages without forms of their own, and submissions that nobody repeats.
SKIPPED = ("changelist", "history", "export", "feed", "jsi18n", "autocomplete")
NOT_SUBMITTED = {"account_logout", "enrolment:start_learner_view"}
# Fields whose text must have a form, is no text, or is not stored.
NO_FREE_TEXT = {*WORDS} - {"title", "text", "tags", "alt"}
NO_FREE_TEXT |= {"reason", "pasted_html", "change_summary", "target_thread"}


TEXTS = (models.CharField, models.TextField, models.JSONField)


class Submission(NamedTuple):
    """A form of a page and one of its buttons; `view` is the view that it is submitted to."""

    view: str
    form: PageForm
    button: Button


class Site:
    """A course with one of everything, and the forms that its pages show to its staff and to a learner."""

    def __init__(self):
        staff, ids, admin_ids = make_site()
        thread = Thread.objects.get(pk=ids["threads"]["pk"])
        learner, course = thread.author, thread.course
        module = Module.objects.get(pk=admin_ids["module"])
        other = thread_by(learner, course, "Another", title="Other")
        post_by(learner, thread, anonymous=True)
        highlight = highlight_by(learner, module.lessons.first(), label="confused")
        Prompt.objects.create(module=module, text="Who pays for a wall?")
        Invitation.objects.create(course=course)
        start_import(by=staff, course=course, name="", parsed=read_paste(ARTICLE))
        nobody = factories.make_user("Nele", email="nele@example.org")
        self.words = WORDS | {"target_thread": str(other.pk)}
        self.words_of = WORDS_OF | {"admin:courses_membership_add": {"email": nobody.email}}
        rows = [factories.make_term(module), factories.make_event(module), factories.make_asset(course)]
        rows += [factories.make_case_study(module), Prompt.objects.get(), Post.objects.order_by("-pk")[0]]
        rows += [learner, course.groups.get(), course.memberships.get(user=learner)]
        by_model = {row._meta.model_name: row.pk for row in rows}
        paths = [path for name, path in OWN_ROUTES if not name.endswith(SKIPPED)]
        urls = [fill(path, ids, admin_ids | by_model) for path in paths]
        urls += [f"/courses/{course.slug}/members/{by_model['membership']}/", f"/posts/{by_model['post']}/actions/"]
        own_urls = [url for url in urls if not url.startswith("/admin/")] + [f"/notes/{highlight.pk}/edit/"]
        self.users = {"staff": staff, "learner": learner}
        self.submissions = {"staff": list(_submissions(staff, urls)), "learner": list(_submissions(learner, own_urls))}

    def client(self, role):
        client = client_of(User.objects.get(pk=self.users[role].pk))
        client.raise_request_exception = False
        return client

    def filled(self, submission):
        """Return what is submitted: texts are written, and of a choice that nothing is chosen of, the first is."""
        form, button = submission.form, submission.button
        words = self.words | self.words_of.get(submission.view, {})
        data = dict(form.fields)
        for name, choices in form.choices.items():
            chosen = [choice for choice in choices if choice]
            if not any(data.get(name, ())) and chosen and name not in OPTIONAL:
                data[name] = chosen[:1]
        data |= {name: [words.get(name, "Neap")] for name in form.texts}
        data |= {name: [value] for name, value in words.items() if name in data}
        data |= {name: [image_file()] for name in form.files if name == "file"}
        return data | ({button.name: [button.value]} if button.name else {})


def _submissions(user, urls):
    client, seen = client_of(user), set()
    for url in urls:
        response = client.get(url)
        if response.status_code != 200 or "html" not in response.headers.get("Content-Type", ""):
            continue
        for form in forms_on(response):
            # The buttons of the admin save in one way and lead to different pages.
            buttons = form.buttons[:1] if url.startswith("/admin/") else form.buttons
            for button in buttons or [Button("", "", form.url)]:
                view = resolve(button.url.partition("?")[0]).view_name
                kind = (view, button.name, form.fields.get("action", ("",))[0], *sorted(form.fields))
                if kind not in seen and button.name not in ("preview", "draft") and view not in NOT_SUBMITTED:
                    seen.add(kind)
                    yield Submission(view, form, button)


def row_counts():
    models = [model for model in apps.get_models() if model.__name__ not in BOOKKEEPING]
    return {model.__name__: model._base_manager.count() for model in models}


def is_stored(text: str) -> bool:
    """Return whether a text is anywhere in the database. A query for each table."""
    for model in apps.get_models():
        fields = [field.attname for field in model._meta.local_fields if isinstance(field, TEXTS)]
        as_text = {f"{name}_as_text": Cast(name, models.TextField()) for name in fields}
        anywhere = Q(*((f"{name}__contains", text) for name in as_text), _connector=Q.OR)
        rows = model._base_manager.annotate(**as_text).filter(anywhere)
        if fields and model.__name__ not in BOOKKEEPING and rows.exists():
            return True
    return False


pytestmark = [
    pytest.mark.django_db,
    pytest.mark.thorough,
    pytest.mark.parametrize("make_world", [Site], ids=["site"], indirect=True),
    pytest.mark.parametrize("role", ["staff", "learner"]),
]


def test_a_form_sent_twice_does_its_work_once(role, world):
    done = 0
    for submission in world.submissions[role]:
        with transactions.allowed(), transaction.atomic():
            client, url = world.client(role), submission.button.url
            first = client.post(url, world.filled(submission))
            once = row_counts()
            second = client.post(url, world.filled(submission))
            twice = row_counts()
            transaction.set_rollback(True)
        name = f"{submission.view} {submission.button.name}"
        assert max(first.status_code, second.status_code) < 500, name
        assert {model: (count, twice[model]) for model, count in once.items() if count != twice[model]} == {}, name
        assert (second.status_code == 302) is (first.status_code == 302), name
        done += first.status_code == 302
    assert done > {"staff": 70, "learner": 12}[role]


def test_the_second_of_two_edits_overwrites_nothing_and_sees_both_versions(role, world):
    conflicts = set()
    for submission in world.submissions[role]:
        texts = [name for name in submission.form.texts if name.rpartition("-")[2] not in NO_FREE_TEXT]
        if not texts:
            continue
        with transactions.allowed(), transaction.atomic():
            name, data, client, url = texts[0], world.filled(submission), world.client(role), submission.button.url
            first = client.post(url, data | {name: ["Firstwords"]})
            was_stored = first.status_code == 302 and is_stored("Firstwords")
            second = client.post(url, data | {name: ["Secondwords"]})
            assert not was_stored or is_stored("Firstwords"), (submission.view, name)
            if was_stored and second.status_code == 409:
                page = second.content.decode()
                assert ("Firstwords" in page, "Secondwords" in page) == (True, True), (submission.view, name)
                if "version" in submission.form.fields:
                    assert _submit_again(client, second, url).status_code == 302, (submission.view, name)
                    assert is_stored("Secondwords"), (submission.view, name)
                    conflicts.add(submission.view)
            transaction.set_rollback(True)
    assert conflicts >= EDITED[role]


def _submit_again(client, page, url):
    """Press the button on a conflict page that replaces the saved text."""
    form = next(
        form for form in forms_on(page) if any("Secondwords" in values[0] for values in form.fields.values() if values)
    )
    button = form.buttons[0]
    return client.post(url, form.fields | ({button.name: [button.value]} if button.name else {}))
