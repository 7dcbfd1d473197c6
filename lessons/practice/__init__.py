"""Practice: checks in a text, the answers to them, and their review after growing intervals.

checks.py         pure: what a check is, what is wrong with one, and what is right about an answer to it
check_text.py     pure: a check as people write it in a Markdown file
shown.py          pure: what a reader sees of a check
intervals.py      pure: when something comes back for review
models.py         KnowledgeCheck, PublishedChecks, Answer, ReviewCard, ReviewPreference
writing.py        checks as their authors write them
indexed_checks.py what is found of checks
publishing.py     checks frozen with the revision of their lesson
places.py         pure: where checks stand in a text
transfer.py       checks of texts that are read from files, or written into them
copies.py         checks of copied lessons, and checks that are pasted into another lesson
described.py      pure: a check as HTML for its authors, in comparisons of texts
answering.py      answers to published checks, of which the first is kept
reviewing.py      what comes back for review, and how well its owner remembers it
queue.py          what is due for review
cards.py          what is on the cards that come back
reminding.py      who is reminded of that by their digest
completing.py     completing a lesson, by the rule that its author chose
personal_data.py  what one's data export has of it, and what erasure deletes
"""
