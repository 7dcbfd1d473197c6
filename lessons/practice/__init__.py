"""Practice: checks in a text, the answers to them, and their review after growing intervals.

checks.py         pure: what a check is, what is wrong with one, and what is right about an answer to it
intervals.py      pure: when something comes back for review
models.py         KnowledgeCheck, PublishedChecks, Answer, ReviewCard, ReviewPreference
services.py       writing checks, publishing them, answering them, grading a recall
personal_data.py  what one's data export has of it, and what erasure deletes
"""
