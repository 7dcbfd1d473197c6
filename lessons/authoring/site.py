"""The admin site that instructors enter by their role in a course."""

from functools import update_wrapper
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Prefetch
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lessons.authoring.article_import import views as articles
from lessons.courses.models import Course
from lessons.importing.models import ArticleImport
from lessons.models import Module
from lessons.permissions import can_administer_site, can_enter_authoring, require

# Tells any object's address by its number, also of courses that the asker must not know.
DISABLED_URL_NAMES = {"view_on_site"}


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
        """Only pages of our own: those that packages bring along know nothing of courses and their instructors."""
        if admin_class and admin_class.__module__.startswith("lessons."):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request):
        return can_enter_authoring(request.user)

    def index(self, request, extra_context=None):
        courses = Course.objects.editable_by(request.user).prefetch_related(
            Prefetch("modules", Module.objects.annotate(lesson_count=Count("lessons")).order_by("position", "pk"))
        )
        context = {
            "courses": courses,
            "open_imports": ArticleImport.objects.editable_by(request.user).open().select_related("course", "author"),
            "may_add_course": can_administer_site(request.user),
        }
        return super().index(request, context)

    def admin_view(self, view, cacheable=False):
        """A visitor is sent to sign in, by Django; somebody signed in who teaches nothing is told so with a 403."""
        guarded = super().admin_view(view, cacheable)

        def inner(request, *args, **kwargs):
            require(request.user.is_anonymous or can_enter_authoring(request.user))
            return guarded(request, *args, **kwargs)

        return update_wrapper(inner, guarded)

    def get_urls(self):
        django_s_own = [url for url in super().get_urls() if getattr(url, "name", None) not in DISABLED_URL_NAMES]
        return articles.urls(self.admin_view) + django_s_own

    @login_not_required
    def login(self, request, extra_context=None):
        """Signing in is django-allauth's: its rate limits hold here too."""
        wanted = request.GET.get("next") or reverse("admin:index")
        return redirect(f"{reverse('account_login')}?{urlencode({'next': wanted})}")

    def logout(self, request, extra_context=None):
        return redirect("account_logout")

    def password_change(self, request, extra_context=None):
        return redirect("account_change_password")

    def password_change_done(self, request, extra_context=None):
        return redirect("admin:index")
