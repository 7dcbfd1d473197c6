"""Do the work of a form once, even if it is submitted twice: by a double click, a retry, or the Back button.

A form carries a key, created when it is shown (`{% form_key %}`). A digest of what it submitted first, and the address
that this led to, are stored in the transaction of the work itself. The same key with the same content leads to that
address again; the same key with other content is other work, and is done as well, because somebody submitted it.

Posts and annotations arrive many times a second, so they need no row beside their own: their column
`idempotency_key`, unique for each author, holds a `submission_key` made from the form's key and the content. Equal
work then has an equal key, and other work another: the guarantees are the same. Their functions are `created_once`.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from hashlib import blake2b
from typing import Any, NamedTuple, ParamSpec, TypeVar
from uuid import UUID, uuid4, uuid5

from django.db import IntegrityError, models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils import timezone

from lessons.db.models import SubmittedForm

FORM_KEY_FIELD = "form_key"
KEPT_FOR = timedelta(days=30)
# Fields that say nothing about the work itself.
IGNORED_FIELDS = {FORM_KEY_FIELD, "csrfmiddlewaretoken"}
NAMESPACE = UUID("5f1c0f0e-0c5c-4b6e-9a43-6f1d3f5f9c55")
DIGEST_SIZE = 32  # bytes

Row = TypeVar("Row", bound=models.Model)
P = ParamSpec("P")


def form_key(request: HttpRequest) -> str:
    """Return the key for the form's hidden field: the one it was submitted with, or a new one."""
    return request.POST.get(FORM_KEY_FIELD) or str(uuid4())


def submission_key(key: UUID, *content: object) -> UUID:
    """Return the key of one submission: equal if, and only if, the form's key and the content are equal."""
    return uuid5(key, _digest(str(part).encode(errors="surrogatepass") for part in content))


def created_once(find: Callable[..., Row | None]) -> Callable[[Callable[P, Row]], Callable[P, Row]]:
    """Make a function create its row in a transaction or, if a unique key refuses it, return the existing row.

    That happens if the same row is created at the same moment; `find` gets the arguments of the function.
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
    """The form is invalid, as can only be known within the transaction, which is rolled back."""


class Outcome(NamedTuple):
    """The address to which a form leads; `is_repeat` if it was submitted before, so that nothing was done now."""

    address: str
    is_repeat: bool


def submit_once(request: HttpRequest, work: Callable[[], Any]) -> Outcome:
    """Do the `work` of a submitted form in a transaction, unless the same form was submitted before.

    `work` returns where to go next, as for `redirect`. Its exceptions are passed on and nothing is stored, so that the
    form can be submitted again. A form without a key is not protected. Whatever the first submission would make
    invalid, such as a name that must be unique, is validated within `work`, which raises FormInvalid.
    """
    with transaction.atomic():
        claim = _claim(request)
        if claim and claim.result:
            return Outcome(claim.result, True)
        address = resolve_url(work())
        if claim:
            SubmittedForm.objects.filter(pk=claim.pk).update(result=address)
    return Outcome(address, False)


def earlier_result(request: HttpRequest) -> str:
    """Return the URL to which this submission led when it was first sent, or an empty string. One query."""
    token = request.POST.get(FORM_KEY_FIELD, "") if request.method == "POST" else ""
    if not token or not request.user.pk:
        return ""
    digest, key = _request_digest(request), uuid5(NAMESPACE, token)
    rows = SubmittedForm.objects.filter(key__in=[key, submission_key(key, digest)], user=request.user, digest=digest)
    return rows.values_list("result", flat=True).first() or ""


def answered_once(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Make a view process a form once: submitted again, it leads to where the first answer redirected.

    For quick views only, because all of it happens in a transaction. Other answers than redirects, which show errors,
    are given anew each time.
    """

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST" or FORM_KEY_FIELD not in request.POST:
            return view(request, *args, **kwargs)
        with transaction.atomic():
            claim = _claim(request)
            if claim and claim.result:
                return HttpResponseRedirect(claim.result)
            response = view(request, *args, **kwargs)
            if claim and isinstance(response, HttpResponseRedirect):
                SubmittedForm.objects.filter(pk=claim.pk).update(result=response.url)
            elif claim:
                SubmittedForm.objects.filter(pk=claim.pk).delete()
        return response

    return inner


def _claim(request: HttpRequest) -> SubmittedForm | None:
    """Return the row of this submission: a new one, or that of the first with its result.

    Return None for a form without a key. Wait while the first submission is still being processed.
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
    """Return the digest of the request's path and everything submitted to it, files included."""

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
    """Delete records older than KEPT_FOR; return how many."""
    return SubmittedForm.objects.filter(created_at__lt=(now or timezone.now()) - KEPT_FOR).delete()[0]
