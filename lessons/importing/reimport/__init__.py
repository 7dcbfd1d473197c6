"""The same article once more: it updates the drafts of its module, and leaves alone what was written here.

recognising.py  which earlier import it is
matching.py     pure: which text of the article is which lesson
plan.py         what an update would do, lesson by lesson; writes nothing
wording.py      that plan in sentences
updating.py     does it, in one transaction
"""
