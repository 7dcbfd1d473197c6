"""Forms about members, groups and invitations, for course staff and for the site's administrators."""

from typing import Any, cast

from django import forms
from django.contrib.auth.forms import (
    AdminUserCreationForm,
    ReadOnlyPasswordHashField,
    ReadOnlyPasswordHashWidget,
    UserChangeForm,
)
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lessons.accounts.addresses import AddressFormField
from lessons.accounts.forms import DisplayNameField
from lessons.accounts.models import User
from lessons.accounts.names import clean_single_line
from lessons.courses.models import Course, Invitation, Membership, ReadingGroup
from lessons.courses.moments import CourseDateTimeField, LocalDateTimeInput
from lessons.courses.roster_csv import RosterLine, validate_line
from lessons.courses.services.groups import group_named, name_taken_message
from lessons.courses.services.last_owner_guard import (
    HandoverRequired,
    lock_courses,
    require_other_administrator,
    require_other_instructors,
)
from lessons.courses.services.memberships import (
    EnrolmentRefused,
    State,
    membership_for_update,
    require_other_instructor,
)
from lessons.db.edit_conflicts import VersionedForm
from lessons.db.ids import parse_id, parse_number
from lessons.enrolment.group_allocation import ALL_LEARNERS, UNGROUPED
from lessons.enrolment.rendering import FastSelect

Role = Membership.Role
MAX_USES = 10_000


def group_choice_field() -> forms.ModelChoiceField:
    """Return a field to choose a group. `CourseGroupsMixin` fills it with the groups of a course."""
    return forms.ModelChoiceField(ReadingGroup.objects.none(), label=_("Group"), required=False, widget=FastSelect)


class CourseGroupsMixin(forms.BaseForm):
    """A form with a field to choose one of its course's groups."""

    def __init__(self, *args, course: Course, **kwargs):
        super().__init__(*args, **kwargs)
        self.course = course
        field = cast(forms.ModelChoiceField, self.fields["group"])
        field.queryset = course.groups.all()
        field.empty_label = _("No group")


class MembershipForm(CourseGroupsMixin, VersionedForm, forms.Form):
    """A member's role and group."""

    version_field = "version_token"

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    group = group_choice_field()

    def row_version(self, row) -> str:
        return row.version_token


class AddMemberForm(MembershipForm):
    """One new member. A valid form has a `line`, as if read from a roster."""

    email = forms.CharField(label=_("E-mail address"), max_length=254, widget=forms.EmailInput)
    name = forms.CharField(
        label=_("Name"),
        required=False,
        help_text=_("For somebody without an account. People with an account keep the name they chose."),
    )
    field_order = ["email", "name", "role", "group"]
    line: RosterLine

    def clean(self) -> None:
        super().clean()
        if not self.errors:
            data = self.cleaned_data
            group = data["group"].name if data["group"] else ""
            self.line = validate_line(RosterLine(1, data["email"], data["name"], data["role"], group))


class InvitationForm(CourseGroupsMixin, forms.ModelForm):
    class Meta:
        model = Invitation
        fields = ["role", "group", "requires_approval", "expires_at", "max_uses"]
        labels = {"expires_at": _("Expires on"), "max_uses": _("Maximum uses")}
        help_texts = {
            "requires_approval": _(
                "For a members-only course too: whoever has the link sees the course’s title and can ask to join."
            ),
            "max_uses": _("Leave empty for no limit. An invitation for staff can only be used once."),
        }
        field_classes = {"expires_at": CourseDateTimeField}
        widgets = {
            "group": FastSelect,
            "expires_at": LocalDateTimeInput,
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        expires_at = cast(CourseDateTimeField, self.fields["expires_at"])
        expires_at.use_course(self.course, gettext("Leave empty if it doesn’t expire."))

    def clean_expires_at(self):
        moment = self.cleaned_data["expires_at"]
        if moment and moment <= timezone.now():
            raise ValidationError(_("This time has passed. Choose a later one."))
        return moment

    def clean_max_uses(self):
        uses = self.cleaned_data["max_uses"]
        if uses is not None and not 1 <= uses <= MAX_USES:
            raise ValidationError(_("Enter a number between 1 and 10,000, or leave it empty."))
        return uses

    def clean(self) -> None:
        super().clean()
        data = self.cleaned_data
        if data.get("role") in (None, Role.LEARNER):
            return
        if data.get("max_uses") != 1:
            self.add_error("max_uses", _("An invitation for staff can only be used once. Enter 1."))
        if data.get("requires_approval"):
            self.add_error(
                "requires_approval",
                _("People who ask to join become learners. You can change their role once they are enrolled."),
            )


class GroupForm(VersionedForm, forms.ModelForm):
    """A group: its name, unique in its course ignoring case and, for a new one in the admin, its course."""

    class Meta:
        model = ReadingGroup
        fields = ["course", "name"]
        labels = {"name": _("Name of the group")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.course_id:
            self.fields.pop("course", None)

    def clean_name(self) -> str:
        name = clean_single_line(self.cleaned_data["name"])
        if not name:
            raise ValidationError(_("Write a name with visible characters."))
        return name

    def clean(self) -> None:
        super().clean()
        course = self.instance.course if self.instance.course_id else self.cleaned_data.get("course")
        existing = group_named(course, self.cleaned_data.get("name", "")) if course else None
        if existing and existing.pk != self.instance.pk:
            self.add_error("name", name_taken_message(existing.name))


class MembershipsField(forms.Field):
    """Members as the group board submits them: `membership-group`, with the group shown, which is empty for none.

    The value has pairs of the id of a membership and the text of its group, which is None where none was submitted.
    """

    widget = forms.SelectMultiple

    def to_python(self, value: list[str] | None) -> list[tuple[int, str | None]]:
        parts = [text.partition("-") for text in value or []]
        return [(parse_id(pk), group if dash else None) for pk, dash, group in parts]


class MoveMembersForm(CourseGroupsMixin, forms.Form):
    """Memberships of the course, and the group to move them to. A valid form has `shown_groups`."""

    memberships = MembershipsField()
    group = group_choice_field()
    # The id of the group that the editor saw, by the id of the membership, where the form says it.
    shown_groups: dict[int, int | None]

    def clean_memberships(self) -> list[int]:
        chosen = dict(self.cleaned_data["memberships"])
        if not set(self.course.memberships.active().values_list("pk", flat=True)).issuperset(chosen):
            raise ValidationError(_("Select at least one member of this course, and one of its groups."))
        self.shown_groups = {pk: parse_number(group) for pk, group in chosen.items() if group is not None}
        return list(chosen)


class AllocationForm(forms.Form):
    """How to assign learners to groups: the same answers give the same groups."""

    scope = forms.ChoiceField(
        label=_("Who to assign"),
        choices=[(UNGROUPED, _("Learners without a group")), (ALL_LEARNERS, _("All learners, into new groups"))],
    )
    size = forms.IntegerField(label=_("Maximum group size"), min_value=1, max_value=1000)
    seed = forms.CharField(label=_("Seed"), max_length=20, help_text=_("The same seed gives the same groups again."))


class InvitationCodeForm(forms.Form):
    code = forms.CharField(label=_("Code"), max_length=200)

    def clean_code(self) -> str:
        """Return the code, even if the whole link was pasted."""
        return self.cleaned_data["code"].rstrip("/").rpartition("/")[2][:64].strip()


class RosterForm(forms.Form):
    file = forms.FileField(label=_("CSV file"), required=False)
    text = forms.CharField(
        label=_("Or paste it"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"})
    )


class UserAddForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ["email", "display_name"]
        field_classes = {"display_name": DisplayNameField}


class PasswordStateWidget(ReadOnlyPasswordHashWidget):
    """What a user's password is like, as Django shows it, without an attribute that its element may not have."""

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"].pop("disabled", None)
        return context


class UserAdminForm(UserChangeForm):
    """An account, in the admin. Closing it or revoking its rights must not leave a course without an instructor or the
    site without an administrator. Validate it inside the transaction that saves.
    """

    class Meta:
        model = User
        fields = "__all__"
        field_classes = {"display_name": DisplayNameField}

    password = ReadOnlyPasswordHashField(label=_("Password"), widget=PasswordStateWidget)

    def clean(self) -> None:
        super().clean()
        try:
            if self._is_revoked("is_active"):
                lock_courses(self.instance)
                require_other_instructors(self.instance)
            if self._is_revoked("is_active") or self._is_revoked("is_superuser"):
                require_other_administrator(self.instance)
        except HandoverRequired as error:
            raise ValidationError(str(error)) from None

    def _is_revoked(self, right: str) -> bool:
        return bool(self.initial.get(right)) and not self.cleaned_data.get(right)


class CourseGroupChoiceField(forms.ModelChoiceField):
    """A field to choose among the groups of all courses, each labelled with its course."""

    def label_from_instance(self, obj):
        return f"{obj.course}: {obj}"


class MembershipAdminForm(forms.ModelForm):
    """A membership, in the admin: its user and course are fixed. Validate it inside the transaction that saves."""

    group = CourseGroupChoiceField(ReadingGroup.objects.none(), label=_("Group"), required=False)

    class Meta:
        model = Membership
        fields = ["role", "group", "state"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        groups = ReadingGroup.objects.select_related("course").order_by("course__title", "course", "key")
        course_id = self.instance.course_id
        field = cast(forms.ModelChoiceField, self.fields["group"])
        field.queryset = groups.filter(course=course_id) if course_id else groups

    def clean(self) -> None:
        super().clean()
        data = self.cleaned_data
        course = data.get("course") or getattr(self.instance, "course", None)
        group = data.get("group")
        if group and course and group.course_id != course.pk:
            self.add_error("group", _("This group belongs to another course. Choose a group of %s.") % course)
        if course and getattr(self.instance, "user", None):
            self._require_other_instructor(membership_for_update(self.instance.user, course), data)

    def _require_other_instructor(self, membership: Membership | None, data: dict[str, Any]) -> None:
        remains_instructor = data.get("role") == Role.INSTRUCTOR and data.get("state", State.ACTIVE) == State.ACTIVE
        if membership and not remains_instructor:
            try:
                require_other_instructor(membership)
            except EnrolmentRefused as error:
                raise ValidationError(str(error)) from None


class MembershipAdminAddForm(MembershipAdminForm):
    """A new membership. The user is identified by e-mail address, because a list of all would be long."""

    email = AddressFormField(
        label=_("E-mail address of the user"), widget=forms.EmailInput(attrs={"class": "vTextField"})
    )

    class Meta:
        model = Membership
        fields = ["course", "role", "group"]

    def clean_email(self) -> str | None:
        user = User.objects.filter(email=self.cleaned_data["email"]).first()
        if user is None:
            raise ValidationError(_("Nobody here has this address. Ask them to sign up, or add them under Users."))
        self.instance.user = user
        return user.email
