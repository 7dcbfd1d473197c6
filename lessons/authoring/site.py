"""The admin site, open to administrators and to the instructors of courses."""

from functools import update_wrapper
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Prefetch, Q
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lessons.authoring import pasting
from lessons.authoring.article_import import views as article_import
from lessons.authoring.files import views as files
from lessons.courses.models import Course
from lessons.importing.models import ArticleImport
from lessons.models import Module
from lessons.permissions import can_create_courses, can_enter_authoring, require

# `view_on_site` gives the URL of any object by its id, even in courses that the user must not know of.
DISABLED_URL_NAMES = {"view_on_site"}
# What people who may create courses can open before they teach one: the form, and its translations.
NEW_COURSE = {"admin:courses_course_add", "admin:jsi18n"}


class AuthoringSite(admin.AdminSite):
    site_title = _("authoring")
    site_header = settings.SITE_NAME
    index_title = _("Your courses")
    index_template = "authoring/index.html"
    enable_nav_sidebar = False

    def __init__(self, name="admin"):
        super().__init__(name)
        self.disable_action("delete_selected")

    def register(self, model_or_iterable, admin_class=None, **options):
        """Register our own admin classes only: those of packages do not know who may see which course."""
        if admin_class and admin_class.__module__.startswith("lessons."):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request):
        """Let instructors and administrators in, and to the form for a new course everyone who may create one."""
        is_new_course = request.resolver_match is not None and request.resolver_match.view_name in NEW_COURSE
        return can_enter_authoring(request.user) or (is_new_course and can_create_courses(request.user))

    def index(self, request, extra_context=None):
        courses = (
            Course.objects.editable_by(request.user)
            .annotate(bin_count=Count("bin_entries"))
            .prefetch_related(
                Prefetch(
                    "modules",
                    Module.objects.annotate(lesson_count=Count("lessons", filter=Q(lessons__bin_entry=None))).order_by(
                        "position", "pk"
                    ),
                )
            )
        )
        context = {
            "courses": courses,
            "open_imports": ArticleImport.objects.editable_by(request.user).open().for_list(),
            "can_add_course": can_create_courses(request.user),
        }
        return super().index(request, context)

    def admin_view(self, view, cacheable=False):
        """Wrap a view: visitors are asked to sign in, by Django; signed-in users who teach nothing get a 403.

        All pages are cacheable, so that “Back” restores what somebody has typed. `PrivatePagesMiddleware` limits it.
        """
        guarded = super().admin_view(view, cacheable=True)

        def inner(request, *args, **kwargs):
            require(request.user.is_anonymous or self.has_permission(request))
            return guarded(request, *args, **kwargs)

        return update_wrapper(inner, guarded)

    def get_urls(self):
        urls = [url for url in super().get_urls() if getattr(url, "name", None) not in DISABLED_URL_NAMES]
        own = article_import.urls(self.admin_view) + pasting.urls(self.admin_view) + files.urls(self.admin_view)
        return own + urls

    @login_not_required
    def login(self, request, extra_context=None):
        """Redirect to the sign-in page of django-allauth, whose rate limits apply here too."""
        next_url = request.GET.get("next") or reverse("admin:index")
        return redirect(f"{reverse('account_login')}?{urlencode({'next': next_url})}")

    def logout(self, request, extra_context=None):
        return redirect("account_logout")

    def password_change(self, request, extra_context=None):
        return redirect("account_change_password")

    def password_change_done(self, request, extra_context=None):
        return redirect("admin:index")
