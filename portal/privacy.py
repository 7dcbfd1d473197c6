"""What caches may keep."""

from django.conf import settings


class PrivatePagesMiddleware:
    """What is answered to a session is that reader's alone, and is asked for anew: also by the next one at the
    same machine who presses "back". Answers that say more of themselves keep what they say."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response
