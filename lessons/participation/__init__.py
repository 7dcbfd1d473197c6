"""Participation: what a course's learners are asked to contribute, by a rule in words, and what each has done."""
