"""Imports the modules with pages of the admin, which registers them. Django finds this module by autodiscovery."""

from lessons.authoring import background, images
from lessons.authoring.courses import admin as courses
from lessons.authoring.courses import module_items
from lessons.authoring.lessons import admin as lessons
from lessons.enrolment import admin as enrolment
from lessons.operations import admin as operations

__all__ = ["background", "courses", "enrolment", "images", "lessons", "module_items", "operations"]
