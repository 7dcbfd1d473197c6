"""Import the same article again: update the drafts of its module, and keep what was edited here.

find_previous.py  finds the earlier import
matching.py       pure: matches the lessons of the article with those of the module
plan.py           what an update would do, lesson by lesson; writes nothing
messages.py       that plan in sentences
apply.py          carries it out, in one transaction
"""
