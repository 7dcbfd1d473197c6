"""Notes in the margin: what was marked, where it stands in each revision, and what is said of it.

models.py        Annotation, Placement, Label
anchoring/       pure: where a passage of the old text stands in the new one
actions/         publish (the one door for texts), making and changing notes, placing them by hand
"""
