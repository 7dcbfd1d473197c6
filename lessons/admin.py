"""Brings every page of the admin into being: importing them registers them."""

from lessons.authoring import images as pictures
from lessons.authoring.courses import admin as courses
from lessons.authoring.courses import module_items
from lessons.authoring.lessons import admin as texts
from lessons.enrolment import admin as people

__all__ = ["courses", "module_items", "people", "pictures", "texts"]
