from django import forms
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.utils.translation import gettext_lazy as _

from lessons.people.models import Membership, User


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
    class Meta:
        model = User
        fields = "__all__"


class SeatForm(forms.ModelForm):
    """A seat as it stands: its person and course do not change."""

    class Meta:
        model = Membership
        fields = ["role", "group", "state"]

    def clean(self):
        values = super().clean()
        group, course = values.get("group"), values.get("course") or getattr(self.instance, "course", None)
        if group and course and group.course_id != course.pk:
            self.add_error("group", _("This group meets in another course. Choose one of %s.") % course)
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
