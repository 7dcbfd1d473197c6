"""Why a post or an action was refused. Users see the messages, and their text must not be lost."""

from django.utils.translation import gettext as _


class ActionRefused(ValueError):
    """A write was refused; the message says why and what to do."""


class ThreadClosed(ActionRefused):
    def __init__(self):
        super().__init__(_("This discussion was closed while you were writing. Your text is saved as a draft."))


class CourseClosed(ActionRefused):
    def __init__(self):
        super().__init__(_("This course is closed. You can read it, but not post in it."))


class RateLimited(ActionRefused):
    def __init__(self):
        super().__init__(_("You are posting too fast. Your text is saved: try again in a few minutes."))


class ReadersChanged(ActionRefused):
    def __init__(self):
        super().__init__(
            _(
                "The audience of this discussion changed while you were writing. Check the button: it says who will "
                "be able to read your reply."
            )
        )


class WouldRevealAuthor(ActionRefused):
    """A post under the name of somebody who has a pseudonym in the thread, which they have not confirmed."""

    def __init__(self):
        super().__init__(
            _(
                "You have posted anonymously in this discussion. If you now post under your name, others may guess "
                "that you wrote both. Nothing has been posted yet: stay anonymous, or confirm that you show your name."
            )
        )


class CommentsOff(ActionRefused):
    def __init__(self):
        super().__init__(_("Comments on this lesson are turned off. Start a discussion in the course instead."))
