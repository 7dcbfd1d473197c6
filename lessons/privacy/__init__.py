"""Personal data: exported to its owner, erased for good, removed from courses that have ended.

This package is above every package that stores what people write: each of those has a module or folder
`personal_data` that exports and erases its own part.
"""
