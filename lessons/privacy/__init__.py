"""What the portal keeps of people: given to them, taken out for good, and let go when a course is over.

It stands above everything that people write in; each of those folders says in its `own` what of it is one person's.
"""
