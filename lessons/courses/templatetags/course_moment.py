"""`{% course_moment moment course user as shown %}` for templates whose view has no other use for it."""

from django import template

from lessons.courses import moments

register = template.Library()
register.simple_tag(moments.course_moment, name="course_moment")
