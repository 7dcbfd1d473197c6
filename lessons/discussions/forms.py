"""Forms for posts, threads, moderation and notification settings."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.courses.models import Course
from lessons.db.idempotency import submission_key
from lessons.db.ids import parse_id
from lessons.discussions.models import NotificationPreference, Thread
from lessons.discussions.services.errors import RateLimited
from lessons.discussions.services.posting import AttachedImage, PreparedPost, prepare_post, read_attachment
from lessons.images import InvalidImage
from lessons.markup.plain_text import has_visible_text, single_line
from lessons.markup.sanitise import InvalidText
from lessons.models import Lesson, Module

MAX_TAGS = 5
ANNOUNCEMENT = Thread.Kind.ANNOUNCEMENT
ANONYMOUS_HELP = _("You get a pseudonym in this thread. Staff can reveal who you are, which is recorded in the log.")
MARKDOWN_HELP = _("Markdown: **bold**, *italic*, > quote, - list, [link](https://…), `code`, @name to mention.")


class PostForm(forms.Form):
    """A post. `key` identifies forms that are submitted twice."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4, required=False)
    source = forms.CharField(
        label=_("Your text"), widget=forms.Textarea(attrs={"rows": 6}), help_text=MARKDOWN_HELP, strip=False
    )
    image = forms.FileField(label=_("Attach an image"), required=False)
    alt = forms.CharField(
        label=_("Alternative text"),
        max_length=300,
        required=False,
        help_text=_("Describe the image for people who can’t see it."),
    )

    def __init__(self, *args, course: Course, author: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.course, self.author = course, author
        self.prepared: PreparedPost | None = None
        self.fields["source"].widget.attrs |= {"dir": "auto", "aria-describedby": "id_source_help"}

    def clean(self):
        super().clean()
        data = self.cleaned_data
        images = self._images(data)
        if "source" in data and not self.errors:
            try:
                self.prepared = prepare_post(
                    data["source"], course=self.course, key=self._submission_key(data, images), images=images
                )
            except InvalidText as refusal:
                self.add_error("source", str(refusal))
        return data

    @property
    def post(self) -> PreparedPost:
        """Return the post for the services. Call it on a valid form."""
        assert self.prepared is not None
        return self.prepared

    def _submission_key(self, data: dict[str, Any], images: list[AttachedImage]) -> uuid.UUID | None:
        """Return the idempotency key of this submission: see `db.idempotency`."""
        key, contents = data.get("key"), [(image.alt, image.data) for image in images]
        return key and submission_key(key, data.get("source", ""), data.get("title", ""), contents)

    def _images(self, data: dict[str, Any]) -> list[AttachedImage]:
        if not data.get("image"):
            return []
        if not has_visible_text(data.get("alt") or ""):
            self.add_error("alt", _("Describe the image for people who can’t see it."))
            return []
        try:
            return [read_attachment(data["image"], data["alt"], by=self.author, course=self.course)]
        except (InvalidImage, RateLimited) as refusal:
            self.add_error("image", str(refusal))
            return []


class ReplyForm(PostForm):
    reply_to = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**62)
    anonymous = forms.BooleanField(
        label=_("Anonymous to classmates"),
        required=False,
        help_text=ANONYMOUS_HELP,
    )
    follow_up = forms.BooleanField(label=_("My question is still open"), required=False)

    def __init__(self, *args, may_be_anonymous=False, is_resolved=False, **kwargs):
        super().__init__(*args, **kwargs)
        if not may_be_anonymous:
            del self.fields["anonymous"]
        if not is_resolved:
            del self.fields["follow_up"]


class EditForm(PostForm):
    """An edit of a post. Images can only be attached to new posts."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["image"], self.fields["alt"]

    def _submission_key(self, data: dict[str, Any], images: list[AttachedImage]) -> uuid.UUID | None:
        """Return the key of the post, which is the prefix of its footnote ids."""
        return data.get("key")


class ThreadTitleForm(forms.Form):
    """Title, kind and tags of a thread."""

    title = forms.CharField(label=_("Title"), max_length=200)
    kind = forms.ChoiceField(label=_("Kind"), choices=Thread.Kind, initial=Thread.Kind.DISCUSSION)
    tags = forms.CharField(label=_("Tags"), max_length=200, required=False, help_text=_("Separated by commas."))

    def clean_title(self):
        title = single_line(self.cleaned_data["title"])
        if not has_visible_text(title) and (title or self.fields["title"].required):
            raise forms.ValidationError(_("Enter a title with visible characters."))
        return title

    def clean_tags(self) -> list[str]:
        tags = [single_line(tag)[:60] for tag in self.cleaned_data["tags"].split(",")]
        tags = [tag for tag in dict.fromkeys(tags) if has_visible_text(tag)]
        if len(tags) > MAX_TAGS:
            raise forms.ValidationError(_("Enter at most five tags."))
        return tags


class ThreadEditForm(ThreadTitleForm):
    """A new title, kind and tags, by the thread's author or staff. A thread cannot become an announcement or stop
    being one, because announcements notify everybody; a thread on a passage has the kind of its note.
    """

    field_order = ["kind", "title", "tags"]

    def __init__(self, *args, thread: Thread, **kwargs):
        super().__init__(*args, **kwargs)
        is_for_staff = thread.audience == Thread.Audience.STAFF
        if thread.lesson_anchor or thread.kind == Thread.Kind.ANNOUNCEMENT or is_for_staff:
            del self.fields["kind"]
        else:
            _set_choices(self, "kind", [choice for choice in Thread.Kind.choices if choice[0] != ANNOUNCEMENT])
        self.fields["title"].required = bool(thread.title)


class ThreadForm(ThreadTitleForm, PostForm):
    anonymous = forms.BooleanField(
        label=_("Anonymous to classmates"),
        required=False,
        help_text=ANONYMOUS_HELP,
    )
    audience = forms.ChoiceField(choices=Thread.Audience)
    field_order = ["kind", "title", "source", "tags", "anonymous", "image", "alt", "key"]

    def __init__(self, *args, audiences, can_announce, may_be_anonymous, lesson=None, **kwargs):
        super().__init__(*args, **kwargs)
        _set_choices(self, "audience", audiences)
        may_announce = can_announce and not lesson
        _set_choices(self, "kind", [c for c in Thread.Kind.choices if may_announce or c[0] != ANNOUNCEMENT])
        self.fields["title"].required = not lesson
        if lesson:
            del self.fields["title"]
        if not may_be_anonymous:
            del self.fields["anonymous"]


def _set_choices(form: forms.Form, name: str, choices: list) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class ReasonForm(forms.Form):
    """The reason for a moderation action. Each subclass has its own ids, because several are on one page."""

    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"auto_id": f"{type(self).__name__.lower()}_%s", **kwargs})


class ReportForm(forms.Form):
    reason = forms.CharField(label=_("What’s wrong with this post?"), max_length=300)


class MoveForm(ReasonForm):
    """The lesson that a thread moves to, in the same course, or none."""

    lesson = forms.ModelChoiceField(
        label=_("Lesson"), queryset=Lesson.objects.none(), required=False, empty_label=_("No lesson: the forum")
    )

    def __init__(self, *args, course, **kwargs):
        super().__init__(*args, **kwargs)
        lessons = Lesson.objects.published().filter(module__course=course).exclude(module__state=Module.State.DRAFT)
        field = self.fields["lesson"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = lessons.order_by("module__position", "position", "pk")


class MergeForm(ReasonForm):
    target_thread = forms.IntegerField(label=_("Number of the other thread"), min_value=1, max_value=2**62)


class SplitForm(ReasonForm):
    title = forms.CharField(label=_("Title of the new thread"), max_length=200)
    seqs = forms.CharField(label=_("Numbers of the posts"), max_length=400, help_text=_("For example: 4, 7, 8"))

    def clean_seqs(self) -> list[int]:
        seqs = list(map(parse_id, self.cleaned_data["seqs"].replace("#", " ").replace(",", " ").split()))
        if not seqs or 0 in seqs:
            raise forms.ValidationError(_("Enter the numbers of posts, separated by commas, for example: 4, 7, 8"))
        return seqs


class NotificationPreferenceForm(forms.ModelForm):
    class Meta:
        model = NotificationPreference
        fields = ["email_frequency"]
