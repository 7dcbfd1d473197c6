"""Every form of every page: submitted twice it does its work once, and none of them fails.

The forms are read from the pages that each role is shown, so that a new form is tested as soon as a page has it.
"""

import pytest
from django.apps import apps
from django.db import transaction
from django.urls import resolve

from lessons.accounts.models import User
from lessons.courses.models import Invitation
from lessons.discussions.models import Post, Thread
from lessons.importing.readers import read_paste
from lessons.importing.services import start_import
from lessons.models import Module, Prompt
from tests import factories
from tests.annotations.make import highlight_by
from tests.authoring.conftest import ARTICLE
from tests.conftest import client_of
from tests.db.test_hostile_queries import OWN_ROUTES, fill, make_site
from tests.db.test_idempotency import image_file
from tests.discussions.make import post_by, thread_by
from tests.forms import Button, forms_on

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
# How many forms at least are not refused.
EXPECTED = {"staff": 70, "learner": 12}


class Site:
    """A course with one of everything, its pages, and the forms on them."""

    def __init__(self):
        self.staff, ids, admin_ids = make_site()
        thread = Thread.objects.get(pk=ids["threads"]["pk"])
        self.learner, course = thread.author, thread.course
        module = Module.objects.get(pk=admin_ids["module"])
        other = thread_by(self.learner, course, "Another", title="Other")
        post_by(self.learner, thread, anonymous=True)
        highlight = highlight_by(self.learner, module.lessons.first(), label="confused")
        Prompt.objects.create(module=module, text="Who pays for a wall?")
        Invitation.objects.create(course=course)
        start_import(by=self.staff, course=course, name="", parsed=read_paste(ARTICLE))
        WORDS_OF["admin:courses_membership_add"] = {
            "email": factories.make_user("Nele", email="nele@example.org").email
        }
        self.words = WORDS | {"target_thread": str(other.pk)}
        rows = [factories.make_term(module), factories.make_event(module), factories.make_asset(course)]
        rows += [factories.make_case_study(module), Prompt.objects.get(), Post.objects.order_by("-pk")[0]]
        by_model = {row._meta.model_name: row.pk for row in rows}
        self.urls = [fill(path, ids, admin_ids | by_model) for _name, path in OWN_ROUTES]
        self.urls += [f"/notes/{highlight.pk}/edit/", f"/posts/{rows[-1].pk}/actions/"]

    def forms(self, user):
        """Yield each form of the pages that the user may open, with each of its buttons."""
        client, seen = client_of(User.objects.get(pk=user.pk)), set()
        for url in self.urls:
            response = client.get(url)
            if response.status_code != 200 or "html" not in response.headers.get("Content-Type", ""):
                continue
            for form in forms_on(response):
                # The buttons of the admin save in one way and lead to different pages.
                buttons = form.buttons[:1] if url.startswith("/admin/") else form.buttons
                for button in buttons or [Button("", "", form.url)]:
                    view = resolve(button.url.partition("?")[0]).view_name
                    kind = (view, button.name, form.fields.get("action", ("",))[0], *sorted(form.fields))
                    if kind not in seen and button.name not in ("preview", "draft"):
                        seen.add(kind)
                        yield view, form, button

    def filled(self, view, form, button):
        """Return what is submitted: texts are written, and of a choice that nothing is chosen of, the first is."""
        words = self.words | WORDS_OF.get(view, {})
        data = dict(form.fields)
        for name, choices in form.choices.items():
            chosen = [choice for choice in choices if choice]
            if not any(data.get(name, ())) and chosen and name not in OPTIONAL:
                data[name] = chosen[:1]
        data |= {name: [words.get(name, "Neap")] for name in form.texts}
        data |= {name: [value] for name, value in words.items() if name in data}
        data |= {name: [image_file()] for name in form.files if name == "file"}
        return data | ({button.name: [button.value]} if button.name else {})


# Nothing else would be submitted again, or it is not ours: signing out, lists of the admin without actions.
NOT_SUBMITTED = {"account_logout", "enrolment:start_learner_view"}


def row_counts():
    models = [model for model in apps.get_models() if model.__name__ not in BOOKKEEPING]
    return {model.__name__: model._base_manager.count() for model in models}


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["staff", "learner"])
def test_a_form_sent_twice_does_its_work_once(role):
    site, done = Site(), 0
    user = getattr(site, role)
    for view, form, button in list(site.forms(user)):
        if view in NOT_SUBMITTED or view.endswith("_changelist"):
            continue
        with transaction.atomic():
            client = client_of(User.objects.get(pk=user.pk))
            client.raise_request_exception = False
            first = client.post(button.url, site.filled(view, form, button))
            once = row_counts()
            second = client.post(button.url, site.filled(view, form, button))
            twice = row_counts()
            transaction.set_rollback(True)
        name = f"{view} {button.name}"
        assert max(first.status_code, second.status_code) < 500, name
        assert {model: (count, twice[model]) for model, count in once.items() if count != twice[model]} == {}, name
        assert (second.status_code == 302) is (first.status_code == 302), name
        done += first.status_code == 302
    assert done > EXPECTED[role]
