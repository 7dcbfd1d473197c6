"""What happens in the background, for the site's administrators: jobs, their runs, and outgoing e-mail."""

from django.contrib import admin, messages
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from lessons.authoring.base import ReadOnlyAdmin
from lessons.jobs.models import JobRun, JobState
from lessons.mail.models import OutgoingEmail
from lessons.mail.services import queue_again


@admin.register(OutgoingEmail)
class OutgoingEmailAdmin(ReadOnlyAdmin):
    """Which e-mails wait, were sent lately or were given up, and why; never what they say."""

    list_display = ("created_at", "to", "kind", "state", "error", "attempts")
    list_display_links = ["created_at"]
    list_filter = ["state", "kind"]
    search_fields = ["to__folded"]
    fields = ("created_at", "to", "kind", "state", "priority", "attempts", "due_at", "finished_at", "error")
    actions = ["send_again"]

    @admin.action(description=_("Send undelivered e-mails again"))
    def send_again(self, request, queryset):
        """Queue the selected e-mails again, except codes and the like, whose content is gone."""
        count = queue_again(queryset)
        text = ngettext("%(n)s e-mail will be sent again.", "%(n)s e-mails will be sent again.", count)
        messages.info(request, text % {"n": count})


@admin.register(JobState)
class JobStateAdmin(ReadOnlyAdmin):
    list_display = ("name", "due_at", "succeeded_at", "failures", "lease_expires_at")
    fields = ("name", "due_at", "succeeded_at", "failures", "lease_expires_at")
    ordering = ["name"]


@admin.register(JobRun)
class JobRunAdmin(ReadOnlyAdmin):
    list_display = ("name", "started_at", "outcome", "summary", "error")
    fields = ("name", "started_at", "finished_at", "outcome", "summary", "error", "host")
    list_filter = ["outcome", "name"]
