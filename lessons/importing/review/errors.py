"""Define the error for unknown parts of a review."""


class UnknownPart(KeyError):
    """A section, block, suggestion, kind or choice is not in the review: it was removed, or never existed."""
