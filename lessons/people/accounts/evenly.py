"""Answers at the entrance take as long for an address that has an account as for one that has none.

Both cases do nearly the same work; what is left, a row written here and another mail rendered there, disappears in
an answer that never comes before `ENTRANCE_ANSWER_SECONDS`.
"""

import time

from django.conf import settings

ENTRANCE = {
    "account_login",
    "account_signup",
    "account_reset_password",
    "account_request_login_code",
    "account_confirm_login_code",
    "account_email_verification_sent",
}


class EvenAnswersMiddleware:
    """Holds back what a form of the entrance answers, until the time is up. Who has signed in waits for nothing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        began = time.monotonic()
        response = self.get_response(request)
        at = request.resolver_match
        if request.method == "POST" and at and at.url_name in ENTRANCE and not request.user.is_authenticated:
            time.sleep(max(0, began + settings.ENTRANCE_ANSWER_SECONDS - time.monotonic()))
        return response
