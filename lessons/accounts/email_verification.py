"""The code that shows an address to be one's own: its page stays until the code counts, and says why one does not."""

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
    """By a link instead of a code, where the site has it so, nothing is different from django-allauth's page."""
    if not app_settings.EMAIL_VERIFICATION_BY_CODE_ENABLED:
        return email_verification_sent(request)
    return EmailVerificationView.as_view()(request)


class EmailVerificationView(ConfirmEmailVerificationCodeView):
    def _resend_form_valid(self, form):
        """Too soon for another mail: the code that was sent stays good."""
        before = self._process.code
        try:
            return super()._resend_form_valid(form)
        except ImmediateHttpResponse:
            self._process.state["code"] = before
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
        words = _("The code was wrong three times, so it no longer counts.")
        if self.request.user.is_authenticated:
            messages.error(self.request, words + " " + _("Write the new address once more to get another."))
            return redirect("account_email")
        messages.error(self.request, words + " " + _("Sign in with your password, and a new one is sent to you."))
        return redirect(self.passthrough_next_url(reverse("account_login")))
