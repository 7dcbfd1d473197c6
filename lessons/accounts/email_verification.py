"""The page where a new user types the code that was e-mailed to them."""

from allauth.account import app_settings
from allauth.account.views import ConfirmEmailVerificationCodeView, email_verification_sent
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from lessons.accounts.signup_forms import RESEND_TOO_SOON, apply_pending_signup


@login_not_required
def verify_email(request):
    """Ask for the code. If the site verifies by link instead, show django-allauth's own page."""
    if not app_settings.EMAIL_VERIFICATION_BY_CODE_ENABLED:
        return email_verification_sent(request)
    return EmailVerificationView.as_view()(request)


class EmailVerificationView(ConfirmEmailVerificationCodeView):
    def _resend_form_valid(self, form):
        """Send another code. If it is too soon for that, the previous one stays valid."""
        previous_code = self._process.code
        try:
            return super()._resend_form_valid(form)
        except ImmediateHttpResponse:
            self._process.state["code"] = previous_code
            self._process.persist()
            messages.warning(self.request, RESEND_TOO_SOON)
            return redirect(self.passthrough_next_url(self.request.path))

    def _verify_form_valid(self, form):
        if self.stage:
            apply_pending_signup(self.request, self._process.user, self.stage.login.user)
        return super()._verify_form_valid(form)

    def _verify_form_invalid(self, form):
        if self._process.record_invalid_attempt():
            return self.render_to_response(self.get_context_data(form=form))
        if self.request.user.is_authenticated:
            message = _(
                "The code was wrong three times, so it’s no longer valid. Enter the new address again for another."
            )
            messages.error(self.request, message)
            return redirect("account_email")
        message = _(
            "The code was wrong three times, so it’s no longer valid. Sign in with your password to get another."
        )
        messages.error(self.request, message)
        return redirect(self.passthrough_next_url(reverse("account_login")))
