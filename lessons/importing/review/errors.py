"""The error about a part that a review does not have."""


class UnknownPart(KeyError):
    """A section, block, suggestion, kind or choice that the review does not have: it has changed, or never had it."""
