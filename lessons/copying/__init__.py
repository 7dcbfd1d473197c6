"""Texts go to another place: a module or a whole course to the next term, a lesson's pictures after their lesson."""
