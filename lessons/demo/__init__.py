"""The demo: a class that has worked through the sample course for three weeks, and its removal.

    class/      what the class is and says, as files that a person can read and edit; see its README
    files       the files as plain objects, without the database
    moments     moments before the day of loading, as the files write them
    keys        how the rows of the demo are recognised
    loading     the objects as rows, with `people`, `texts`, `conversations` and `practice`
    removal     the rows away again, except what somebody has added to or changed

`quickstart` loads the demo when it creates the sample course.
"""
