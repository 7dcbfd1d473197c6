"""Brings every page of the admin into being: importing them registers them."""

from lessons.authoring.courses import admin as courses
from lessons.authoring.courses import belongings
from lessons.authoring.people import admin as people
from lessons.authoring.pictures import admin as pictures
from lessons.authoring.texts import admin as texts

__all__ = ["belongings", "courses", "people", "pictures", "texts"]
