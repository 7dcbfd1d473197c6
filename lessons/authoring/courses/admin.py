"""The pages of courses and modules."""

from contextlib import suppress

from django.contrib import admin
from django.db import transaction
from django.db.models import Count, Q
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _

from lessons.authoring.access import get_user
from lessons.authoring.base import CourseScopedAdmin
from lessons.authoring.bin import views as bin_views
from lessons.authoring.bin.admin import BinAdmin
from lessons.authoring.courses import copy_views, module_views, order_views
from lessons.authoring.courses.course_outline import course_outline
from lessons.authoring.courses.forms import CourseForm, ModuleForm
from lessons.authoring.courses.labels import LabelInline
from lessons.authoring.courses.module_outline import module_outline
from lessons.authoring.files import views as files
from lessons.authoring.moving import views as moving
from lessons.authoring.publishing import module_views as publishing
from lessons.authoring.tables import views as tables
from lessons.authoring.tag_widget import TagCompletion
from lessons.courses.models import Course
from lessons.courses.services.memberships import begin_course
from lessons.db.ids import parse_id
from lessons.discussions import indexed_posts
from lessons.indexed_texts import index_course, index_modules, prepare_lessons, remove_course
from lessons.markup.lesson_markdown import render_markdown
from lessons.markup.sanitise import InvalidText
from lessons.models import Lesson, Module
from lessons.permissions import can_administer_site, can_create_courses
from lessons.services import next_position

SINGLE_SAVE_BUTTON = {"show_save_and_add_another": False, "show_save_and_continue": False}


@admin.register(Course)
class CourseAdmin(CourseScopedAdmin):
    """Courses: whoever creates one becomes its instructor; instructors edit those they teach."""

    form = CourseForm
    change_form_template = "authoring/course.html"
    add_form_template = "authoring/add_course.html"
    course_path = "pk"
    keeps_unsent_text = True
    list_display = ["title", "visibility", "join_policy", "module_count"]
    search_fields = ["title__folded"]
    ordering = ["title", "pk"]
    prepopulated_fields = {"slug": ["title"]}
    fieldsets = [
        (None, {"fields": ["title", "slug", "description"]}),
        (_("Access"), {"fields": ["visibility", "join_policy"]}),
        (_("Language and time"), {"fields": ["language", "time_zone", "starts_on", "ends_on"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(module_count=Count("modules", filter=Q(modules__bin_entry=None)))

    def prepare(self, request, object_id):
        with suppress(InvalidText):
            render_markdown(request.POST.get("description", "").strip())
        language = request.POST.get("language", "")
        texts = Lesson.objects.published().filter(module__course=parse_id(object_id or ""))
        prepare_lessons(texts.exclude(module__course__language=language), new_language=language)

    def get_inlines(self, request, obj):
        return [LabelInline] if obj else []

    def course_of(self, row):
        return row

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else self.prepopulated_fields

    def get_urls(self):
        guard = self.admin_site.admin_view
        urls = [
            path("<int:pk>/copies/", guard(copy_views.copy_course_page), name="courses_course_copy"),
            path("<int:pk>/order/", guard(order_views.order_modules), name="courses_course_order"),
            path("<int:pk>/files/", guard(files.export_course_page), name="courses_course_export"),
        ]
        return [*urls, *bin_views.urls(guard), *super().get_urls()]

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj:
            context |= course_outline(obj) | {"course": obj, "can_create_courses": can_create_courses(request.user)}
        return super().render_change_form(request, context | SINGLE_SAVE_BUTTON, add, change, form_url, obj)

    def response_post_save_change(self, request, obj):
        return redirect("admin:courses_course_change", obj.pk)

    def has_add_permission(self, request):
        return can_create_courses(request.user)

    def has_delete_permission(self, request, obj=None):
        return can_administer_site(request.user)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if not change:
            begin_course(course=obj, by=get_user(request))
        elif not {"visibility", "language"}.isdisjoint(form.changed_data):
            index_course(obj.pk)
            if "language" in form.changed_data:
                transaction.on_commit(lambda: indexed_posts.index_course(obj.pk))

    def delete_model(self, request, obj):
        remove_course(obj.pk)
        indexed_posts.remove_course(obj.pk)
        super().delete_model(request, obj)

    def response_post_save_add(self, request, obj):
        return redirect("admin:courses_course_change", obj.pk)

    @admin.display(description=_("modules"), ordering="module_count")
    def module_count(self, course):
        return course.module_count


@admin.register(Module)
class ModuleAdmin(TagCompletion, BinAdmin):
    form = ModuleForm
    keeps_unsent_text = True
    change_form_template = "authoring/module.html"
    add_form_template = "admin/change_form.html"
    change_list_template = "authoring/module_list.html"
    list_display = ["title", "course", "state", "lesson_count", "updated_at"]
    list_select_related = ["course"]
    list_filter = [("course", admin.RelatedOnlyFieldListFilter), "state"]
    search_fields = ["title__folded", "summary__folded"]
    ordering = ["course__title", "position", "pk"]
    prepopulated_fields = {"slug": ["title"]}
    fieldsets = [
        (None, {"fields": ["course", "title", "slug", "summary", "tags"]}),
        (_("Source and licence"), {"fields": ["licence", "source", "credit"]}),
    ]

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .select_related("course")
            .annotate(lesson_count=Count("lessons", filter=Q(lessons__bin_entry=None)))
        )

    def get_readonly_fields(self, request, obj=None):
        return ["course"] if obj else []

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else self.prepopulated_fields

    def save_model(self, request, obj, form, change):
        """Save the module; a new one comes last in its course."""
        if not change:
            obj.position = next_position(Module.objects.filter(course=obj.course_id))
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        """Save the tags, which readers see at once."""
        super().save_related(request, form, formsets, change)
        if "tags" in form.changed_data:
            index_modules([form.instance.pk])

    def get_urls(self):
        guard = self.admin_site.admin_view
        urls = [
            path("<int:pk>/order/", guard(order_views.order_lessons), name="lessons_module_order"),
            path("<int:pk>/state/", guard(module_views.set_state), name="lessons_module_state"),
            path("<int:pk>/publication/", guard(publishing.publish_module), name="lessons_module_publish"),
            path("<int:pk>/schedule/", guard(publishing.schedule_lessons), name="lessons_module_schedule"),
            path("<int:pk>/withdrawal/", guard(publishing.withdraw_lessons), name="lessons_module_withdraw"),
            path("<int:pk>/copies/", guard(moving.move_module_page), name="lessons_module_copy"),
            path("<int:pk>/files/", guard(files.export_module_page), name="lessons_module_export"),
        ]
        return urls + tables.urls(guard) + super().get_urls()

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj:
            context |= module_outline(obj, request.user) | {"module": obj, **SINGLE_SAVE_BUTTON}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def response_post_save_change(self, request, obj):
        return redirect("admin:lessons_module_change", obj.pk)

    def response_post_save_add(self, request, obj):
        return redirect("admin:lessons_module_change", obj.pk)

    @admin.display(description=_("lessons"), ordering="lesson_count")
    def lesson_count(self, module):
        return module.lesson_count
