"""Users, memberships, groups and the audit log, for the site's administrators."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from lessons.accounts.models import User
from lessons.authoring.base import ReadOnlyAdmin, SiteAdministratorAdmin
from lessons.courses.models import AuditEntry, Membership, ReadingGroup
from lessons.courses.services import enrol, record
from lessons.courses.services.groups import create_group, delete_group, rename_group
from lessons.enrolment.forms import (
    GroupForm,
    MembershipAdminAddForm,
    MembershipAdminForm,
    UserAddForm,
    UserAdminForm,
)


@admin.register(User)
class AccountAdmin(SiteAdministratorAdmin, UserAdmin):
    form = UserAdminForm
    add_form = UserAddForm
    list_display = ["display_name", "email", "is_active", "is_superuser", "date_joined"]
    list_filter = ["is_active", "is_superuser"]
    search_fields = ["display_name__folded", "email__folded"]
    ordering = ["display_name", "pk"]
    filter_horizontal = []
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["email", "password", "display_name", "pronouns", "about"]}),
        (_("Language and appearance"), {"fields": ["language", "time_zone", "theme", "text_size"]}),
        (_("Permissions"), {"fields": ["is_active", "is_superuser"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "display_name", "usable_password", "password1", "password2"]})]

    def save_model(self, request, obj, form, change):
        """Save the user. A replaced address can no longer sign in; the new one is verified at the first sign-in."""
        super().save_model(request, obj, form, change)
        obj.emailaddress_set.exclude(email=obj.email or "").delete()

    def has_delete_permission(self, request, obj=None):
        """Return False: accounts are closed or erased (see `privacy`) instead, so that threads stay readable."""
        return False


@admin.register(Membership)
class MembershipAdmin(SiteAdministratorAdmin):
    """Memberships are created by `enrol`, so that each has a handle and an audit log entry. Ending one changes its
    state. They are only deleted with their course, so that work keeps its owner.
    """

    list_display = ["user", "course", "role", "group", "state"]
    list_filter = ["role", "state", "course"]
    list_select_related = ["user", "course", "group"]
    search_fields = ["user__display_name__folded", "user__email__folded", "handle__folded"]
    ordering = ["course__title", "user__display_name", "pk"]

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        return super().changeform_view(request, object_id, form_url, {"show_delete": False} | (extra_context or {}))

    def delete_view(self, request, object_id, extra_context=None):
        raise PermissionDenied

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = MembershipAdminForm if obj else MembershipAdminAddForm
        return super().get_form(request, obj, change, form=form, **kwargs)

    def get_readonly_fields(self, request, obj=None):
        return ["course", "user", "handle"] if obj else []

    def get_fields(self, request, obj=None):
        return ["course", "user", "role", "group", "state", "handle"] if obj else ["course", "email", "role", "group"]

    def save_model(self, request, obj, form, change):
        if obj.state == Membership.State.ACTIVE:
            membership = enrol(user=obj.user, course=obj.course, role=obj.role, group=obj.group, by=request.user)
            obj.pk, obj.handle = membership.pk, membership.handle
        else:
            obj.save(update_fields=["role", "group", "state"])
            record(by=request.user, verb=f"set membership {obj.state}", course=obj.course, target=obj.user)


@admin.register(ReadingGroup)
class ReadingGroupAdmin(SiteAdministratorAdmin):
    form = GroupForm
    list_display = ["name", "course"]
    list_filter = ["course"]
    list_select_related = ["course"]
    search_fields = ["name__folded"]

    def get_readonly_fields(self, request, obj=None):
        return ["course"] if obj else []

    def save_model(self, request, obj, form, change):
        if change:
            rename_group(group=obj, name=obj.name, by=request.user)
        else:
            obj.pk = create_group(course=obj.course, name=obj.name, by=request.user).pk

    def delete_model(self, request, obj):
        delete_group(group=obj, by=request.user)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """Only services add entries, and the database refuses changes."""

    list_display = ["created_at", "actor", "verb", "affected_user", "target_name", "course"]
    readonly_fields = ["created_at", "actor", "verb", "affected_user", "target_name", "reason", "course", "detail"]
    fields = [*readonly_fields]
    list_display_links = ["created_at"]
    list_select_related = ["actor", "affected_user", "course", "text"]
    list_filter = ["verb", "course"]
    search_fields = [
        "verb",
        "target",
        "text__target__folded",
        "actor__display_name__folded",
        "affected_user__display_name__folded",
    ]
