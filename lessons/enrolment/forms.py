"""What staff enter about people, checked and worded."""

from django import forms
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.accounts.names import clean_single_line
from lessons.courses.models import Course, Invitation, Membership, ReadingGroup
from lessons.courses.models.memberships import normalise_group_name
from lessons.courses.roster_csv import GROUP_LENGTH, RosterLine, validate_line
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
from lessons.enrolment.rendering import FastSelect

Role = Membership.Role
MAX_USES = 10_000
SIZES = {"min_value": 1, "max_value": 1000}


class CourseGroupsMixin:
    """A form with a choice among the groups of its course."""

    def __init__(self, *args, course: Course, **kwargs):
        super().__init__(*args, **kwargs)
        self.course = course
        self.fields["group"].queryset = course.groups.all()
        self.fields["group"].empty_label = _("no group")


def group_choice_field() -> forms.ModelChoiceField:
    return forms.ModelChoiceField(ReadingGroup.objects.none(), label=_("Group"), required=False, widget=FastSelect)


class MembershipForm(CourseGroupsMixin, forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    group = group_choice_field()


class AddMemberForm(MembershipForm):
    """Somebody by hand: `line` is then what a roster would say of them."""

    email = forms.CharField(label=_("E-mail address"), max_length=254, widget=forms.EmailInput)
    name = forms.CharField(
        label=_("Name"),
        required=False,
        help_text=_("For somebody who has no account yet. Who has one keeps the name they gave themselves."),
    )
    field_order = ["email", "name", "role", "group"]

    def clean(self):
        given = super().clean()
        if not self.errors:
            group = given["group"].name if given["group"] else ""
            self.line: RosterLine = validate_line(
                RosterLine(1, given["email"].strip().lower(), given["name"], given["role"], group)
            )
        return given


class InvitationForm(CourseGroupsMixin, forms.ModelForm):
    class Meta:
        model = Invitation
        fields = ["role", "group", "requires_approval", "expires_at", "max_uses"]
        labels = {"expires_at": _("Ends on"), "max_uses": _("How many may use it")}
        help_texts = {
            "requires_approval": _(
                "Also for a course that only its members see: who has the link learns its title and can ask."
            ),
            "max_uses": _("Empty: as many as like. Whoever makes staff is named: such an invitation is for one."),
        }
        widgets = {
            "group": FastSelect,
            "expires_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        words = _("In the time zone %(zone)s. Empty: it does not expire.")
        self.fields["expires_at"].help_text = words % {"zone": timezone.get_current_timezone_name()}

    def clean_expires_at(self):
        moment = self.cleaned_data["expires_at"]
        if moment and moment <= timezone.now():
            raise ValidationError(_("This moment has passed. Choose a later one."))
        return moment

    def clean_max_uses(self):
        uses = self.cleaned_data["max_uses"]
        if uses is not None and not 1 <= uses <= MAX_USES:
            raise ValidationError(_("Between 1 and 10,000, or empty."))
        return uses

    def clean(self):
        given = super().clean()
        if given.get("role") not in (None, Role.LEARNER) and given.get("max_uses") != 1:
            self.add_error("max_uses", _("An invitation that makes somebody staff is for one: write 1."))
        if given.get("role") not in (None, Role.LEARNER) and given.get("requires_approval"):
            self.add_error(
                "requires_approval", _("Who asks is given a learner’s seat. Change their role when they have it.")
            )
        return given


class GroupForm(forms.Form):
    name = forms.CharField(label=_("Name of the group"), max_length=GROUP_LENGTH)

    def clean_name(self):
        name = clean_single_line(self.cleaned_data["name"])
        if not name:
            raise ValidationError(_("Write a name that can be seen."))
        return name


class MoveMembersForm(CourseGroupsMixin, forms.Form):
    """Seats of the course, and where they go."""

    seats = forms.TypedMultipleChoiceField(coerce=int)
    group = group_choice_field()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["seats"].choices = [
            (pk, pk) for pk in self.course.memberships.active().values_list("pk", flat=True)
        ]


class AllocationForm(forms.Form):
    """How to deal: the same answers give the same groups."""

    FREE, EVERYBODY = "free", "everybody"

    whom = forms.ChoiceField(
        label=_("Whom"),
        choices=[(FREE, _("Learners without a group")), (EVERYBODY, _("All learners, anew"))],
    )
    size = forms.IntegerField(label=_("Most in a group"), **SIZES)
    seed = forms.CharField(
        label=_("Seed"), max_length=20, help_text=_("The same seed deals the same groups again."), strip=True
    )


class InvitationCodeForm(forms.Form):
    code = forms.CharField(label=_("Code"), max_length=200)

    def clean_code(self):
        """The code alone, also where somebody pasted the whole link."""
        return self.cleaned_data["code"].rstrip("/").rpartition("/")[2][:64].strip()


class RosterForm(forms.Form):
    file = forms.FileField(label=_("CSV file"), required=False)
    text = forms.CharField(
        label=_("Or paste it"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"})
    )


class LowercaseEmailMixin:
    """E-mail addresses are stored in lower case, as sign-in compares them."""

    def clean_email(self):
        email = self.cleaned_data.get("email")
        return email.lower() if email else None


class UserAddForm(LowercaseEmailMixin, AdminUserCreationForm):
    class Meta:
        model = User
        fields = ["email", "display_name"]


class UserAdminForm(LowercaseEmailMixin, UserChangeForm):
    """Closing an account, or taking its rights, leaves no course without an instructor and the site an administrator.
    To be checked inside the transaction that saves."""

    class Meta:
        model = User
        fields = "__all__"

    def clean(self):
        values = super().clean()
        try:
            if self._loses("is_active"):
                lock_courses(self.instance)
                require_other_instructors(self.instance)
            if self._loses("is_active") or self._loses("is_superuser"):
                require_other_administrator(self.instance)
        except HandoverRequired as refusal:
            raise forms.ValidationError(str(refusal)) from None
        return values

    def _loses(self, right: str) -> bool:
        return bool(self.initial.get(right)) and not self.cleaned_data.get(right)


class CourseGroupChoiceField(forms.ModelChoiceField):
    """Groups of all courses, each with whose it is."""

    def label_from_instance(self, obj):
        return f"{obj.course}: {obj}"


class MembershipAdminForm(forms.ModelForm):
    """A seat as it stands: its person and course do not change. To be checked inside the transaction that saves."""

    group = CourseGroupChoiceField(ReadingGroup.objects.none(), label=_("Group"), required=False)

    class Meta:
        model = Membership
        fields = ["role", "group", "state"]

    def __init__(self, *args, **kwargs):
        """Of a seat that is there its own course's alone."""
        super().__init__(*args, **kwargs)
        groups = ReadingGroup.objects.select_related("course").order_by("course__title", "course", "key")
        course = self.instance.course_id
        self.fields["group"].queryset = groups.filter(course=course) if course else groups

    def clean(self):
        values = super().clean()
        course = values.get("course") or getattr(self.instance, "course", None)
        group = values.get("group")
        if group and course and group.course_id != course.pk:
            self.add_error("group", _("This group meets in another course. Choose one of %s.") % course)
        if course and getattr(self.instance, "user", None):
            self._keep_an_instructor(membership_for_update(self.instance.user, course), values)
        return values

    def _keep_an_instructor(self, held: Membership | None, values: dict) -> None:
        teaches = values.get("role") == Role.INSTRUCTOR and values.get("state", State.ACTIVE) == State.ACTIVE
        if held and not teaches:
            try:
                require_other_instructor(held)
            except EnrolmentRefused as refusal:
                raise forms.ValidationError(str(refusal)) from None


class ReadingGroupAdminForm(forms.ModelForm):
    """A name once a course, however it is written: the key beside it is no field, so nothing else asks."""

    class Meta:
        model = ReadingGroup
        fields = ["course", "name"]

    def clean(self):
        values = super().clean()
        course = values.get("course") or getattr(self.instance, "course", None)
        named = ReadingGroup.objects.filter(course=course, key=normalise_group_name(values.get("name", "")))
        if there := named.exclude(pk=self.instance.pk).first():
            self.add_error("name", _("There is a group “%s” already in this course.") % there)
        return values


class MembershipAdminAddForm(MembershipAdminForm):
    """A person is named by the address they sign in with: a list of all would grow too long."""

    email = forms.EmailField(
        label=_("E-mail address of the person"), widget=forms.EmailInput(attrs={"class": "vTextField"})
    )

    class Meta:
        model = Membership
        fields = ["course", "role", "group"]

    def clean_email(self):
        person = User.objects.filter(email__iexact=self.cleaned_data["email"]).first()
        if person is None:
            raise forms.ValidationError(_("Nobody here has this address. Ask them to sign up, or add them to People."))
        self.instance.user = person
        return person.email
