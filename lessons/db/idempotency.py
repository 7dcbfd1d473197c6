"""A form that is sent twice does its work once: pressed twice, sent again over a bad line, or from the page before.

A form carries a key, made when it was shown (`{% form_key %}`). What it sent the first time and where that led is
written in the transaction of the work itself. The same key with the same content leads to the first result; the same
key with other content is other work, which is done as well, because the person pressed send on it.

Posts and annotations come many a second, so they need no row beside their own: their column `idempotency_key`, unique
for an author, holds `submission_key`, which is the form's key and what was written in one. Equal work then has an
equal key, other work another one: the guarantees are the same. `created_once` is the decorator of what creates them.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from hashlib import blake2b
from typing import Any, NamedTuple, ParamSpec, TypeVar
from uuid import UUID, uuid4, uuid5

from django.db import IntegrityError, models, transaction
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils import timezone

from lessons.db.models import SubmittedForm

FORM_KEY_FIELD = "form_key"
KEPT_FOR = timedelta(days=30)
# What says nothing of the work itself.
IGNORED_FIELDS = {FORM_KEY_FIELD, "csrfmiddlewaretoken"}
NAMESPACE = UUID("5f1c0f0e-0c5c-4b6e-9a43-6f1d3f5f9c55")
DIGEST_SIZE = 32  # bytes

Row = TypeVar("Row", bound=models.Model)
P = ParamSpec("P")


def form_key(request: HttpRequest) -> str:
    """Return what the form carries in its hidden field: the key it came with, or a new one."""
    return request.POST.get(FORM_KEY_FIELD) or str(uuid4())


def submission_key(key: UUID, *content: object) -> UUID:
    """Return the key of one submission: equal for the same form's key and the same content, and for these alone."""
    return uuid5(key, _digest(str(part).encode(errors="surrogatepass") for part in content))


def created_once(find: Callable[..., Row | None]) -> Callable[[Callable[P, Row]], Callable[P, Row]]:
    """Let a function that creates a row do so in a transaction; where a unique key refuses it, because the same was
    done in the same moment, the row is what `find` finds with the same arguments.
    """

    def decorate(create: Callable[P, Row]) -> Callable[P, Row]:
        @wraps(create)
        def create_or_find(*args: P.args, **kwargs: P.kwargs) -> Row:
            try:
                with transaction.atomic():
                    return create(*args, **kwargs)
            except IntegrityError:
                row = find(*args, **kwargs)
                if row is None:
                    raise
                return row

        return create_or_find

    return decorate


class FormInvalid(Exception):
    """What was sent is not valid, as can only be known within the transaction: nothing is kept of it."""


class Outcome(NamedTuple):
    """The address to which a form led; `is_repeat` where it had led there before, so that nothing was done now."""

    address: str
    is_repeat: bool


def submit_once(request: HttpRequest, work: Callable[[], Any]) -> Outcome:
    """Do the `work` of a form that was sent, in a transaction, unless the same form did it before.

    `work` returns where it leads, as for `redirect`. What it raises is raised, and nothing is kept: the form can be
    sent again. A form without a key is not protected. What the first submission would make invalid, such as a name
    that must be unique, is validated within `work`, which raises FormInvalid.
    """
    with transaction.atomic():
        claim = _claim(request)
        if claim and claim.result:
            return Outcome(claim.result, True)
        address = resolve_url(work())
        if claim:
            SubmittedForm.objects.filter(pk=claim.pk).update(result=address)
    return Outcome(address, False)


def _claim(request: HttpRequest) -> SubmittedForm | None:
    """Return the row of this submission: a new one, or that of the first with its result. None for a form without a
    key. Waits while the first is still at work.
    """
    token = request.POST.get(FORM_KEY_FIELD, "") if request.method == "POST" else ""
    if not token or not request.user.pk:
        return None
    digest, key = _request_digest(request), uuid5(NAMESPACE, token)
    row = _get_or_create(request, key, digest)
    # Other content under the same key is work of its own.
    return row if row.digest == digest else _get_or_create(request, submission_key(key, digest), digest)


def _get_or_create(request: HttpRequest, key: UUID, digest: str) -> SubmittedForm:
    match = request.resolver_match
    form = match.view_name[:100] if match else ""
    return _create_row(user_id=request.user.pk, form=form, key=key, digest=digest)


def _find_row(*, digest: str, **known) -> SubmittedForm | None:
    return SubmittedForm.objects.filter(**known).first()


@created_once(_find_row)
def _create_row(**fields) -> SubmittedForm:
    return SubmittedForm.objects.create(**fields)


def _request_digest(request: HttpRequest) -> str:
    """Return the digest of the address and of all that was sent to it, files too."""

    def parts():
        yield request.path.encode()
        for name in sorted(set(request.POST) - IGNORED_FIELDS):
            for value in request.POST.getlist(name):
                yield f"{name}={value}".encode(errors="surrogatepass")
        for name, files in sorted(request.FILES.lists()):
            for file in files:
                yield f"{name}={file.name}".encode(errors="surrogatepass")
                file.seek(0)
                yield from file.chunks()
                file.seek(0)

    return _digest(parts())


def _digest(parts) -> str:
    digest = blake2b(digest_size=DIGEST_SIZE)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


def delete_expired(now=None) -> int:
    """Delete what is older than KEPT_FOR; return how many."""
    return SubmittedForm.objects.filter(created_at__lt=(now or timezone.now()) - KEPT_FOR).delete()[0]
