"""The hidden fields of forms in row templates, which have no request."""

from collections.abc import Callable

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.html import format_html
from django.utils.safestring import SafeString

from lessons.db.idempotency import FORM_KEY_FIELD, form_key

HIDDEN = '<input type="hidden" name="csrfmiddlewaretoken" value="{}"><input type="hidden" name="{}" value="{}">'


def hidden_fields(request: HttpRequest) -> Callable[[], SafeString]:
    """Return a function that returns what `{% csrf_token %}{% form_key %}` renders. Each form has a key of its own;
    the token, which takes long, is the same for all of them.
    """
    token = get_token(request)
    return lambda: format_html(HIDDEN, token, FORM_KEY_FIELD, form_key(request))
