"""`{{ moment|relative_time }}`: a `<time>` that says how long ago it was."""

from django import template

from lessons.discussions.rendering.posts import time_tag

register = template.Library()
register.filter("relative_time", time_tag)
