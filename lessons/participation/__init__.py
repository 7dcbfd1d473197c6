"""Participation: what a course's learners are asked to contribute, by a rule in words, and what each has done.

models.py             ParticipationRule and ParticipationDecision
requirements.py       pure: what a rule can ask for, the rule as a sentence, what is left of it
counting.py           how much of it each learner has done: a recount of their rows, never a stored number
"""
