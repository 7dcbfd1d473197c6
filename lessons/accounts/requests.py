"""The request of a view that only signed-in users reach."""

from django.http import HttpRequest

from lessons.accounts.models import User


class AuthenticatedHttpRequest(HttpRequest):
    """A type for type hints only: no request is an instance of it."""

    user: User
