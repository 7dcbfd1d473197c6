"""TODO lessons/discussions/services/errors.py"""

from django.utils.translation import gettext as _


class ActionRefused(ValueError):
    """What was written was not taken; the message says why and what to do. The words must be given back."""


class ThreadClosed(ActionRefused):
    def __init__(self):
        super().__init__(_("This thread was closed while you were writing. Your words are kept as a draft."))


class CourseClosed(ActionRefused):
    def __init__(self):
        super().__init__(_("This course is closed: it can be read, but nothing more is written in it."))


class RateLimited(ActionRefused):
    def __init__(self):
        super().__init__(_("That is a lot of posts in a short time. Your words are kept: send them in a few minutes."))


class CommentsOff(ActionRefused):
    def __init__(self):
        super().__init__(_("Comments on this lesson are turned off. Start a discussion in the course instead."))
