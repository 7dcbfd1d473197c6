"""Insight: where a class struggles with its texts, for its staff, and what each member has done in a course.

passages.py       the sections and passages of a text, and the checks in them
counted.py        which notes, questions and votes are in figures, and the filters by group and label
figures.py        pure: figures by passage, from what each learner did
class_context.py  the learners, groups and labels of a class, and what its staff decided
lesson_map.py     the passage map of a lesson, by revision
learner_rows.py   what each learner has done in a lesson
board.py          the confusion board: the most confusing passages, with the words of their questions
recent.py         what has confused learners lately, for the course's home
lecture.py        the lecture note, as a page and as Markdown
dismissals.py     what was taken from which board
decisions.py      adding a passage to the lecture note, and taking one from the board
models.py         LectureItem, DismissedPassage
work.py           what one member has done, as its staff and the member count it
work_list.py      the entries of it, a page at a time
work_rendering.py how the page shows them
rendering.py      figures and rows as the pages show them
links.py          where they lead to
views/            the pages
"""
