"""Import every module that registers pages of the admin."""

from lessons.authoring import images
from lessons.authoring.courses import admin as course_admin
from lessons.authoring.courses import module_items
from lessons.authoring.lessons import admin as lesson_admin
from lessons.enrolment import admin as enrolment_admin

__all__ = ["course_admin", "enrolment_admin", "images", "lesson_admin", "module_items"]
