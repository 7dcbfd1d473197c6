"""Participation: what a course's learners are asked to contribute, by a rule in words, and what each has done.

models.py             ParticipationRule and ParticipationDecision
requirements.py       pure: what a rule can ask for, the rule as a sentence, what is left of it
sections.py           the sections of texts, and the one in which a note stands
counting.py           how much of it each learner has done: a recount of their rows, never a stored number
contributions.py      the rows that were counted of one learner, for those who may read them
feasibility.py        why nobody can meet a rule as the course is now
standings.py          one learner beside a rule, and what was decided about them
table.py              all learners of a course beside a rule; in a large class what they did is counted once a minute
staff_work.py         what the course's staff did: answers, time to answer, decisions about posts
home.py               a learner's own standing on the home of a course
wording.py            a rule in words, with what it is about and when it ends
services.py           saving and deleting rules, deciding about learners, undo
personal_data.py      export and erasure of decisions
forms.py, views/      the pages: of a rule, of everybody, of one learner, of the staff
"""
