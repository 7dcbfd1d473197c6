"""Forms for posts, threads, moderation and notification settings."""

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.courses.models import Course, ReadingGroup
from lessons.db.edit_conflicts import VersionedForm
from lessons.db.idempotency import submission_key
from lessons.db.ids import parse_id
from lessons.discussions.models import CommentPolicy, NotificationPreference, Thread
from lessons.discussions.services.attached_images import AttachedImage, read_attachment
from lessons.discussions.services.errors import RateLimited
from lessons.discussions.services.posting import PreparedPost, prepare_post
from lessons.images import InvalidImage
from lessons.markup.plain_text import has_visible_text, single_line
from lessons.markup.sanitise import InvalidText
from lessons.models import Lesson, Module

MAX_TAGS = 5
ANNOUNCEMENT = Thread.Kind.ANNOUNCEMENT
ANONYMOUS_HELP = _(
    "You get a pseudonym in this discussion. Staff can reveal who you are, which is recorded in the log."
)
ANONYMITY_UNAVAILABLE = _(
    "You can’t post anonymously here, so nothing was posted. Send it again to post under your name."
)
AUDIENCE_UNAVAILABLE = _(
    "You can’t share this with that audience. Your text is still here: choose one of the buttons."
)
GROUP_CHANGED = _(
    "Your group has changed, or you can’t write to this group. Your text is still here. Check the buttons before you "
    "send it again: they say who will be able to read it."
)
ALT_REQUIRED = _("Describe the image for people who can’t see it.")
MARKDOWN_HELP = _(
    "Markdown: **bold**, *italic*, > quote, - list, [link](https://…), `code`, $x^2$ for a formula, @name to mention."
)


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
        help_text=ALT_REQUIRED,
    )

    def __init__(self, *args, course: Course, author: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.course, self.author = course, author
        self.prepared: PreparedPost | None = None
        self.fields["source"].widget.attrs["dir"] = "auto"

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
            self.add_error("alt", ALT_REQUIRED)
            return []
        try:
            return [read_attachment(data["image"], data["alt"], by=self.author, course=self.course)]
        except (InvalidImage, RateLimited) as refusal:
            self.add_error("image", str(refusal))
            return []


class ImageForm(forms.Form):
    """An image that is uploaded while a post is being written."""

    image = forms.FileField(label=_("Image"))
    alt = forms.CharField(label=_("Alternative text"), max_length=300, error_messages={"required": ALT_REQUIRED})

    def clean_alt(self):
        if not has_visible_text(self.cleaned_data["alt"]):
            raise forms.ValidationError(ALT_REQUIRED)
        return self.cleaned_data["alt"]


class AnonymousForm(forms.Form):
    """Whether to post anonymously. Where that is not possible, a form that asks for it is refused: the name of
    somebody who expects a pseudonym must not be shown.
    """

    anonymous = forms.BooleanField(
        label=_("Anonymous to classmates"),
        required=False,
        help_text=ANONYMOUS_HELP,
    )

    def __init__(self, *args, may_be_anonymous: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        if not may_be_anonymous:
            del self.fields["anonymous"]

    def clean(self):
        data = super().clean() or self.cleaned_data
        is_wanted = forms.BooleanField(required=False).to_python(self.data.get("anonymous"))
        if "anonymous" not in self.fields and is_wanted:
            self.add_error(None, ANONYMITY_UNAVAILABLE)
        return data


class ReplyForm(AnonymousForm, PostForm):
    """A reply. `audience` and `group` are those of the thread when its page was shown; `named` confirms a post under
    one's name, for which the form asks where `asks_for_name` is set.
    """

    reply_to = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**62)
    audience = forms.CharField(widget=forms.HiddenInput, required=False)
    group = forms.CharField(widget=forms.HiddenInput, required=False)
    named = forms.BooleanField(label=_("Post under my name"), required=False)
    follow_up = forms.BooleanField(label=_("My question is still open"), required=False)
    asks_for_name = False

    def __init__(self, *args, is_resolved=False, **kwargs):
        super().__init__(*args, **kwargs)
        if not is_resolved:
            del self.fields["follow_up"]

    @property
    def expected_readers(self) -> tuple[str, int | None] | None:
        """Return audience and group of the thread as its author saw them; None if a valid form does not say."""
        audience, group = self.cleaned_data.get("audience") or "", self.cleaned_data.get("group")
        return (audience, parse_id(group) if group else None) if audience or group else None


class EditForm(VersionedForm, PostForm):
    """An edit of a post. Its images are uploaded while it is written."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["image"], self.fields["alt"]

    def saved_values(self, row) -> dict[str, Any]:
        return {"source": row.source}

    def submitted_values(self) -> dict[str, Any]:
        return {"source": self.post.source}

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


class ThreadEditForm(VersionedForm, ThreadTitleForm):
    """A new title, kind and tags, by the thread's author or staff. A thread cannot become an announcement or stop
    being one, because announcements notify everybody; a thread on a passage has the kind of its note.
    """

    field_order = ["kind", "title", "tags"]

    def __init__(self, *args, thread: Thread, **kwargs):
        super().__init__(*args, row=thread, **kwargs)
        saved = self.saved_values(thread)
        self.initial = {**self.initial, **saved, "tags": ", ".join(saved["tags"])}
        is_for_staff = thread.audience == Thread.Audience.STAFF
        if thread.lesson_anchor or thread.kind == Thread.Kind.ANNOUNCEMENT or is_for_staff:
            del self.fields["kind"]
        else:
            _set_choices(self, "kind", [choice for choice in Thread.Kind.choices if choice[0] != ANNOUNCEMENT])
        self.fields["title"].required = bool(thread.title or thread.hidden_title)

    def saved_values(self, row) -> dict[str, Any]:
        return {"title": row.title or row.hidden_title, "kind": row.kind, "tags": sorted(row.tags.names())}


class AudienceForm(forms.Form):
    """The audience of a thread, one of `audiences`; `group` is the id of the group that its button named, one of
    `groups`. Without an id it is `own_group`. Another audience or group is refused, never replaced.
    """

    audience = forms.ChoiceField(
        label=_("Who can read it"),
        choices=Thread.Audience,
        error_messages={"required": AUDIENCE_UNAVAILABLE, "invalid_choice": AUDIENCE_UNAVAILABLE},
    )
    group = forms.CharField(required=False)

    def __init__(
        self,
        *args,
        audiences: list[tuple[str, str]],
        groups: Iterable[ReadingGroup],
        own_group: ReadingGroup | None,
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.groups, self.own_group = {group.pk: group for group in groups}, own_group
        _set_choices(self, "audience", audiences)

    def clean(self):
        data = super().clean() or self.cleaned_data
        if data.get("audience") == Thread.Audience.GROUP and self.chosen_group is None:
            self.add_error(None, GROUP_CHANGED)
        return data

    @property
    def chosen_group(self) -> ReadingGroup | None:
        """Return the group that will read it, None for another audience."""
        if self.cleaned_data.get("audience") != Thread.Audience.GROUP:
            return None
        group = self.cleaned_data.get("group")
        return self.groups.get(parse_id(group)) if group else self.own_group


class ThreadForm(ThreadTitleForm, AudienceForm, AnonymousForm, PostForm):
    field_order = ["kind", "title", "source", "tags", "anonymous", "image", "alt", "key"]

    def __init__(self, *args, can_announce, lesson=None, **kwargs):
        super().__init__(*args, **kwargs)
        may_announce = can_announce and not lesson
        _set_choices(self, "kind", [c for c in Thread.Kind.choices if may_announce or c[0] != ANNOUNCEMENT])
        self.fields["title"].required = not lesson
        if lesson:
            del self.fields["title"]


def _set_choices(form: forms.Form, name: str, choices: list) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class CommentPolicyForm(VersionedForm, forms.Form):
    """Whether and how learners may comment on a lesson, which is its `row`. No query if the lesson has its policy."""

    policy = forms.ChoiceField(label=_("Comment policy"), choices=CommentPolicy.Rule)

    def __init__(self, *args, lesson: Lesson, **kwargs):
        super().__init__(*args, row=lesson, **kwargs)
        self.initial = {**self.initial, **self.saved_values(lesson)}

    def saved_values(self, row) -> dict[str, Any]:
        return {"policy": row.comment_policy.policy if hasattr(row, "comment_policy") else CommentPolicy.Rule.OPEN}


class ReasonForm(forms.Form):
    """The reason for a moderation action. Each subclass has its own ids, because several are on one page."""

    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"auto_id": f"{type(self).__name__.lower()}_%s", **kwargs})


class MessageForm(forms.Form):
    """A message from staff to a learner."""

    message = forms.CharField(label=_("Message"), max_length=2000)


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
    target_thread = forms.IntegerField(label=_("Discussion to merge into"), min_value=1, max_value=2**62)


class PostNumbersField(forms.Field):
    """The numbers of posts in their thread, one for each ticked box."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value) -> list[int]:
        return [seq for seq in map(parse_id, value or []) if seq]


class SplitForm(ReasonForm):
    """The title of the new thread, and the posts to move there, which are ticked on the page of the old one."""

    title = forms.CharField(label=_("Title of the new discussion"), max_length=200)
    seqs = PostNumbersField(label=_("Posts"), error_messages={"required": _("Tick the posts to split off.")})


class NotificationPreferenceForm(VersionedForm, forms.ModelForm):
    class Meta:
        model = NotificationPreference
        fields = ["email_frequency"]
