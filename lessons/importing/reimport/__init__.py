"""Importing the same article again: this updates the drafts of its module, and keeps what was edited here.

find_previous.py  which earlier import it is
matching.py       pure: which lesson of the article is which lesson of the module
plan.py           what an update would do, lesson by lesson; writes nothing
messages.py       that plan in sentences
apply.py          carry it out, in one transaction
"""
