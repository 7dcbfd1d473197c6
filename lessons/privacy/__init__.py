"""What the site keeps about people: exported to them, erased for good, removed from a course that is over.

It is above every package that people write in: each has a module or folder `personal_data` that exports and erases its
own part.
"""
