"""Keep what somebody writes in a form until it is sent, whatever happens to the page, the session or the connection.

A form carries a signed field (`{% unsent_text %}`) that says whose text it holds and which form it is, its
`draft_key`. So the text can be kept for its author alone, even if the session has ended when it arrives. The
page's script saves them here while the author types, and in the browser until they are here (`static/js/unsent/`).
Who may write where is known to the package `unsent`.
"""

import re
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from django.contrib.auth import get_user_model
from django.core import signing
from django.db import transaction
from django.forms import BaseForm
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from lessons.db.models import UnsentText

Fields = dict[str, str | list[str]]

WRITER_FIELD = "unsent_text"
SALT = "lessons.db.unsent_texts"
MAX_TEXTS = 50
MAX_BYTES = 64 * 1024
# A lesson's text may be long; few people write lessons.
MAX_LESSON_BYTES = 1024 * 1024
# The browser keeps nothing longer, and a page that has been open longer must be loaded again.
KEPT_FOR = timedelta(days=30)
# Buttons and fields of the protocol, which are not what somebody wrote.
OMITTED_FIELDS = {WRITER_FIELD, "csrfmiddlewaretoken", "draft_key", "draft", "preview", "send", "action", "next"}
# Never kept nor shown again, wherever they come from.
SECRET_FIELD = re.compile(r"pass(word|phrase|code)|secret|otp|token|\bcode\b|recovery", re.IGNORECASE)
# If anything was written in the form of a post, at least one of these fields has text.
POST_TEXT_FIELDS = ("source", "title")


class UnsentTextNotSaved(ValueError):
    """An unsent text was not saved; the message says why and what to do."""


class TooManyUnsentTexts(UnsentTextNotSaved):
    def __init__(self):
        super().__init__(
            _("You have %(max)d unsent texts, which is the maximum. Send or delete some of them.") % {"max": MAX_TEXTS}
        )


class UnsentTextTooLong(UnsentTextNotSaved):
    def __init__(self):
        super().__init__(_("This text is too long to be saved on the server."))


class Writer(NamedTuple):
    """Who wrote in a form, and which one it is, as its signed field says."""

    user_id: int
    draft_key: str


def browser_account(user_id: int) -> str:
    """Return the name of an account in the browser's storage, which is unique and reveals nothing about it."""
    return salted_hmac(SALT, str(user_id), algorithm="sha256").hexdigest()[:20]


class DailySigner(signing.TimestampSigner):
    """Signs with the day instead of the second, so that a page that has not changed keeps its ETag."""

    def timestamp(self) -> str:
        return signing.b62_encode(int(time.time()) // 86_400 * 86_400)


def sign_writer(user_id: int, draft_key: str) -> str:
    """Return the value of the signed field of a form."""
    return DailySigner(salt=SALT).sign_object([user_id, draft_key])


def read_writer(data: QueryDict) -> Writer | None:
    """Return who wrote in the form that was submitted; None for a form without the field, or with one that is not
    ours or older than KEPT_FOR.
    """
    token = data.get(WRITER_FIELD, "")
    if not token:
        return None
    try:
        user_id, draft_key = DailySigner(salt=SALT).unsign_object(token, max_age=KEPT_FOR)
    except signing.BadSignature:
        return None
    return Writer(user_id, draft_key)


def written_fields(data: QueryDict) -> Fields:
    """Return what a submitted form contains, in characters that every database can store."""
    fields: Fields = {}
    for name, values in data.lists():
        if name not in OMITTED_FIELDS and not SECRET_FIELD.search(name):
            storable = [value.encode("utf-8", "ignore").decode().replace("\x00", "") for value in values]
            fields[name] = storable[0] if len(storable) == 1 else storable
    return fields


def save_unsent_text(
    *, user_id: int, draft_key: str, fields: Mapping[str, str | list[str]], max_bytes: int = MAX_BYTES
) -> UnsentText | None:
    """Save the fields of a form; without any text, delete what was saved, return None. Raise UnsentTextNotSaved."""
    if not has_text(fields):
        forget_unsent_text(user_id=user_id, draft_key=draft_key)
        return None
    if _size(fields) > max_bytes:
        raise UnsentTextTooLong
    with transaction.atomic():
        kept = UnsentText.objects.filter(user=user_id)
        if kept.filter(draft_key=draft_key).update(fields=fields, updated_at=timezone.now()):
            return kept.get(draft_key=draft_key)
        # Under the person's lock, or two forms at once would both be the fiftieth.
        get_user_model().objects.select_for_update(no_key=True).get(pk=user_id)
        if kept.count() >= MAX_TEXTS:
            raise TooManyUnsentTexts
        return UnsentText.objects.update_or_create(
            user_id=user_id, draft_key=draft_key, defaults={"fields": dict(fields)}
        )[0]


def has_text(fields: Mapping[str, str | list[str]]) -> bool:
    """Return whether anything was written; in a form for posts only its text and title count."""
    named = [fields[name] for name in POST_TEXT_FIELDS if name in fields]
    return any(str(value).strip() for value in named) if "source" in fields else bool(fields)


def _size(fields: Mapping[str, str | list[str]]) -> int:
    return sum(len(name) + len(part.encode()) for name, value in fields.items() for part in _parts(value))


def _parts(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def forget_unsent_text(*, user_id: int, draft_key: str) -> None:
    """Delete what was kept of a form: it was sent, or its author does not want it."""
    UnsentText.objects.filter(user=user_id, draft_key=draft_key).delete()


def forget_submitted(request: HttpRequest) -> None:
    """Delete what was kept of the form that was submitted, and has now done its work."""
    writer = read_writer(request.POST)
    if writer and writer.user_id == request.user.pk:
        forget_unsent_text(user_id=writer.user_id, draft_key=writer.draft_key)


def find_unsent_text(user_id: int | None, draft_key: str) -> UnsentText | None:
    """Return what was kept of a form. One query."""
    return UnsentText.objects.filter(user=user_id, draft_key=draft_key).first()


def fill_form(form: BaseForm, user_id: int, draft_key: str) -> bool:
    """Show in an unbound form what was kept of it, and return whether anything was. One query."""
    if form.is_bound:
        return False
    kept = initial_values(find_unsent_text(user_id, draft_key))
    kept = {name: value for name, value in kept.items() if name in form.fields}
    form.initial = {**form.initial, **kept}
    return bool(kept)


def initial_values(unsent: UnsentText | None) -> Fields:
    """Return the initial values of a form: the fields that are not empty."""
    return filled_fields(unsent.fields) if unsent else {}


def filled_fields(fields: Mapping[str, str | list[str]]) -> Fields:
    """Return the fields that are not empty."""
    return {name: value for name, value in fields.items() if value}
