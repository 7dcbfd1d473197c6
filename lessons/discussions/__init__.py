"""Every conversation of a course, wherever it hangs: under a lesson, in the forum, in the margin."""
