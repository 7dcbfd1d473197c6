"""The course website: the library, courses, modules, lessons, glossary, timeline, tags and feeds."""
