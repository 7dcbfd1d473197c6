"""Django's template tags that a page uses by the dozen, without what they would do again each time."""
