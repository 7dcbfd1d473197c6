from django import forms
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.utils.translation import gettext_lazy as _

from lessons.people.actions.handing_over import MustHandOver, keep_the_courses, keep_the_site, lock_courses_of
from lessons.people.actions.seating import Role, SeatRefused, State, keep_an_instructor, seat_of
from lessons.people.models import Membership, ReadingGroup, User
from lessons.people.names import group_key


class LowerCaseAddress:
    """E-mail addresses are stored in lower case, as sign-in compares them."""

    def clean_email(self):
        email = self.cleaned_data.get("email")
        return email.lower() if email else None


class NewPersonForm(LowerCaseAddress, AdminUserCreationForm):
    class Meta:
        model = User
        fields = ["email", "display_name"]


class PersonForm(LowerCaseAddress, UserChangeForm):
    """Closing an account, or taking its rights, leaves no course without an instructor and the site an administrator.
    To be checked inside the transaction that saves."""

    class Meta:
        model = User
        fields = "__all__"

    def clean(self):
        values = super().clean()
        try:
            if self._loses("is_active"):
                lock_courses_of(self.instance)
                keep_the_courses(self.instance)
            if self._loses("is_active") or self._loses("is_superuser"):
                keep_the_site(self.instance)
        except MustHandOver as refusal:
            raise forms.ValidationError(str(refusal)) from None
        return values

    def _loses(self, right: str) -> bool:
        return bool(self.initial.get(right)) and not self.cleaned_data.get(right)


class GroupOfACourse(forms.ModelChoiceField):
    """Groups of all courses, each with whose it is."""

    def label_from_instance(self, obj):
        return f"{obj.course}: {obj}"


class SeatForm(forms.ModelForm):
    """A seat as it stands: its person and course do not change. To be checked inside the transaction that saves."""

    group = GroupOfACourse(ReadingGroup.objects.none(), label=_("Group"), required=False)

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
            self._keep_an_instructor(seat_of(self.instance.user, course), values)
        return values

    def _keep_an_instructor(self, held: Membership | None, values: dict) -> None:
        teaches = values.get("role") == Role.INSTRUCTOR and values.get("state", State.ACTIVE) == State.ACTIVE
        if held and not teaches:
            try:
                keep_an_instructor(held)
            except SeatRefused as refusal:
                raise forms.ValidationError(str(refusal)) from None


class GroupForm(forms.ModelForm):
    """A name once a course, however it is written: the key beside it is no field, so nothing else asks."""

    class Meta:
        model = ReadingGroup
        fields = ["course", "name"]

    def clean(self):
        values = super().clean()
        course = values.get("course") or getattr(self.instance, "course", None)
        named = ReadingGroup.objects.filter(course=course, key=group_key(values.get("name", "")))
        if there := named.exclude(pk=self.instance.pk).first():
            self.add_error("name", _("There is a group “%s” already in this course.") % there)
        return values


class NewSeatForm(SeatForm):
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
