"""The bin of a course: deleting modules, lessons and their items, undoing that, and deleting them for good.

What is in the bin has a BinEntry. Managers leave it out (`models.NotInBinManager`), so lists, forms, addresses,
counts, feeds, copies and exports do not have it. Queries that start at what belongs to a lesson, such as notes,
threads or progress, do not use its manager; they go by the state: a lesson in the bin is withdrawn, a module is a
draft, and the entry remembers what they were. So whatever readers must not see of a withdrawn lesson, they do not see
of this one.
"""
