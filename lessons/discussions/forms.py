"""What people write, checked and worded."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from lessons.db.idempotency import submission_key
from lessons.db.ids import parse_id
from lessons.discussions.models import NotificationPreference, Thread
from lessons.discussions.services.posting import PreparedPost, prepare_post, read_attachment
from lessons.images import InvalidImage
from lessons.markup.plain_text import has_visible_text, single_line
from lessons.markup.sanitise import InvalidText
from lessons.models import Lesson, Module

MAX_TAGS = 5
MARKDOWN_HELP = _("Markdown: **bold**, *italic*, > quote, - list, [link](https://…), `code`, @name to mention.")


class PostForm(forms.Form):
    """Words for a post. After validation `prepared` is what the actions take. `key` tells a form sent twice."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4, required=False)
    source = forms.CharField(
        label=_("Your words"), widget=forms.Textarea(attrs={"rows": 6}), help_text=MARKDOWN_HELP, strip=False
    )
    image = forms.FileField(label=_("Attach an image"), required=False)
    alt = forms.CharField(
        label=_("What the image shows"),
        max_length=300,
        required=False,
        help_text=_("A sentence for those who do not see it."),
    )

    def __init__(self, *args, course, **kwargs):
        super().__init__(*args, **kwargs)
        self.course, self.prepared = course, None
        self.fields["source"].widget.attrs |= {"dir": "auto", "aria-describedby": "id_source_help"}

    def clean(self):
        given = super().clean()
        images = self._images(given)
        if "source" in given and not self.errors:
            try:
                self.prepared: PreparedPost = prepare_post(
                    given["source"], course=self.course, key=self._submission_key(given, images), images=images
                )
            except InvalidText as refusal:
                self.add_error("source", str(refusal))
        return given

    def _submission_key(self, given, images) -> uuid.UUID | None:
        """Return what tells this submission from others: see `db.idempotency`."""
        key, contents = given.get("key"), [(image.alt, image.data) for image in images]
        return key and submission_key(key, given.get("source", ""), given.get("title", ""), contents)

    def _images(self, given) -> list:
        if not given.get("image"):
            return []
        if not has_visible_text(given.get("alt") or ""):
            self.add_error("alt", _("Say in a sentence what the image shows, for those who do not see it."))
            return []
        try:
            return [read_attachment(given["image"], given["alt"])]
        except InvalidImage as refusal:
            self.add_error("image", str(refusal))
            return []


class ReplyForm(PostForm):
    reply_to = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=2**62)
    anonymous = forms.BooleanField(
        label=_("Anonymous to classmates"),
        required=False,
        help_text=_("You get a pseudonym in this thread. Staff can see who you are; each such look is logged."),
    )
    follow_up = forms.BooleanField(label=_("My question is still open"), required=False)

    def __init__(self, *args, may_be_anonymous=False, is_resolved=False, **kwargs):
        super().__init__(*args, **kwargs)
        if not may_be_anonymous:
            del self.fields["anonymous"]
        if not is_resolved:
            del self.fields["follow_up"]


class EditForm(PostForm):
    """New words for a post that is there; no image is added by editing."""

    image = alt = None

    def _submission_key(self, given, images) -> uuid.UUID | None:
        """Return the key of the post, which its footnotes are named after."""
        return given.get("key")


class ThreadTitleForm(forms.Form):
    """What a thread is called, and filed under. One on a lesson has no title, one on a passage its note's kind."""

    title = forms.CharField(label=_("Title"), max_length=200)
    kind = forms.ChoiceField(label=_("What is it?"), choices=Thread.Kind, initial=Thread.Kind.DISCUSSION)
    tags = forms.CharField(label=_("Tags"), max_length=200, required=False, help_text=_("Words, with commas between."))

    def clean_title(self):
        title = single_line(self.cleaned_data["title"])
        if not has_visible_text(title) and (title or self.fields["title"].required):
            raise forms.ValidationError(_("Give it a title that can be read."))
        return title

    def clean_tags(self) -> list[str]:
        tags = [single_line(tag)[:60] for tag in self.cleaned_data["tags"].split(",")]
        tags = [tag for tag in dict.fromkeys(tags) if has_visible_text(tag)]
        if len(tags) > MAX_TAGS:
            raise forms.ValidationError(_("Five tags at most."))
        return tags


class ThreadEditForm(ThreadTitleForm):
    """A thread's other name, by its author or by staff. Nothing becomes an announcement afterwards, or stops being
    one: all have been told."""

    field_order = ["kind", "title", "tags"]

    def __init__(self, *args, thread: Thread, **kwargs):
        super().__init__(*args, **kwargs)
        kinds = self.fields["kind"]
        kinds.choices = [choice for choice in Thread.Kind.choices if choice[0] != Thread.Kind.ANNOUNCEMENT]
        is_asked_of_staff = thread.audience == Thread.Audience.STAFF
        if thread.lesson_anchor or thread.kind == Thread.Kind.ANNOUNCEMENT or is_asked_of_staff:
            del self.fields["kind"]
        self.fields["title"].required = bool(thread.title)


class ThreadForm(ThreadTitleForm, PostForm):
    anonymous = forms.BooleanField(
        label=_("Anonymous to classmates"),
        required=False,
        help_text=_("You get a pseudonym in this thread. Staff can see who you are; each such look is logged."),
    )
    audience = forms.ChoiceField(choices=Thread.Audience)
    field_order = ["kind", "title", "source", "tags", "anonymous", "image", "alt", "key"]

    def __init__(self, *args, audiences, staff, may_be_anonymous, lesson=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["audience"].choices = audiences
        kinds = [c for c in Thread.Kind.choices if staff or c[0] != Thread.Kind.ANNOUNCEMENT]
        self.fields["kind"].choices = kinds if not lesson else kinds[:2]
        self.fields["title"].required = not lesson
        if lesson:
            del self.fields["title"]
        if not may_be_anonymous:
            del self.fields["anonymous"]


class ReasonForm(forms.Form):
    """Each kind of it has ids of its own: several stand on one page."""

    reason = forms.CharField(label=_("Why"), max_length=300, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"auto_id": f"{type(self).__name__.lower()}_%s", **kwargs})


class ReportForm(forms.Form):
    reason = forms.CharField(label=_("What is wrong with it?"), max_length=300)


class MoveForm(ReasonForm):
    """Where a thread goes: only to lessons of its own course."""

    lesson = forms.ModelChoiceField(
        label=_("To the lesson"), queryset=Lesson.objects.none(), required=False, empty_label=_("The forum, no lesson")
    )

    def __init__(self, *args, course, **kwargs):
        super().__init__(*args, **kwargs)
        lessons = Lesson.objects.published().filter(module__course=course).exclude(module__state=Module.State.DRAFT)
        self.fields["lesson"].queryset = lessons.order_by("module__position", "position", "pk")


class MergeForm(ReasonForm):
    target_thread = forms.IntegerField(label=_("Number of the thread it joins"), min_value=1, max_value=2**62)


class SplitForm(ReasonForm):
    title = forms.CharField(label=_("Title of the new thread"), max_length=200)
    seqs = forms.CharField(label=_("Numbers of the posts"), max_length=400, help_text=_("For example: 4, 7, 8"))

    def clean_seqs(self) -> list[int]:
        seqs = list(map(parse_id, self.cleaned_data["seqs"].replace("#", " ").replace(",", " ").split()))
        if not seqs or 0 in seqs:
            raise forms.ValidationError(_("Give numbers of posts with commas between, for example: 4, 7, 8"))
        return seqs


class NotificationPreferenceForm(forms.ModelForm):
    class Meta:
        model = NotificationPreference
        fields = ["email_frequency"]
